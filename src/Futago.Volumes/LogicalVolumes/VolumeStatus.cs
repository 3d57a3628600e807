using Futago.Volumes.Initialisation;

namespace Futago.Volumes.LogicalVolumes;

/// <summary>A volume at one moment.</summary>
/// <param name="Problem">Why it is not served, or null.</param>
/// <param name="UsedBy">Who uses it.</param>
/// <param name="MountPoint">Of a NAS volume that is mounted; else null.</param>
/// <param name="SnapshotUsedBytes">Blocks that only its snapshots hold; null before the first measurement.</param>
/// <param name="ReplicationMode">As it was set; a task may give the volume another role.</param>
/// <param name="ReplicationMetadata">The metadata of a volume replication lies beside it.</param>
public sealed record VolumeStatus(
    Guid Id,
    string Group,
    string Name,
    long SizeBytes,
    long AllocatedBytes,
    bool Thin,
    IoType IoType,
    StorageProblem? Problem,
    InitialisationProgress? Initialisation,
    DateTimeOffset CreatedAt,
    IReadOnlyList<StoragePhrase> UsedBy,
    bool Nas,
    string? MountPoint,
    (long SizeBytes, long FreeBytes) FileSystem,
    int SnapshotCount,
    int SnapshotReservePercent,
    long SnapshotReserveBytes,
    long? SnapshotUsedBytes,
    ReplicationMode ReplicationMode,
    bool ReplicationMetadata);
