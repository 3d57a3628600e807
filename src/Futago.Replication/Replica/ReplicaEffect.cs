using System.Collections.Immutable;
using Futago.Blocks;

namespace Futago.Replication;

/// <summary>Something to do; the only output of <see cref="ReplicaCore"/>, to be started in this order.</summary>
internal abstract record ReplicaEffect;

internal enum LocalIoKind : byte
{
    Read,
    Write,
    Zero,
    Unmap,
    Flush,
    /// <summary>Reads the blocks and gives a digest of each.</summary>
    Digest,
}

/// <summary>Answered with <see cref="LocalDone"/>, exactly once.</summary>
/// <param name="Payload">Read: where to; null when the shell is to provide memory, which is then the core's until <see cref="Release"/>.</param>
internal sealed record LocalIo(long Id, LocalIoKind Kind, long OffsetBytes, long LengthBytes, object? Payload, bool Durable) : ReplicaEffect;

/// <summary>
/// Makes metadata durable, in this order: pages of bits, lineage, activity log. Answered with <see cref="MetadataDone"/>; at most one
/// is under way.
/// </summary>
/// <param name="ActiveExtents">Null: the log is as it was.</param>
internal sealed record CommitMetadata(long Id, ImmutableArray<BitmapPage> Pages, VolumeLineage? Lineage, ImmutableArray<int>? ActiveExtents) : ReplicaEffect;

/// <summary>
/// I15: notes durably, away from the own medium, that the data there lack what only the peer has; or that this is over. Answered with
/// <see cref="BehindNoted"/>; at most one is under way.
/// </summary>
/// <param name="Behind">False: the note goes.</param>
/// <param name="Current">Generation of the data that are behind.</param>
internal sealed record NoteBehind(long Id, bool Behind, Generation Current, ulong Term) : ReplicaEffect;

/// <param name="Words">As many as <see cref="DirtyMap.WordsPerPage"/>.</param>
internal sealed record BitmapPage(int Index, ulong[] Words);

internal sealed record Send(long Session, Frame Frame) : ReplicaEffect;

/// <summary>Answered with <see cref="LinkDown"/>.</summary>
internal sealed record CloseLink(long Session, CloseReason Reason) : ReplicaEffect;

internal enum CloseReason : byte
{
    /// <summary>The peer broke the protocol; the two start over.</summary>
    ProtocolError,
    PeerSilent,
    /// <summary>The peer answers, but does not finish a write.</summary>
    PeerStuck,
    /// <summary>Something changed that a new handshake has to settle.</summary>
    Renegotiate,
    Refused,
    StaleTerm,
    DiskFailed,
    NotWanted,
}

/// <param name="Source">For a read answered by the peer: the data to be copied to the request's memory.</param>
internal sealed record Complete(ReplicaRequest Request, BlockStatus Status, object? Source = null) : ReplicaEffect;

/// <summary>The payload is not needed any more.</summary>
internal sealed record Release(object Payload) : ReplicaEffect;

internal sealed record CommandDone(long Id, CommandResult Result) : ReplicaEffect;

internal enum CommandResult : byte
{
    Done,
    /// <summary>The data is not up to date (I8).</summary>
    NotUpToDate,
    /// <summary>The peer is primary, or is becoming it.</summary>
    PeerIsPrimary,
    NotConnected,
    /// <summary>In the middle of a handshake; to be tried again.</summary>
    Busy,
    /// <summary>The term is lower than one that was heard of (I9).</summary>
    StaleTerm,
    NotPrimary,
    /// <summary>Only for a node that is not primary.</summary>
    IsPrimary,
    LinkLost,
    DiskFailed,
    NothingToDo,
    SnapshotFailed,
}

/// <summary>The primary has lost its peer and waits; answered with <see cref="Grant"/>, if at all.</summary>
internal sealed record WantGrant : ReplicaEffect;

/// <summary>The peer has everything again, and may be promoted: a grant is over.</summary>
internal sealed record InSync : ReplicaEffect;

internal sealed record StoreBlob(long Id, string Name, long Version, ImmutableArray<byte> Content) : ReplicaEffect;

/// <summary>Answered with <see cref="SnapshotKept"/>.</summary>
internal sealed record KeepSnapshot(long Id) : ReplicaEffect;

/// <summary>The size of the volume as applications see it.</summary>
internal sealed record SizeChanged(long SizeBytes) : ReplicaEffect;

/// <summary>For events and logs.</summary>
internal sealed record Notice(NoticeKind Kind, Refusal Refusal = Refusal.None, CloseReason? Reason = null, long Number = 0) : ReplicaEffect;

internal enum NoticeKind : byte
{
    Connected,
    Disconnected,
    Established,
    ResyncStarted,
    ResyncFinished,
    Refused,
    Promoted,
    Demoted,
    /// <summary>I9: another node has a higher term; this one stops.</summary>
    Deposed,
    GoesOnAlone,
    LocalDiskFailed,
    PeerDiskFailed,
    Outdated,
    VerifyFinished,
    Grown,
    SplitBrainYielded,
    LineageCleared,
    /// <summary>A person promoted a volume that was not up to date.</summary>
    ForcedPromotion,
    /// <summary>I15: it could not be noted that this node's medium is behind, so the peer's is not used.</summary>
    BehindNotNoted,
}
