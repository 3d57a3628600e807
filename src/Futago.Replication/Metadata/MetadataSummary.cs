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
        var dirty = new DirtyMap(lineage.SizeBytes / DirtyMap.BlockBytes);
        foreach (var page in loaded.Pages)
            dirty.Merge(page.Index, page.Words);
        if (loaded.Unreliable)
            dirty.SetAll();
        // As when the volume is opened (I5): what was being written when the node ended may be different, too.
        foreach (var extent in loaded.ActiveExtents.Where(e => e * (long)ReplicaOptions.ExtentBlocks < dirty.Blocks))
            dirty.Set(extent * (long)ReplicaOptions.ExtentBlocks, Math.Min((extent + 1L) * ReplicaOptions.ExtentBlocks, dirty.Blocks) - 1);
        return new MetadataSummary(
            lineage.ReplicationId, lineage.NodeId, !lineage.Current.IsNone, lineage.Inconsistent, lineage.Outdated, lineage.PeerMayHoldCurrent,
            dirty.Count * DirtyMap.BlockBytes);
    }
}
