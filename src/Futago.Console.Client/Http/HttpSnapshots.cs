using Futago.Console.Client.Snapshots;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Snapshots;
using Futago.Engine.Contracts.Volumes;

namespace Futago.Console.Client.Http;

internal sealed class HttpSnapshots(ApiConnection api) : ISnapshotManager
{
    public Task<IReadOnlyList<SnapshotInfo>> ListAsync(CancellationToken cancellation = default) =>
        api.GetAsync<IReadOnlyList<SnapshotInfo>>("snapshots", cancellation);

    public Task<SnapshotInfo> CreateAsync(string volume, CreateSnapshotRequest request, CancellationToken cancellation = default)
    {
        if (volume.Split('/') is not [{ Length: > 0 } group, { Length: > 0 } name])
            throw ProblemException.Invalid(
                ProblemCodes.NameInvalid, $"“{volume}” does not name a volume: write group/name, for example vg00/lv0000.", "volume", ("name", volume));
        return api.SendAsync<SnapshotInfo>(HttpMethod.Post, $"volumes/{ApiConnection.Escape(group)}/{ApiConnection.Escape(name)}/snapshots", request, cancellation);
    }

    public Task<SnapshotInfo> UpdateAsync(string path, UpdateSnapshotRequest request, CancellationToken cancellation = default) =>
        api.SendAsync<SnapshotInfo>(HttpMethod.Patch, Route(path), request, cancellation);

    public Task DeleteAsync(string path, string confirm, CancellationToken cancellation = default) =>
        api.SendAsync(HttpMethod.Delete, Route(path), new DeleteRequest(confirm), cancellation);

    public Task<RollBackResult> RollBackAsync(string path, RollBackRequest request, CancellationToken cancellation = default) =>
        api.SendAsync<RollBackResult>(HttpMethod.Post, $"{Route(path)}/rollback", request, cancellation);

    public Task<VolumeInfo> CloneAsync(string path, CloneSnapshotRequest request, CancellationToken cancellation = default) =>
        api.SendAsync<VolumeInfo>(HttpMethod.Post, $"{Route(path)}/clone", request, cancellation);

    private static string Route(string path)
    {
        var snapshot = SnapshotPath.Parse(path);
        return $"volumes/{ApiConnection.Escape(snapshot.Group)}/{ApiConnection.Escape(snapshot.Volume)}/snapshots/{ApiConnection.Escape(snapshot.Name)}";
    }
}
