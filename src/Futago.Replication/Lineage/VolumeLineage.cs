using System.Collections.Immutable;

namespace Futago.Replication;

/// <summary>
/// Where the data of a volume comes from. It lives beside the data and never only in a database (I13). Immutable: each change is
/// a new value, which counts once it is durable.
/// </summary>
/// <param name="ReplicationId">Names the replicated volume on both nodes.</param>
/// <param name="NodeId">The node that this copy belongs to; a copy of the metadata on a third machine is not accepted.</param>
/// <param name="SizeBytes">Size that both sides have agreed on.</param>
/// <param name="Term">Highest term of authority that was ever heard of (I9).</param>
/// <param name="Current">Generation of the data here.</param>
/// <param name="Bases">Generations relative to which this node's bits cover every difference; newest first.</param>
/// <param name="History">Older ones, relative to which the bits say nothing; newest first.</param>
/// <param name="PeerMayHoldCurrent">
/// The peer has, or may have, data of <paramref name="Current"/>. While it is so, no write may be acknowledged by this node alone:
/// a new generation comes first.
/// </param>
/// <param name="Inconsistent">A mixture: some blocks were resynced, others not yet (I7).</param>
/// <param name="Outdated">The peer went on alone; never promoted (I8).</param>
internal sealed record VolumeLineage(
    Guid ReplicationId,
    Guid NodeId,
    long SizeBytes,
    ulong Term,
    Generation Current,
    ImmutableArray<Generation> Bases,
    ImmutableArray<Generation> History,
    bool PeerMayHoldCurrent,
    bool Inconsistent,
    bool Outdated)
{
    public const int BasesMaximum = 4;
    public const int HistoryMaximum = 8;

    /// <summary>A volume that takes part for the first time: it has nothing that anybody would miss.</summary>
    public static VolumeLineage CreateNew(Guid replicationId, Guid nodeId, long sizeBytes) =>
        new(replicationId, nodeId, sizeBytes, 0, Generation.None, [], [], PeerMayHoldCurrent: false, Inconsistent: true, Outdated: false);

    /// <summary>This node goes on alone. The bits cover what changes from here on, relative to what the peer may have.</summary>
    public VolumeLineage Bump(Generation next)
    {
        if (Current.IsNone || !PeerMayHoldCurrent)
            return this with { Current = next, PeerMayHoldCurrent = false };
        var bases = Bases.Insert(0, Current);
        var dropped = bases.Length > BasesMaximum ? bases[BasesMaximum..] : [];
        return this with
        {
            Current = next,
            Bases = bases.Length > BasesMaximum ? bases[..BasesMaximum] : bases,
            History = Remember(dropped),
            PeerMayHoldCurrent = false,
        };
    }

    /// <summary>The peer is known to have <see cref="Current"/> now: what lies before is history.</summary>
    public VolumeLineage Agree() => this with { Bases = [], History = Remember(Bases), PeerMayHoldCurrent = true };

    /// <summary>Becomes the target of a resync from a peer with this generation (I7).</summary>
    public VolumeLineage Adopt(Generation current, long sizeBytes) => this with
    {
        SizeBytes = sizeBytes,
        Current = current,
        Bases = [],
        History = Remember(Current == current || Current.IsNone ? Bases : Bases.Insert(0, Current)),
        PeerMayHoldCurrent = true,
        Inconsistent = true,
    };

    private ImmutableArray<Generation> Remember(ImmutableArray<Generation> older) =>
        older.IsEmpty ? History : [.. older.AddRange(History).Distinct().Take(HistoryMaximum)];
}
