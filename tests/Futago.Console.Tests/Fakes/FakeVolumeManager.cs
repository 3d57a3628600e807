using Futago.Console.Client.Volumes;
using Futago.Engine.Contracts.Replication;
using Futago.Engine.Contracts.Volumes;

namespace Futago.Console.Tests.Fakes;

public sealed class FakeVolumeManager(FakeLiveStatus live) : FakeService, IVolumeManager
{
    public DeletionPreview Preview { get; set; } = new("vg00/lv0000", 1 << 30, [], [], Blocked: false);

    public Task<IReadOnlyList<UnitInfo>> ListUnitsAsync(CancellationToken cancellation = default) => Task.FromResult(live.Units);

    public Task<string> GetImageDirectoryAsync(CancellationToken cancellation = default) => Task.FromResult("/var/lib/futago/images");

    public Task<UnitInfo> CreateImageAsync(CreateImageRequest request, CancellationToken cancellation = default)
    {
        Take(request);
        return Task.FromResult(Sample.Unit(request.Path));
    }

    public Task DeleteImageAsync(string path, string confirm, CancellationToken cancellation = default) => Change((path, confirm));

    public Task<IReadOnlyList<GroupInfo>> ListGroupsAsync(CancellationToken cancellation = default) => Task.FromResult(live.Groups);

    public Task<GroupInfo> CreateGroupAsync(CreateGroupRequest request, CancellationToken cancellation = default)
    {
        Take(request);
        return Task.FromResult(Sample.Group(request.Name ?? "vg00"));
    }

    public Task<GroupInfo> ImportGroupAsync(ImportGroupRequest request, CancellationToken cancellation = default)
    {
        Take(request);
        return Task.FromResult(Sample.Group(request.NewName ?? "vg00"));
    }

    public Task ExportGroupAsync(string group, CancellationToken cancellation = default) => Change(("export", group));

    public Task DestroyGroupAsync(string group, string confirm, CancellationToken cancellation = default) => Change((group, confirm));

    public Task<IReadOnlyList<VolumeInfo>> ListVolumesAsync(CancellationToken cancellation = default) => Task.FromResult(live.Volumes);

    /// <summary>ISO images of every NAS volume.</summary>
    public List<IsoImageInfo> IsoImages { get; } = [];

    public Task<IReadOnlyList<IsoImageInfo>> ListIsoImagesAsync(string path, CancellationToken cancellation = default) =>
        Task.FromResult<IReadOnlyList<IsoImageInfo>>([.. IsoImages]);

    public Task<VolumeInfo> CreateVolumeAsync(string group, CreateVolumeRequest request, CancellationToken cancellation = default)
    {
        Take(request);
        return Task.FromResult(Sample.Volume(group, request.Name ?? "lv0000"));
    }

    public Task<VolumeInfo> UpdateVolumeAsync(string path, UpdateVolumeRequest request, CancellationToken cancellation = default)
    {
        Take(request);
        return Task.FromResult(Sample.Volume("vg00", "lv0000"));
    }

    public ClearReplicationPreview ClearPreview { get; set; } = new(VolumeReplicationMode.None, false, null, false);

    public Task<VolumeInfo> SetReplicationModeAsync(string path, VolumeReplicationMode mode, CancellationToken cancellation = default)
    {
        Take((path, mode));
        return Task.FromResult(Sample.Volume("vg00", "lv0000") with { ReplicationMode = mode });
    }

    public Task<ClearReplicationPreview> PreviewClearReplicationAsync(string path, CancellationToken cancellation = default) => Task.FromResult(ClearPreview);

    public Task<VolumeInfo> ClearReplicationModeAsync(string path, ClearVolumeReplicationMode request, CancellationToken cancellation = default)
    {
        Take((path, request));
        return Task.FromResult(Sample.Volume("vg00", "lv0000"));
    }

    public Task<DeletionPreview> PreviewDeletionAsync(string path, CancellationToken cancellation = default) => Task.FromResult(Preview);

    public Task DeleteVolumeAsync(string path, string confirm, CancellationToken cancellation = default) => Change((path, confirm));

    private Task Change(object request)
    {
        Take(request);
        return Task.CompletedTask;
    }
}
