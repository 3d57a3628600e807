using Futago.Console.Client.Volumes;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Replication;
using Futago.Engine.Contracts.Volumes;

namespace Futago.Console.Client.Http;

internal sealed class HttpVolumeManager(ApiConnection api) : IVolumeManager
{
    public Task<IReadOnlyList<UnitInfo>> ListUnitsAsync(CancellationToken cancellation = default) =>
        api.GetAsync<IReadOnlyList<UnitInfo>>("units", cancellation);

    public Task<string> GetImageDirectoryAsync(CancellationToken cancellation = default) =>
        api.GetTextAsync("units/image-directory", cancellation);

    public Task<UnitInfo> CreateImageAsync(CreateImageRequest request, CancellationToken cancellation = default) =>
        api.SendAsync<UnitInfo>(HttpMethod.Post, "units/images", request, cancellation);

    public Task DeleteImageAsync(string path, string confirm, CancellationToken cancellation = default) =>
        api.SendAsync(HttpMethod.Delete, $"units/images?path={ApiConnection.Escape(path)}", new DeleteRequest(confirm), cancellation);

    public Task<IReadOnlyList<GroupInfo>> ListGroupsAsync(CancellationToken cancellation = default) =>
        api.GetAsync<IReadOnlyList<GroupInfo>>("groups", cancellation);

    public Task<GroupInfo> CreateGroupAsync(CreateGroupRequest request, CancellationToken cancellation = default) =>
        api.SendAsync<GroupInfo>(HttpMethod.Post, "groups", request, cancellation);

    public Task<GroupInfo> ImportGroupAsync(ImportGroupRequest request, CancellationToken cancellation = default) =>
        api.SendAsync<GroupInfo>(HttpMethod.Post, "groups/import", request, cancellation);

    public Task ExportGroupAsync(string group, CancellationToken cancellation = default) =>
        api.SendAsync(HttpMethod.Post, $"groups/{ApiConnection.Escape(group)}/export", null, cancellation);

    public Task DestroyGroupAsync(string group, string confirm, CancellationToken cancellation = default) =>
        api.SendAsync(HttpMethod.Delete, $"groups/{ApiConnection.Escape(group)}", new DeleteRequest(confirm), cancellation);

    public Task<IReadOnlyList<VolumeInfo>> ListVolumesAsync(CancellationToken cancellation = default) =>
        api.GetAsync<IReadOnlyList<VolumeInfo>>("volumes", cancellation);

    public Task<IReadOnlyList<IsoImageInfo>> ListIsoImagesAsync(string path, CancellationToken cancellation = default) =>
        api.GetAsync<IReadOnlyList<IsoImageInfo>>($"{Route(path)}/iso-images", cancellation);

    public Task<VolumeInfo> CreateVolumeAsync(string group, CreateVolumeRequest request, CancellationToken cancellation = default) =>
        api.SendAsync<VolumeInfo>(HttpMethod.Post, $"volumes/{ApiConnection.Escape(group)}", request, cancellation);

    public Task<VolumeInfo> UpdateVolumeAsync(string path, UpdateVolumeRequest request, CancellationToken cancellation = default) =>
        api.SendAsync<VolumeInfo>(HttpMethod.Patch, Route(path), request, cancellation);

    public Task<VolumeInfo> SetReplicationModeAsync(string path, VolumeReplicationMode mode, CancellationToken cancellation = default) =>
        api.SendAsync<VolumeInfo>(HttpMethod.Put, $"{Route(path)}/replication-mode", new SetVolumeReplicationMode(mode), cancellation);

    public Task<ClearReplicationPreview> PreviewClearReplicationAsync(string path, CancellationToken cancellation = default) =>
        api.GetAsync<ClearReplicationPreview>($"{Route(path)}/replication-mode/clear-preview", cancellation);

    public Task<VolumeInfo> ClearReplicationModeAsync(string path, ClearVolumeReplicationMode request, CancellationToken cancellation = default) =>
        api.SendAsync<VolumeInfo>(HttpMethod.Delete, $"{Route(path)}/replication-mode", request, cancellation);

    public Task<DeletionPreview> PreviewDeletionAsync(string path, CancellationToken cancellation = default) =>
        api.GetAsync<DeletionPreview>($"{Route(path)}/deletion-preview", cancellation);

    public Task DeleteVolumeAsync(string path, string confirm, CancellationToken cancellation = default) =>
        api.SendAsync(HttpMethod.Delete, Route(path), new DeleteRequest(confirm), cancellation);

    private static string Route(string path)
    {
        var parts = path.Split('/');
        if (parts is not [{ Length: > 0 } group, { Length: > 0 } name])
            throw ProblemException.Invalid(ProblemCodes.NameInvalid, $"“{path}” does not name a volume: write group/name, for example vg00/lv0000.", "path", ("name", path));
        return $"volumes/{ApiConnection.Escape(group)}/{ApiConnection.Escape(name)}";
    }
}
