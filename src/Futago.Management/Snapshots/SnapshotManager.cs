using Futago.Console.Client.Events;
using Futago.Console.Client.Snapshots;
using Futago.Console.Client.Users;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Snapshots;
using Futago.Engine.Contracts.Volumes;
using Futago.Management.Access;
using Futago.Management.Engine;
using Futago.Management.Events;
using Futago.Management.Node;

namespace Futago.Management.Snapshots;

/// <summary>Snapshots live in the engine; the console adds who may do what, the audit log and the LUNs.</summary>
public sealed class SnapshotManager(
    EngineClient engine,
    IConfigurationStore store,
    ICurrentActor currentActor,
    AuditLog audit,
    LiveRefresh live) : ISnapshotManager
{
    public async Task<IReadOnlyList<SnapshotInfo>> ListAsync(CancellationToken cancellation = default)
    {
        await currentActor.RequireAsync(UserRole.Viewer);
        return await engine.ListSnapshotsAsync(cancellation);
    }

    public async Task<SnapshotInfo> CreateAsync(string volume, CreateSnapshotRequest request, CancellationToken cancellation = default)
    {
        var actor = await currentActor.RequireAsync(UserRole.Operator);
        if (volume.Split('/') is not [{ Length: > 0 } group, { Length: > 0 } name])
            throw ProblemException.NotFound(ProblemCodes.VolumeNotFound, $"There is no volume {volume}.", ("volume", volume));
        var snapshot = await engine.CreateSnapshotAsync(group, name, request, cancellation);
        await live.StorageAsync(cancellation);
        await audit.RecordAsync(actor, ConsoleEventCodes.SnapshotCreated, snapshot.Path, $"Snapshot {snapshot.Path} was taken.");
        return snapshot;
    }

    public async Task<SnapshotInfo> UpdateAsync(string path, UpdateSnapshotRequest request, CancellationToken cancellation = default)
    {
        var actor = await currentActor.RequireAsync(UserRole.Administrator);
        var before = await FindAsync(path, cancellation);
        var after = await engine.UpdateSnapshotAsync(before.Group, before.Volume, before.Name, request, cancellation);
        await live.StorageAsync(cancellation);
        await audit.RecordAsync(actor, ConsoleEventCodes.SnapshotChanged, path, $"Snapshot {path} was changed.", new { before.Protected }, new { after.Protected });
        return after;
    }

    public async Task DeleteAsync(string path, string confirm, CancellationToken cancellation = default)
    {
        var actor = await currentActor.RequireAsync(UserRole.Administrator);
        var snapshot = await FindAsync(path, cancellation);
        var configuration = await store.ReadAsync(cancellation);
        foreach (var target in configuration.Targets)
        {
            if (target.Luns.Find(l => l.VolumeId == snapshot.Id) is { } lun)
                throw ProblemException.Conflict(
                    ProblemCodes.SnapshotInUse, $"Snapshot {path} is LUN {lun.Number} of target {target.Name}. Remove the LUN first.", null,
                    ("snapshot", path), ("users", $"{target.Name} LUN {lun.Number}"));
        }
        await engine.DeleteSnapshotAsync(snapshot.Group, snapshot.Volume, snapshot.Name, new DeleteRequest(confirm), cancellation);
        await live.StorageAsync(cancellation);
        await audit.RecordAsync(actor, ConsoleEventCodes.SnapshotDeleted, path, $"Snapshot {path} was deleted.", before: new { snapshot.CreatedAt, snapshot.UsedBytes });
    }

    public async Task<RollBackResult> RollBackAsync(string path, RollBackRequest request, CancellationToken cancellation = default)
    {
        var actor = await currentActor.RequireAsync(UserRole.Administrator);
        var snapshot = await FindAsync(path, cancellation);
        var result = await engine.RollBackAsync(snapshot.Group, snapshot.Volume, snapshot.Name, request, cancellation);
        await live.StorageAsync(cancellation);
        await audit.RecordAsync(
            actor, ConsoleEventCodes.SnapshotRolledBack, path, $"Volume {snapshot.Group}/{snapshot.Volume} was rolled back to {path}; what it held is in {result.Safety.Path}.");
        return result;
    }

    public async Task<VolumeInfo> CloneAsync(string path, CloneSnapshotRequest request, CancellationToken cancellation = default)
    {
        var actor = await currentActor.RequireAsync(UserRole.Administrator);
        var snapshot = await FindAsync(path, cancellation);
        var clone = await engine.CloneSnapshotAsync(snapshot.Group, snapshot.Volume, snapshot.Name, request, cancellation);
        await live.StorageAsync(cancellation);
        await audit.RecordAsync(actor, ConsoleEventCodes.SnapshotCloned, path, $"Volume {clone.Path} was made from {path}.");
        return clone;
    }

    private async Task<SnapshotInfo> FindAsync(string path, CancellationToken cancellation) =>
        (await engine.ListSnapshotsAsync(cancellation)).FirstOrDefault(s => s.Path == path)
        ?? throw ProblemException.NotFound(ProblemCodes.SnapshotNotFound, $"There is no snapshot {path}.", ("snapshot", path));
}
