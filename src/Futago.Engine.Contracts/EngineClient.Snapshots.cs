using Futago.Engine.Contracts.Snapshots;
using Futago.Engine.Contracts.Volumes;

namespace Futago.Engine.Contracts;

public sealed partial class EngineClient
{
    /// <summary>Every snapshot of every volume, by volume and then oldest first.</summary>
    public Task<IReadOnlyList<SnapshotInfo>> ListSnapshotsAsync(CancellationToken cancellation = default) =>
        GetAsync<IReadOnlyList<SnapshotInfo>>("v1/snapshots", cancellation);

    public Task<SnapshotInfo> CreateSnapshotAsync(string group, string volume, CreateSnapshotRequest request, CancellationToken cancellation = default) =>
        SendAsync<SnapshotInfo>(HttpMethod.Post, SnapshotRoute(group, volume), request, cancellation);

    public Task<SnapshotInfo> UpdateSnapshotAsync(string group, string volume, string name, UpdateSnapshotRequest request, CancellationToken cancellation = default) =>
        SendAsync<SnapshotInfo>(HttpMethod.Patch, SnapshotRoute(group, volume, name), request, cancellation);

    public Task DeleteSnapshotAsync(string group, string volume, string name, DeleteRequest request, CancellationToken cancellation = default) =>
        SendAsync(HttpMethod.Delete, SnapshotRoute(group, volume, name), request, cancellation);

    /// <summary>Gives the volume the content that it had; what it has now is kept as another snapshot.</summary>
    public Task<RollBackResult> RollBackAsync(string group, string volume, string name, RollBackRequest request, CancellationToken cancellation = default) =>
        SendAsync<RollBackResult>(HttpMethod.Post, $"{SnapshotRoute(group, volume, name)}/rollback", request, cancellation);

    public Task<VolumeInfo> CloneSnapshotAsync(string group, string volume, string name, CloneSnapshotRequest request, CancellationToken cancellation = default) =>
        SendAsync<VolumeInfo>(HttpMethod.Post, $"{SnapshotRoute(group, volume, name)}/clone", request, cancellation);

    private static string SnapshotRoute(string group, string volume) => $"v1/volumes/{Escape(group)}/{Escape(volume)}/snapshots";

    private static string SnapshotRoute(string group, string volume, string name) => $"{SnapshotRoute(group, volume)}/{Escape(name)}";
}
