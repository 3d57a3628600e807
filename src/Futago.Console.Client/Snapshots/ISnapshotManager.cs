using Futago.Engine.Contracts.Snapshots;
using Futago.Engine.Contracts.Volumes;

namespace Futago.Console.Client.Snapshots;

/// <summary>Snapshots of volumes. A snapshot is named by path, <c>group/volume@name</c>.</summary>
public interface ISnapshotManager
{
    /// <summary>Every snapshot, by volume and then oldest first.</summary>
    Task<IReadOnlyList<SnapshotInfo>> ListAsync(CancellationToken cancellation = default);

    /// <param name="volume">Path of the volume, <c>group/name</c>.</param>
    Task<SnapshotInfo> CreateAsync(string volume, CreateSnapshotRequest request, CancellationToken cancellation = default);

    Task<SnapshotInfo> UpdateAsync(string path, UpdateSnapshotRequest request, CancellationToken cancellation = default);

    /// <summary>Deletes a snapshot that nobody uses.</summary>
    /// <param name="confirm">The snapshot's name, typed again.</param>
    Task DeleteAsync(string path, string confirm, CancellationToken cancellation = default);

    /// <summary>Gives the volume the content that it had. What it has now is kept as a snapshot first.</summary>
    Task<RollBackResult> RollBackAsync(string path, RollBackRequest request, CancellationToken cancellation = default);

    /// <summary>A new volume with the content of the snapshot.</summary>
    Task<VolumeInfo> CloneAsync(string path, CloneSnapshotRequest request, CancellationToken cancellation = default);
}
