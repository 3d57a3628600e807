namespace Futago.Replication;

/// <summary>What a peer says of its side when a connection begins.</summary>
public sealed record ReplicatedPeerState(bool IsSource, bool HasData, bool HasDisk, bool Inconsistent, bool Outdated, long OutOfSyncBytes)
{
    /// <summary>It could be served, as far as it knows.</summary>
    public bool IsUsable => HasData && HasDisk && !Inconsistent && !Outdated;
}
