namespace Futago.Failover;

/// <summary>By whose word a takeover happens.</summary>
internal enum Authority : byte
{
    /// <summary>The peer, passive itself, durably consents.</summary>
    Peer,
    /// <summary>The peer has stopped and asked for it.</summary>
    HandOver,
    Witness,
    /// <summary>Best effort: ping nodes answer here, the peer is silent, the service is dead.</summary>
    PingNodes,
    Operator,
}

internal enum AttemptStage : byte
{
    /// <summary>The port is blocked, and the attempt's term stored.</summary>
    Prepare,
    Authority,
    /// <summary>The term becomes durable as served in.</summary>
    StoreTerm,
    Steps,
}

/// <summary>One try to become active.</summary>
/// <param name="Alone">The peer is not connected, and will lack what is written.</param>
/// <param name="Before">What to return to when it fails before it could have served.</param>
internal sealed record Attempt(ulong Term, Authority Via, bool Alone, FailoverRecord Before, long StartedMs)
{
    public AttemptStage Stage { get; set; }

    public int NextStep { get; set; }

    /// <summary>Initiators may have been answered.</summary>
    public bool Opened { get; set; }
}
