using System.Collections.Immutable;

namespace Futago.Replication;

/// <summary>A replicated volume at one moment.</summary>
/// <param name="Phase">Where the connection is, such as <c>Down</c>, <c>SyncSource</c>, <c>Established</c>.</param>
/// <param name="Frozen">Requests wait for the peer, or for permission to go on alone.</param>
/// <param name="Refusal">Why the last handshake came to nothing; <c>None</c>.</param>
/// <param name="Different">Ranges of bytes that the last verify found different, at most 1000.</param>
/// <param name="PeerMayHoldCurrent">The peer has, or may have, the same generation; if not, this node went on alone.</param>
/// <param name="Peer">What the peer said of itself last, connected or not; null before the first time.</param>
public sealed record ReplicatedVolumeState(
    bool IsSource,
    bool PeerIsSource,
    string Phase,
    bool IsUpToDate,
    bool PeerIsUpToDate,
    bool Inconsistent,
    bool Outdated,
    bool DiskFailed,
    bool HasData,
    bool Frozen,
    ulong Term,
    string Generation,
    long SizeBytes,
    long OutOfSyncBytes,
    long ResyncTotalBytes,
    long ResyncedBytes,
    string Refusal,
    bool RefusalNeedsFull,
    long PeerOutOfSyncBytes,
    bool Verifying,
    bool VerifyAborted,
    long VerifiedBytes,
    long? DifferentBytes,
    ImmutableArray<(long OffsetBytes, long LengthBytes)> Different,
    long Writes,
    long WrittenBytes,
    long SentBytes,
    long ReceivedBytes,
    long Connections,
    double LocalWriteMicroseconds,
    double PeerWriteMicroseconds,
    double RoundTripMicroseconds,
    long ActivityMisses,
    bool PeerMayHoldCurrent,
    ReplicatedPeerState? Peer)
{
    /// <summary>One for each <see cref="WriteStage"/>: what was counted since the volume was opened, by <see cref="Blocks.LatencyScale"/>.</summary>
    public ImmutableArray<long[]> Stages { get; init; } = [];

    public long SentFrames { get; init; }

    public long ReceivedFrames { get; init; }

    /// <summary>Queued, and not yet given to the connection.</summary>
    public long WaitingFrames { get; init; }

    /// <summary>The medium was lost while this node was source, the peer's has served since, and nothing was copied back yet (I15).</summary>
    public bool BehindPeer { get; init; }

    /// <summary>Why this side ended a connection last; empty if it never did.</summary>
    public string LastClose { get; init; } = "";
}
