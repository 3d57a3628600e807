namespace Futago.Failover;

/// <summary>Answer to a command; each refusal is a sentence of the page.</summary>
internal enum FailoverResult : byte
{
    Done,
    /// <summary>The failover manager is stopped.</summary>
    NotRunning,
    /// <summary>Only the active node can do that.</summary>
    NotActive,
    AlreadyActive,
    /// <summary>The peer does not answer on any path.</summary>
    PeerSilent,
    PeerActive,
    /// <summary>The two nodes are not in sync.</summary>
    NotInSync,
    /// <summary>This node's data is not up to date.</summary>
    NotUpToDate,
    /// <summary>This node is the configured primary: there is nothing to fail back from.</summary>
    IsPrimary,
    /// <summary>Something else is under way.</summary>
    Busy,
    /// <summary>A step failed, and what was done before it is undone.</summary>
    StepFailed,
    /// <summary>The peer, or the witness, said no.</summary>
    Refused,
    TimedOut,
}
