using System.Collections.Immutable;
using Futago.Blocks;

namespace Futago.Replication;

/// <summary>Something that happened; the only input of <see cref="ReplicaCore"/>.</summary>
internal abstract record ReplicaEvent;

/// <summary>An authenticated connection with the peer is there. Sessions are numbered by the shell and never used again.</summary>
internal sealed record LinkUp(long Session) : ReplicaEvent;

/// <summary>The connection is gone, and nothing of it is read or sent any more.</summary>
internal sealed record LinkDown(long Session) : ReplicaEvent;

internal sealed record Received(long Session, Frame Frame) : ReplicaEvent;

/// <param name="Payload">What was read, when the core gave no place to read into.</param>
/// <param name="Digests">For <see cref="LocalIoKind.Digest"/>: 16 bytes per block.</param>
internal sealed record LocalDone(long Id, BlockStatus Status, object? Payload = null, ImmutableArray<byte> Digests = default) : ReplicaEvent;

/// <param name="Ok">False: the metadata could not be written; what is on the medium is unknown.</param>
internal sealed record MetadataDone(long Id, bool Ok) : ReplicaEvent;

/// <param name="Ok">False: whether the note is there is unknown.</param>
internal sealed record BehindNoted(long Id, bool Ok) : ReplicaEvent;

/// <summary>Of the application.</summary>
internal sealed record Submitted(ReplicaRequest Request) : ReplicaEvent;

/// <summary>Time passes. Any monotonic clock will do.</summary>
internal sealed record Tick(long NowMs) : ReplicaEvent;

/// <summary>The resync may copy this much more; negative takes it back.</summary>
internal sealed record ResyncBudget(long Bytes) : ReplicaEvent;

/// <summary>The local volume can hold this much now.</summary>
internal sealed record DeviceGrown(long LengthBytes) : ReplicaEvent;

internal sealed record BlobStored(long Id, bool Ok) : ReplicaEvent;

/// <summary>A person or the failover manager wants something; answered with <see cref="CommandDone"/> under the same id.</summary>
internal abstract record Command(long Id) : ReplicaEvent;

/// <param name="Term">0: the next one.</param>
/// <param name="Alone">The peer cannot be asked, and whoever commands has made sure that it is not, and will not become, primary.</param>
/// <param name="Force">Although the data is not up to date. What a person decides, never a program.</param>
internal sealed record Promote(long Id, ulong Term, bool Alone, bool Force) : Command(Id);

internal sealed record Demote(long Id) : Command(Id);

/// <summary>This primary may go on without the peer: nobody else will be promoted before the two are in sync again.</summary>
internal sealed record Grant(long Id) : Command(Id);

/// <summary>Nothing is acknowledged, read or written until <see cref="Thaw"/>.</summary>
internal sealed record Freeze(long Id) : Command(Id);

internal sealed record Thaw(long Id) : Command(Id);

/// <summary>Durably: the peer goes on alone with this term, this node is not to be promoted.</summary>
internal sealed record Outdate(long Id, ulong Term) : Command(Id);

/// <summary>Durably: nothing with a lower term is accepted any more (I9).</summary>
internal sealed record Fence(long Id, ulong Term) : Command(Id);

/// <summary>Whoever watches the medium says that it is dead, before a request has found out.</summary>
internal sealed record LoseMedium(long Id) : Command(Id);

internal sealed record StartVerify(long Id) : Command(Id);

internal sealed record StopVerify(long Id) : Command(Id);

/// <summary>What the last verify found different is copied from this primary to the peer.</summary>
internal sealed record Heal(long Id) : Command(Id);

/// <summary>Gives up this node's side of a split brain, after its data was kept as a snapshot.</summary>
internal sealed record YieldSplitBrain(long Id) : Command(Id);

/// <summary>Forgets the lineage: the next connection copies everything from the peer.</summary>
internal sealed record ClearLineage(long Id) : Command(Id);

internal sealed record SnapshotKept(long Id, bool Ok) : ReplicaEvent;

/// <summary>Nothing is under way on the peer's behalf; everything is flushed and written down, so that the next start is clean.</summary>
internal sealed record Shutdown(long Id) : Command(Id);

/// <summary>Stores a value on both nodes; done like a durable write.</summary>
internal sealed record PutBlob(long Id, string Name, ImmutableArray<byte> Content) : Command(Id);

/// <summary>Connections are wanted, or not.</summary>
internal sealed record WantLink(long Id, bool Wanted) : Command(Id);
