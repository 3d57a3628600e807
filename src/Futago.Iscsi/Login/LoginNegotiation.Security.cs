using Futago.Iscsi.Pdu;

namespace Futago.Iscsi.Login;

/// <summary>SecurityNegotiation stage, RFC 7143 section 12.</summary>
internal sealed partial class LoginNegotiation
{
    private const string AuthMethodChap = "CHAP";
    private const string AuthMethodNone = "None";

    /// <summary>One of these must be proven; null: nothing. May be empty: then no proof is good enough.</summary>
    private IReadOnlyList<ChapAccount>? _requiredChap;
    private ChapAuthenticator? _chap;

    private LoginReply? Secure(List<KeyValuePair<string, string>> pairs, ref bool transit, List<byte> answer)
    {
        foreach (var (key, value) in pairs)
        {
            switch (key)
            {
                case "InitiatorName" or "InitiatorAlias" or "TargetName" or "SessionType":
                case "CHAP_A" or "CHAP_N" or "CHAP_R" or "CHAP_I" or "CHAP_C":
                    break;
                case "AuthMethod":
                    if (ChooseMethod(value, answer) is { } failure)
                        return failure;
                    break;
                default:
                    // Operational keys belong to the next stage; unknown ones are named back, bounded by TextKeys.MaximumPairs.
                    TextKeys.Append(answer, key, KeyTable.Keys.Any(k => k.Name == key) ? KeyNegotiation.Reject : KeyNegotiation.NotUnderstood);
                    break;
            }
        }
        var succeeded = AdvanceChap(pairs, answer);
        if (succeeded is not null && !succeeded.Value)
            return Fail(LoginStatus.AUTHENTICATION_FAILURE, LoginRefusalReason.WrongChap);
        // The initiator may ask for the transition with its first request; it is granted when the proof is there.
        if (transit && _requiredChap is not null && Authenticated is null && _chap is not null)
            transit = false;
        return null;
    }

    private LoginReply? ChooseMethod(string offered, List<byte> answer)
    {
        var methods = offered.Split(',');
        // An initiator that insists on CHAP in a discovery session for which none is configured may use the account of any
        // target that it is let in to: tools send what the user typed for the target behind it.
        if (_requiredChap is null && Discovery && methods.Contains(AuthMethodChap, StringComparer.Ordinal)
            && !methods.Contains(AuthMethodNone, StringComparer.Ordinal))
        {
            _requiredChap = directory.AccountsFor(address, InitiatorName);
        }
        if (_requiredChap is not null)
        {
            // Never downgraded: a target with CHAP takes nothing else.
            if (!methods.Contains(AuthMethodChap, StringComparer.Ordinal))
                return Fail(LoginStatus.AUTHENTICATION_FAILURE, LoginRefusalReason.ChapRequired);
            if (directory.IsThrottled(address))
                return Fail(LoginStatus.AUTHENTICATION_FAILURE, LoginRefusalReason.WrongChap);
            _chap = new ChapAuthenticator(_requiredChap, directory.Challenges);
            TextKeys.Append(answer, "AuthMethod", AuthMethodChap);
            return null;
        }
        if (!methods.Contains(AuthMethodNone, StringComparer.Ordinal))
            return Fail(LoginStatus.AUTHENTICATION_FAILURE, LoginRefusalReason.NotSupported);
        TextKeys.Append(answer, "AuthMethod", AuthMethodNone);
        return null;
    }

    /// <returns>Null when the request has nothing of CHAP in it.</returns>
    private bool? AdvanceChap(List<KeyValuePair<string, string>> pairs, List<byte> answer)
    {
        if (!pairs.Exists(p => p.Key.StartsWith("CHAP_", StringComparison.Ordinal)))
            return null;
        if (_chap is null)
            return false;
        if (Value(pairs, "CHAP_A") is { } algorithms)
            return Value(pairs, "CHAP_R") is null && _chap.TryChallenge(algorithms, answer);
        if (Value(pairs, "CHAP_N") is not { } user || Value(pairs, "CHAP_R") is not { } response)
            return false;
        Authenticated = _chap.TryVerify(user, response, Value(pairs, "CHAP_I"), Value(pairs, "CHAP_C"), answer);
        return Authenticated is not null;
    }
}
