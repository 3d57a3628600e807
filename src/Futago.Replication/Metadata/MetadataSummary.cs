namespace Futago.Replication;

/// <summary>What the metadata beside a volume that is not open says of its data.</summary>
/// <param name="HasData">The volume has data of a generation; false: it never was in sync and never source.</param>
/// <param name="Inconsistent">With <paramref name="HasData"/>: a resync was cut off, and the data is a mixture of old and new.</param>
/// <param name="Outdated">The peer went on alone: it has writes that are missing here.</param>
/// <param name="PeerMayHoldCurrent">False: this node went on alone, and the peer lacks what was written since.</param>
/// <param name="ChangedBytes">What may differ from the peer's, in whole 4 KiB blocks.</param>
public sealed record MetadataSummary(
    Guid ReplicationId, Guid NodeId, bool HasData, bool Inconsistent, bool Outdated, bool PeerMayHoldCurrent, long ChangedBytes)
{
    internal static MetadataSummary Of(LoadedMetadata loaded)
    {
        var lineage = loaded.Lineage;
        var blocks = loaded.Pages.Sum(p => p.Words.Sum(w => (long)ulong.PopCount(w)));
        return new MetadataSummary(
            lineage.ReplicationId, lineage.NodeId, !lineage.Current.IsNone, lineage.Inconsistent, lineage.Outdated, lineage.PeerMayHoldCurrent,
            // A damaged page counts as all set, beyond the end of the volume too.
            loaded.Unreliable ? lineage.SizeBytes : Math.Min(blocks * DirtyMap.BlockBytes, lineage.SizeBytes));
    }
}
