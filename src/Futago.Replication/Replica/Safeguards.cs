namespace Futago.Replication;

/// <summary>
/// The rules I1–I12 and I15, one switch each. All are on wherever the product runs: nothing but the simulation of the tests can turn one
/// off, to show that without it data is lost. (I13 and I14 bind the shell; the simulation breaks them there.)
/// </summary>
internal sealed record Safeguards
{
    public static Safeguards All { get; } = new();

    /// <summary>I1: the activity log is durable before the local write or the send.</summary>
    public bool ActivityFirst { get; init; } = true;

    /// <summary>I2: an acknowledgement needs both nodes, or a grant and a durable new generation.</summary>
    public bool BothBeforeAck { get; init; } = true;

    /// <summary>I3: the bits of an evicted extent are durable before its slot is used again.</summary>
    public bool EvictedBitsFirst { get; init; } = true;

    /// <summary>I4: a bit is cleared only after flushes on both nodes.</summary>
    public bool FlushBeforeClear { get; init; } = true;

    /// <summary>I5: after a crash or a loss of the link, whatever was active counts as different.</summary>
    public bool DirtyAfterCrash { get; init; } = true;

    /// <summary>I6: overlapping operations happen in one order on both nodes.</summary>
    public bool SerialiseOverlaps { get; init; } = true;

    /// <summary>I7: the target of a resync is durably inconsistent before its first block is overwritten.</summary>
    public bool InconsistentFirst { get; init; } = true;

    /// <summary>I8: only what is up to date is promoted.</summary>
    public bool PromoteOnlyUpToDate { get; init; } = true;

    /// <summary>I9: a lower term is refused.</summary>
    public bool RefuseLowerTerm { get; init; } = true;

    /// <summary>I10: nothing that only one side has is discarded without a person's decision.</summary>
    public bool NoAutomaticDiscard { get; init; } = true;

    /// <summary>I11: a flush is complete when both nodes have flushed.</summary>
    public bool FlushBoth { get; init; } = true;

    /// <summary>I12: a read waits for writes under way to the same blocks.</summary>
    public bool ReadsWait { get; init; } = true;

    /// <summary>I15: before only the peer's medium gets writes, it is noted off the own medium that this one is behind.</summary>
    public bool NoteBehind { get; init; } = true;
}
