using Futago.Console.Client.Snapshots;
using Futago.Engine.Contracts.Snapshots;
using Futago.Engine.Contracts.Volumes;

namespace Futago.Console.Tests.Fakes;

public sealed class FakeSnapshots : FakeService, ISnapshotManager
{
    public Task<IReadOnlyList<SnapshotInfo>> ListAsync(CancellationToken cancellation = default) => Task.FromResult<IReadOnlyList<SnapshotInfo>>([]);

    public Task<SnapshotInfo> CreateAsync(string volume, CreateSnapshotRequest request, CancellationToken cancellation = default)
    {
        Take((volume, request));
        return Task.FromResult(Sample.Snapshot(request.Name ?? "snap0000"));
    }

    public Task<SnapshotInfo> UpdateAsync(string path, UpdateSnapshotRequest request, CancellationToken cancellation = default)
    {
        Take((path, request));
        return Task.FromResult(Sample.Snapshot());
    }

    public Task DeleteAsync(string path, string confirm, CancellationToken cancellation = default)
    {
        Take((path, confirm));
        return Task.CompletedTask;
    }

    public Task<RollBackResult> RollBackAsync(string path, RollBackRequest request, CancellationToken cancellation = default)
    {
        Take((path, request));
        return Task.FromResult(new RollBackResult(Sample.Snapshot(), Sample.Snapshot("rollback0000")));
    }

    public Task<VolumeInfo> CloneAsync(string path, CloneSnapshotRequest request, CancellationToken cancellation = default)
    {
        Take((path, request));
        return Task.FromResult(Sample.Volume("vg00", request.Name ?? "lv0001"));
    }
}
