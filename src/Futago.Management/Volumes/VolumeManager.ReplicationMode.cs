using Futago.Console.Client.Events;
using Futago.Console.Client.Users;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Replication;
using Futago.Engine.Contracts.Volumes;
using Futago.Management.Access;
using Futago.Management.Node;
using Futago.Management.VolumeReplication;

namespace Futago.Management.Volumes;

/// <summary>
/// The volume replication mode. The engine keeps it beside the volume and enforces the lock; what only the console knows (tasks that are being agreed on,
/// LUNs that the engine has not heard of yet) is checked here first.
/// </summary>
public sealed partial class VolumeManager
{
    public async Task<VolumeInfo> SetReplicationModeAsync(string path, VolumeReplicationMode mode, CancellationToken cancellation = default)
    {
        var actor = await currentActor.RequireAsync(UserRole.Administrator);
        var before = await FindAsync(path, cancellation);
        VolumeReplicationRules.CheckType(before, "mode");
        var configuration = await store.ReadAsync(cancellation);
        CheckNoTask(configuration, before);
        if (mode == VolumeReplicationMode.Destination)
            VolumeReplicationRules.CheckUnused(configuration, before, "mode");
        var after = await engine.SetReplicationModeAsync(before.Group, before.Name, new SetVolumeReplicationMode(mode), cancellation);
        await live.StorageAsync(cancellation);
        if (after.ReplicationMode != before.ReplicationMode)
            await audit.RecordAsync(actor, ConsoleEventCodes.VolumeChanged, path, $"The volume replication mode of {path} was set to {Word(mode)}.", Modes(before), Modes(after));
        return after;
    }

    public async Task<ClearReplicationPreview> PreviewClearReplicationAsync(string path, CancellationToken cancellation = default)
    {
        await currentActor.RequireAsync(UserRole.Viewer);
        var volume = await FindAsync(path, cancellation);
        if (TaskOf(await store.ReadAsync(cancellation), volume) is { } task)
            return new ClearReplicationPreview(volume.ReplicationMode, volume.ReplicationMetadata, ModeOfTask.Problem(path, task), MayAnyway: false);
        return await engine.PreviewClearReplicationAsync(volume.Group, volume.Name, cancellation);
    }

    public async Task<VolumeInfo> ClearReplicationModeAsync(string path, ClearVolumeReplicationMode request, CancellationToken cancellation = default)
    {
        var actor = await currentActor.RequireAsync(UserRole.Administrator);
        var before = await FindAsync(path, cancellation);
        CheckNoTask(await store.ReadAsync(cancellation), before);
        var after = await engine.ClearReplicationModeAsync(before.Group, before.Name, request, cancellation);
        await live.StorageAsync(cancellation);
        if (Modes(after) != Modes(before))
            await audit.RecordAsync(actor, ConsoleEventCodes.VolumeChanged, path,
                $"The volume replication mode of {path} was cleared{(before.ReplicationMetadata ? ", with the replication metadata" : "")}{(request.Anyway ? ", in spite of what they said" : "")}.",
                Modes(before), Modes(after));
        return after;
    }

    private static void CheckNoTask(NodeConfiguration configuration, VolumeInfo volume)
    {
        if (TaskOf(configuration, volume) is { } task)
            throw new ProblemException(ModeOfTask.Problem(volume.Path, task), 409);
    }

    private static string? TaskOf(NodeConfiguration configuration, VolumeInfo volume) => configuration.VolumeReplications.Find(t => t.VolumeId == volume.Id)?.Name;

    private static string Word(VolumeReplicationMode mode) => mode == VolumeReplicationMode.Source ? "source" : "destination";

    private static ModeSummary Modes(VolumeInfo volume) => new(volume.ReplicationMode, volume.ReplicationMetadata);

    private sealed record ModeSummary(VolumeReplicationMode ReplicationMode, bool ReplicationMetadata);
}
