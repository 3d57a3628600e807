using System.Net;
using Futago.Iscsi.Pdu;
using Futago.Iscsi.Session;

namespace Futago.Iscsi.Login;

/// <summary>
/// The login phase of one connection, RFC 7143 section 6.3, as a state machine without sockets: one Login Request in, one
/// <see cref="LoginReply"/> out.
/// <code>
///            ┌─────────────────────── T, NSG=3 ──────────────────────┐
/// (start) ─► SecurityNegotiation ── T, NSG=1 ─► LoginOperational… ── T, NSG=3 ─► FullFeaturePhase
///    └──────────────────────────────────────────────►┘
/// </code>
/// Stages only move forward. Every reply with another status than success ends the login.
/// </summary>
internal sealed partial class LoginNegotiation(ILoginDirectory directory, IscsiServerOptions options, IPAddress address, IPAddress local) : IDisposable
{
    /// <summary>Most Login Requests of one login; the longest regular one (CHAP, two stages) takes five.</summary>
    private const int MaximumExchanges = 32;

    /// <summary>Most text that continued requests may add up to.</summary>
    private const int MaximumTextBytes = 64 << 10;

    /// <summary>RFC 7143 section 6.2: during login the default MaxRecvDataSegmentLength holds in both directions.</summary>
    public const int MaximumDataBytes = 8192;

    private readonly List<byte> _pendingText = [];
    private readonly Dictionary<string, string> _seen = new(StringComparer.Ordinal);
    private LoginStage? _stage;
    private int _exchanges;
    private bool _identified;
    private uint _taskTag;

    public string InitiatorName { get; private set; } = "";

    public string? InitiatorAlias { get; private set; }

    /// <summary>As the initiator wrote it; may name no target of ours.</summary>
    public string? TargetName { get; private set; }

    public bool Discovery { get; private set; }

    /// <summary>Null in a discovery session.</summary>
    public ServedTarget? Target { get; private set; }

    /// <summary>The session that this connection joins (MC/S); null when it starts one.</summary>
    public IscsiSession? Joined { get; private set; }

    /// <summary>Initiator session identifier, 48 bits.</summary>
    public ulong Isid { get; private set; }

    public ushort Tsih { get; private set; }

    public ushort Cid { get; private set; }

    public NegotiatedParameters Parameters { get; } = new();

    /// <summary>The account that the initiator has proven, with its secret as of then; null without CHAP.</summary>
    /// <summary>Where the login comes from.</summary>
    public IPAddress Address => address;

    public ChapAccount? Authenticated { get; private set; }

    public LoginReply Step(Bhs header, ReadOnlySpan<byte> data)
    {
        var current = LoginPdu.CurrentStage(header.Flags);
        var next = LoginPdu.NextStage(header.Flags);
        var transit = (header.Flags & LoginPdu.TransitBit) != 0;
        if (++_exchanges > MaximumExchanges)
            return Fail(LoginStatus.INITIATOR_ERROR);
        if (CheckHeader(header, current, next, transit) is { } status)
            return Fail(status);
        _stage = current;

        // Section 6.2: text that does not fit one PDU continues in the next; each part gets an empty answer.
        if (_pendingText.Count + data.Length > MaximumTextBytes)
            return Fail(LoginStatus.INITIATOR_ERROR);
        if (header.Continue)
        {
            _pendingText.AddRange(data);
            return new LoginReply(LoginStatus.SUCCESS, false, current, next, []);
        }
        List<KeyValuePair<string, string>>? pairs;
        if (_pendingText.Count == 0)
        {
            if (!TextKeys.TryParse(data, out pairs))
                return Fail(LoginStatus.INITIATOR_ERROR);
        }
        else
        {
            _pendingText.AddRange(data);
            var parsed = TextKeys.TryParse(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_pendingText), out pairs);
            _pendingText.Clear();
            if (!parsed)
                return Fail(LoginStatus.INITIATOR_ERROR);
        }
        return Negotiate(pairs!, current, next, transit);
    }

    private LoginReply Negotiate(List<KeyValuePair<string, string>> pairs, LoginStage current, LoginStage next, bool transit)
    {
        // Section 6.2: a key is negotiated once per login. Who logs in is declared, not negotiated, and libiscsi says it again in
        // the next stage; as long as it stays the same that does no harm.
        var stated = _identified ? _seen : [];
        if (!pairs.TrueForAll(p => _seen.TryAdd(p.Key, p.Value) || (IsIdentity(p.Key) && stated.GetValueOrDefault(p.Key) == p.Value)))
            return Fail(LoginStatus.INITIATOR_ERROR);
        var answer = new List<byte>();
        if (!_identified)
        {
            if (Identify(pairs, answer) is { } refusal)
                return refusal;
            _identified = true;
        }
        var failure = current == LoginStage.SecurityNegotiation
            ? Secure(pairs, ref transit, answer)
            : NegotiateOperational(pairs, answer);
        if (failure is not null)
            return failure.Value;
        // Whoever leaves the security stage, or skips it, must have proven what the target asks for.
        if ((transit || current != LoginStage.SecurityNegotiation) && _requiredChap is not null && Authenticated is null)
            return Fail(LoginStatus.AUTHENTICATION_FAILURE, LoginRefusalReason.ChapRequired);
        if (answer.Count > MaximumDataBytes)
            return Fail(LoginStatus.INITIATOR_ERROR);
        if (transit)
            _stage = next;
        return new LoginReply(LoginStatus.SUCCESS, transit, current, next, [.. answer]);
    }

    private static bool IsIdentity(string key) => key is "InitiatorName" or "InitiatorAlias" or "TargetName" or "SessionType";

    private LoginStatus? CheckHeader(Bhs header, LoginStage current, LoginStage next, bool transit)
    {
        // Section 11.12.4: Version-min above what we know cannot be served.
        if (header.Bytes[LoginPdu.VersionMinOffset] > LoginPdu.Version)
            return LoginStatus.UNSUPPORTED_VERSION;
        // Section 11.12.2: a continued request cannot ask for a transition.
        if (transit && header.Continue)
            return LoginStatus.INITIATOR_ERROR;
        if (current is not (LoginStage.SecurityNegotiation or LoginStage.LoginOperationalNegotiation))
            return LoginStatus.INITIATOR_ERROR;
        // Section 6.3: the only transitions are 0→1, 0→3 and 1→3.
        if (transit && (next <= current || next is not (LoginStage.LoginOperationalNegotiation or LoginStage.FullFeaturePhase)))
            return LoginStatus.INITIATOR_ERROR;
        var isid = header.Lun >> 16;
        var tsih = header.UInt16At(LoginPdu.TsihOffset);
        var cid = header.UInt16At(LoginPdu.CidOffset);
        if (_stage is null)
        {
            (Isid, Tsih, Cid, _taskTag) = (isid, tsih, cid, header.TaskTag);
            return null;
        }
        // Section 11.12: stage, ISID, TSIH, CID and task tag stay the same in all requests of a login.
        return current != _stage || isid != Isid || tsih != Tsih || cid != Cid || header.TaskTag != _taskTag
            ? LoginStatus.INITIATOR_ERROR
            : null;
    }

    private LoginReply Fail(LoginStatus status, LoginRefusalReason? refusal = null) =>
        new(status, false, _stage ?? LoginStage.SecurityNegotiation, LoginStage.SecurityNegotiation, [], refusal);

    public void Dispose() => _chap?.Dispose();
}
