namespace Futago.Failover;

/// <summary>What one node asks of the other with its heartbeats. Values go over the wire: append only.</summary>
internal enum AskKind : byte
{
    None = 0,
    /// <summary>Let me serve in this term; our volumes are connected.</summary>
    Follow = 1,
    /// <summary>Let me serve in this term without you: do not take over until you are in sync.</summary>
    FollowOutdated = 2,
    /// <summary>I serve in this term and lost the replication link: do not take over until you are in sync.</summary>
    Yield = 3,
    /// <summary>I have stopped serving: serve in this term.</summary>
    TakeOver = 4,
}
