namespace Futago.Replication;

/// <summary>The parts of a write's way, each measured by itself.</summary>
public enum WriteStage
{
    /// <summary>From the application's submission until it goes anywhere: overlapping writes, the activity log, a link that is being settled.</summary>
    Queueing,
    /// <summary>On this node's medium.</summary>
    LocalWrite,
    /// <summary>Over the link, on the peer's medium, and the answer back.</summary>
    PeerWrite,
    LocalFlush,
    /// <summary>Over the link, of the peer's medium, and the answer back.</summary>
    PeerFlush,
    /// <summary>A piece of a resync, like <see cref="PeerWrite"/>.</summary>
    ResyncWrite,
    /// <summary>From the application's submission to its acknowledgement.</summary>
    Whole,
}
