namespace Futago.Engine.Contracts.Replication;

public enum ReplicationConnection
{
    /// <summary>No connection is wanted: stopped, or waiting for a decision of a person (<see cref="ReplicationStatus.Problem"/>).</summary>
    StandAlone,
    Connecting,
    /// <summary>The two nodes compare what they have.</summary>
    Negotiating,
    Connected,
}

public enum DataState
{
    UpToDate,
    /// <summary>Of one moment, but not the last one.</summary>
    Consistent,
    /// <summary>A resync is under way or was cut off: a mixture of old and new.</summary>
    Inconsistent,
    /// <summary>Known to be behind: the peer went on alone.</summary>
    Outdated,
    /// <summary>The medium failed; requests are served by the peer where possible.</summary>
    Failed,
    /// <summary>Without usable replication metadata.</summary>
    Diskless,
    Unknown,
}

public enum ResyncState { None, Source, Target }

/// <param name="TotalBytes">Out of sync when the resync began.</param>
/// <param name="SecondsLeft">From the measured rate; null while there is none.</param>
public sealed record ResyncProgress(ResyncState State, long DoneBytes, long TotalBytes, long RateBytesPerSecond, long? SecondsLeft);

/// <summary>Result of comparing both sides block by block.</summary>
/// <param name="FinishedAt">Null while it runs.</param>
/// <param name="DifferentBytes">Whole 4 KiB blocks that differ.</param>
/// <param name="Ranges">The first of them, at most 1000.</param>
/// <param name="Aborted">Ended early: the link was lost, or somebody stopped it.</param>
public sealed record VerifyReport(
    DateTimeOffset StartedAt,
    DateTimeOffset? FinishedAt,
    long CheckedBytes,
    long TotalBytes,
    long DifferentBytes,
    IReadOnlyList<ByteRange> Ranges,
    bool Aborted);

public sealed record ByteRange(long OffsetBytes, long LengthBytes);

/// <summary>Both sides have data that the other lacks. Nothing is discarded before a person chooses.</summary>
/// <param name="HereBytes">Changed on this node since the two parted, in whole 4 KiB blocks.</param>
/// <param name="PeerBytes">The same on the peer.</param>
/// <param name="NeedsFullResync">They parted too long ago to know what changed.</param>
public sealed record SplitBrainInfo(DateTimeOffset Since, long HereBytes, long PeerBytes, bool NeedsFullResync);

/// <summary>Counted since the engine started. Latencies in microseconds, exponentially weighted over the last writes.</summary>
public sealed record ReplicationCounters(
    long Writes,
    long WrittenBytes,
    long SentBytes,
    long ReceivedBytes,
    long ResyncedBytes,
    long Connections,
    double LocalWriteMicroseconds,
    double PeerWriteMicroseconds,
    double RoundTripMicroseconds,
    long ActivityMisses)
{
    /// <summary>By stage of a write; empty while the volume is not open.</summary>
    public IReadOnlyList<StageLatency> Stages { get; init; } = [];

    /// <summary>Null while the volume is not open.</summary>
    public LinkCounters? Link { get; init; }
}

/// <summary>The parts of a write's way. Append only.</summary>
public enum ReplicationStage
{
    /// <summary>From the submission until it goes anywhere: overlapping writes, the activity log, a link that is being settled.</summary>
    Queueing,
    LocalWrite,
    /// <summary>Transfer, write on the peer, and the answer.</summary>
    PeerWrite,
    LocalFlush,
    /// <summary>Transfer, flush on the peer, and the answer.</summary>
    PeerFlush,
    /// <summary>A piece of a resync: transfer, write on the peer, and the answer.</summary>
    ResyncWrite,
    /// <summary>From the submission to the acknowledgement.</summary>
    Whole,
}

/// <summary>Latencies of the last ten seconds, in microseconds; 0 when there was nothing to measure.</summary>
/// <param name="Count">Since the volume was opened.</param>
/// <param name="RecentCount">In the last ten seconds.</param>
public sealed record StageLatency(
    ReplicationStage Stage, long Count, long RecentCount, double MedianMicroseconds, double P99Microseconds, double MaximumMicroseconds);

/// <param name="WaitingFrames">Queued, and not yet given to the connection: the link is slower than what is written.</param>
/// <param name="LastClose">Why this side ended a connection last; null if it never did.</param>
public sealed record LinkCounters(
    long SentFrames, long ReceivedFrames, long WaitingFrames, long SentBytesPerSecond, long ReceivedBytesPerSecond, string? LastClose);

/// <summary>One volume replication as it is now.</summary>
/// <param name="Role">What the node is now.</param>
/// <param name="PeerRole">Null while there is no connection.</param>
/// <param name="RoleProblem">Why the node is not yet what the configuration wants.</param>
/// <param name="OutOfSyncBytes">Whole 4 KiB blocks that may differ, as far as this node knows.</param>
/// <param name="Frozen">Requests wait: the peer is gone and going on alone is not permitted (yet).</param>
/// <param name="Problem">What keeps the two from replicating.</param>
/// <param name="LocalAddress">Null while there is no connection, like <paramref name="PeerAddress"/>.</param>
public sealed record ReplicationStatus(
    Guid Id,
    string TaskName,
    Guid VolumeId,
    ReplicationConnection Connection,
    ReplicationRole Role,
    ReplicationRole? PeerRole,
    Problem? RoleProblem,
    DataState Data,
    DataState PeerData,
    long SizeBytes,
    long OutOfSyncBytes,
    bool Frozen,
    ulong Term,
    string Generation,
    ResyncProgress? Resync,
    VerifyReport? Verify,
    SplitBrainInfo? SplitBrain,
    Problem? Problem,
    string? LocalAddress,
    string? PeerAddress,
    ReplicationCounters Counters);
