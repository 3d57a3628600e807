using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Replication;
using Futago.Engine.Contracts.Volumes;

namespace Futago.Console.Client.Volumes;

/// <summary>The volume manager: units, volume groups and logical volumes. Volumes are named by path, <c>group/name</c>.</summary>
public interface IVolumeManager
{
    Task<IReadOnlyList<UnitInfo>> ListUnitsAsync(CancellationToken cancellation = default);

    /// <summary>Directory that new image files go to unless the administrator names another.</summary>
    Task<string> GetImageDirectoryAsync(CancellationToken cancellation = default);

    Task<UnitInfo> CreateImageAsync(CreateImageRequest request, CancellationToken cancellation = default);

    /// <param name="confirm">The path, typed again.</param>
    Task DeleteImageAsync(string path, string confirm, CancellationToken cancellation = default);

    Task<IReadOnlyList<GroupInfo>> ListGroupsAsync(CancellationToken cancellation = default);

    Task<GroupInfo> CreateGroupAsync(CreateGroupRequest request, CancellationToken cancellation = default);

    Task<GroupInfo> ImportGroupAsync(ImportGroupRequest request, CancellationToken cancellation = default);

    Task ExportGroupAsync(string group, CancellationToken cancellation = default);

    /// <param name="confirm">The group's name, typed again.</param>
    Task DestroyGroupAsync(string group, string confirm, CancellationToken cancellation = default);

    Task<IReadOnlyList<VolumeInfo>> ListVolumesAsync(CancellationToken cancellation = default);

    /// <summary>Files of a NAS volume whose names end in <c>.iso</c>, by path; at most 500 of them.</summary>
    Task<IReadOnlyList<IsoImageInfo>> ListIsoImagesAsync(string path, CancellationToken cancellation = default);

    Task<VolumeInfo> CreateVolumeAsync(string group, CreateVolumeRequest request, CancellationToken cancellation = default);

    Task<VolumeInfo> UpdateVolumeAsync(string path, UpdateVolumeRequest request, CancellationToken cancellation = default);

    /// <summary>
    /// Sets what a volume is meant for in volume replication, before a task has it. As destination it is locked against every other use, and refused while it
    /// has one.
    /// </summary>
    /// <param name="mode">Source or destination.</param>
    Task<VolumeInfo> SetReplicationModeAsync(string path, VolumeReplicationMode mode, CancellationToken cancellation = default);

    /// <summary>What clearing the mode of this volume would take away, or why it would be refused.</summary>
    Task<ClearReplicationPreview> PreviewClearReplicationAsync(string path, CancellationToken cancellation = default);

    /// <summary>Takes away a volume's replication mode and the metadata that an earlier replication left beside it. Its data stays.</summary>
    Task<VolumeInfo> ClearReplicationModeAsync(string path, ClearVolumeReplicationMode request, CancellationToken cancellation = default);

    /// <summary>What deleting this volume would destroy and whom it would disturb.</summary>
    Task<DeletionPreview> PreviewDeletionAsync(string path, CancellationToken cancellation = default);

    /// <summary>Deletes a volume that no started target uses; LUNs of stopped targets that refer to it are removed with it.</summary>
    /// <param name="confirm">The volume's name (without the group), typed again.</param>
    Task DeleteVolumeAsync(string path, string confirm, CancellationToken cancellation = default);
}

/// <param name="Losses">What will be gone, one line each.</param>
/// <param name="UsedBy">Who uses it now, one line in English each.</param>
/// <param name="Blocked">True when the deletion would be refused because of a user.</param>
/// <param name="Users"><paramref name="UsedBy"/> for translation; null from a console of before.</param>
public sealed record DeletionPreview(string Path, long SizeBytes, IReadOnlyList<string> Losses, IReadOnlyList<string> UsedBy, bool Blocked,
    IReadOnlyList<Phrase>? Users = null);
