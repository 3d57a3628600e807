using Futago.Engine.Contracts;
using Futago.Management.Access;

namespace Futago.Management.Pairing;

/// <summary>
/// The code that this node made last, and the exchanges that other nodes have begun with it. Only in memory: a console that
/// starts again has no code, and nothing that could be tried out later is ever written.
/// </summary>
public sealed class PairingOffers(TimeProvider time)
{
    public static readonly TimeSpan CodeLifetime = TimeSpan.FromMinutes(10);

    public const int TriesMaximum = 5;

    /// <summary>An exchange is two requests of a program.</summary>
    private static readonly TimeSpan ExchangeLifetime = TimeSpan.FromSeconds(30);
    private const int ExchangesMaximum = 16;

    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, Exchange> _exchanges = [];
    private Code? _code;

    /// <summary>Null when no code can be used now.</summary>
    public DateTimeOffset? ExpiresAt
    {
        get
        {
            lock (_lock)
                return _code is { Used: false, TriesLeft: > 0 } code && code.ExpiresAt > time.GetUtcNow() ? code.ExpiresAt : null;
        }
    }

    /// <summary>Makes a code for <paramref name="creator"/>; the one before is void.</summary>
    public (string Code, DateTimeOffset ExpiresAt) Create(Actor creator)
    {
        var text = PairingCode.Create();
        _ = PairingCode.TryNormalise(text, out var normal);
        var code = new Code(PairingTranscript.KeyOf(normal), time.GetUtcNow() + CodeLifetime, creator) { TriesLeft = TriesMaximum };
        lock (_lock)
        {
            _code = code;
            _exchanges.Clear();
        }
        return (text, code.ExpiresAt);
    }

    /// <exception cref="ProblemException">There is no code that another node could know.</exception>
    public void RequireCode()
    {
        lock (_lock)
            Usable();
    }

    /// <summary>Begins an exchange with a node that wants to join.</summary>
    /// <exception cref="ProblemException">There is no code that it could know.</exception>
    public PairingOffer Begin(PairingParty joiner, PairingParty offerer)
    {
        lock (_lock)
        {
            var code = Usable();
            var now = time.GetUtcNow();
            foreach (var old in _exchanges.Where(e => e.Value.ExpiresAt <= now).Select(e => e.Key).ToList())
                _exchanges.Remove(old);
            if (_exchanges.Count >= ExchangesMaximum)
                throw PairProblems.ExchangeUnknown();
            var offer = new PairingOffer(Guid.NewGuid(), offerer);
            _exchanges.Add(offer.ExchangeId, new Exchange(code, joiner, new PairingTranscript(offer.ExchangeId, joiner, offerer), now + ExchangeLifetime));
            return offer;
        }
    }

    /// <summary>
    /// Judges the proof of the joining node. The right one takes the code: no other exchange can end well with it, and the
    /// exchange is handed out once. A wrong one costs a try.
    /// </summary>
    /// <param name="seenFingerprint">Of the certificate of the connection that the proof came by.</param>
    public TakenOffer Take(PairingConfirm confirm, string seenFingerprint)
    {
        lock (_lock)
        {
            if (!_exchanges.Remove(confirm.ExchangeId, out var exchange) || exchange.ExpiresAt <= time.GetUtcNow())
                throw PairProblems.ExchangeUnknown();
            if (Usable() != exchange.Code)
                throw PairProblems.ExchangeUnknown();
            if (exchange.Joiner.ConsoleFingerprint != seenFingerprint)
                throw PairProblems.CertificateMismatch();
            if (!exchange.Transcript.IsJoinerProof(exchange.Code.Key, confirm.Proof))
                throw PairProblems.CodeWrong(--exchange.Code.TriesLeft);
            exchange.Code.Used = true;
            return new TakenOffer(exchange.Joiner, exchange.Transcript.PairId, exchange.Transcript.OffererProof(exchange.Code.Key), exchange.Code.Creator);
        }
    }

    private Code Usable()
    {
        var code = _code ?? throw PairProblems.NoCode();
        if (code.Used)
            throw PairProblems.CodeUsed();
        if (code.TriesLeft <= 0)
            throw PairProblems.CodeVoid();
        if (code.ExpiresAt <= time.GetUtcNow())
            throw PairProblems.CodeExpired();
        return code;
    }

    private sealed class Code(byte[] key, DateTimeOffset expiresAt, Actor creator)
    {
        public byte[] Key => key;

        public DateTimeOffset ExpiresAt => expiresAt;

        public Actor Creator => creator;

        public int TriesLeft { get; set; }

        public bool Used { get; set; }
    }

    private sealed record Exchange(Code Code, PairingParty Joiner, PairingTranscript Transcript, DateTimeOffset ExpiresAt);
}

/// <summary>An exchange that the other node has proved itself in.</summary>
/// <param name="Proof">This node's own proof, for the answer.</param>
/// <param name="Creator">Who made the code.</param>
public sealed record TakenOffer(PairingParty Joiner, Guid PairId, string Proof, Actor Creator);
