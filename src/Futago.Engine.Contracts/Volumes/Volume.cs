using Futago.Engine.Contracts.Replication;
using Futago.Engine.Contracts.Snapshots;

namespace Futago.Engine.Contracts.Volumes;

public enum VolumeType { Iscsi, Nas, Fc }

public enum IoType
{
    /// <summary>Direct access (O_DIRECT); the default.</summary>
    Block,
    /// <summary>Through the page cache; a thick volume is initialised with zeros first.</summary>
    File,
}

public enum VolumeState
{
    Online,
    /// <summary>Zeros are still being written in the background; the volume can already be used.</summary>
    Initialising,
    /// <summary>Not served; <see cref="VolumeInfo.Problem"/> says why.</summary>
    Failed,
}

/// <param name="SpeedLimitBytesPerSecond">Null: as fast as the unit allows.</param>
/// <param name="RateBytesPerSecond">Measured over the last seconds.</param>
/// <param name="SecondsLeft">Estimate from the measured rate; null while there is none.</param>
public sealed record InitialisationInfo(
    long DoneBytes,
    long TotalBytes,
    long? SpeedLimitBytesPerSecond,
    long RateBytesPerSecond,
    long? SecondsLeft);

/// <summary>The file system in a NAS volume.</summary>
/// <param name="MountPoint">In the engine's mount namespace; null while it is not mounted.</param>
/// <param name="SizeBytes">What it offers to files; 0 while it is not mounted.</param>
public sealed record FileSystemInfo(string? MountPoint, long SizeBytes, long FreeBytes);

/// <summary>A logical volume. <see cref="Path"/> (<c>vg00/lv0000</c>) names it for people, <see cref="Id"/> survives a rename.</summary>
/// <param name="AllocatedBytes">Space really taken in the group.</param>
/// <param name="UsedBy">Who uses it now, in English words ("target iqn…:t0, LUN 1"); deleting is refused while a started one is among them.</param>
/// <param name="Snapshots">Null from an engine that knows none.</param>
/// <param name="FileSystem">Of a NAS volume; null for others.</param>
/// <param name="ReplicationMode">As a person set it; in a task, the task's role is what counts.</param>
/// <param name="ReplicationMetadata">Metadata of volume replication lies beside it: of its task, or left by an earlier one.</param>
/// <param name="Users"><paramref name="UsedBy"/> for translation; null from an engine of before.</param>
public sealed record VolumeInfo(
    Guid Id,
    string Group,
    string Name,
    VolumeType Type,
    long SizeBytes,
    long AllocatedBytes,
    bool Thin,
    IoType IoType,
    VolumeState State,
    Problem? Problem,
    InitialisationInfo? Initialisation,
    DateTimeOffset CreatedAt,
    IReadOnlyList<string> UsedBy,
    SnapshotSpace? Snapshots = null,
    FileSystemInfo? FileSystem = null,
    VolumeReplicationMode ReplicationMode = VolumeReplicationMode.None,
    bool ReplicationMetadata = false,
    IReadOnlyList<Phrase>? Users = null)
{
    public string Path => $"{Group}/{Name}";
}

/// <param name="Name">Null for the next free default name (<c>lv0000</c>, <c>lv0001</c>, …); the rule is that of group names.</param>
/// <param name="SizeBytes">At least 1 MiB; rounded up to whole MiB. A thick volume must fit into the free space of its group.</param>
public sealed record CreateVolumeRequest(
    string? Name,
    VolumeType Type,
    long SizeBytes,
    bool Thin = false,
    IoType IoType = IoType.Block,
    long? InitialisationLimitBytesPerSecond = null);

/// <summary>Changes to a volume; null leaves a property as it is.</summary>
/// <param name="SizeBytes">Larger than the present size (volumes never shrink); takes effect while initiators are connected.</param>
/// <param name="InitialisationLimitBytesPerSecond">0 removes the limit.</param>
/// <param name="SnapshotReservePercent">0–1000 % of the volume's size; a lower one may drop snapshots soon.</param>
public sealed record UpdateVolumeRequest(
    string? NewName = null,
    long? SizeBytes = null,
    long? InitialisationLimitBytesPerSecond = null,
    int? SnapshotReservePercent = null);

/// <summary>The informed yes to losing data.</summary>
/// <param name="Confirm">The name of the object, typed again by the person.</param>
public sealed record DeleteRequest(string Confirm);
