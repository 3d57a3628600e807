using System.Collections.Immutable;

namespace Futago.Replication;

/// <summary>What a node says of itself when a connection begins. Both decide from the same two.</summary>
/// <param name="DeviceBytes">Size of the local volume, which may have grown since <paramref name="SizeBytes"/> was agreed on.</param>
/// <param name="HasDisk">False: the local medium has failed, and the node wants to use the peer's.</param>
/// <param name="Crashed">Writes were under way when the node stopped.</param>
/// <param name="KeptRunning">
/// The node has run without a break since it last was in sync with <paramref name="Current"/>. Without a disk: the peer has
/// confirmed that everything is durable there.
/// </param>
/// <param name="DirtyBlocks">Bits that are set.</param>
/// <param name="Yields">A person has decided that this node's side of a split brain is given up.</param>
internal sealed record Hello(
    Guid ReplicationId,
    Guid NodeId,
    ulong Term,
    bool Primary,
    long DeviceBytes,
    long SizeBytes,
    Generation Current,
    ImmutableArray<Generation> Bases,
    ImmutableArray<Generation> History,
    bool Inconsistent,
    bool Outdated,
    bool HasDisk,
    bool Crashed,
    bool KeptRunning,
    long DirtyBlocks,
    bool Yields) : Message;
