using Futago.Console.Client.Events;
using Futago.Console.Client.Users;
using Futago.Console.Client.Volumes;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Replication;
using Futago.Engine.Contracts.Volumes;
using Futago.Management.Access;
using Futago.Management.Node;
using Futago.Management.Targets;

namespace Futago.Management.Volumes;

public sealed partial class VolumeManager
{
    public async Task<DeletionPreview> PreviewDeletionAsync(string path, CancellationToken cancellation = default)
    {
        await currentActor.RequireAsync(UserRole.Viewer);
        var volume = await FindAsync(path, cancellation);
        var configuration = await store.ReadAsync(cancellation);
        var users = Users(configuration, volume);
        var task = configuration.VolumeReplications.Find(t => t.VolumeId == volume.Id);
        List<string> losses = [$"volume {volume.Path}: {ByteSize.Format(volume.SizeBytes)} ({ByteSize.Format(volume.AllocatedBytes)} in use)"];
        losses.AddRange(users.Where(u => !u.Target.Started).Select(u => $"LUN {u.Lun.Number} of the stopped target {u.Target.Name}"));
        List<Phrase> usedBy = [.. users.Select(Describe)];
        if (task is not null)
            usedBy.Add(Phrase.Of(PhraseCodes.UsedByVolumeReplication, $"volume replication task {task.Name}", ("task", task.Name)));
        var locked = task is null && volume.ReplicationMode == VolumeReplicationMode.Destination;
        if (locked)
            usedBy.Add(Phrase.Of(PhraseCodes.UsedByDestinationMode, "volume replication mode destination: set it to source, or clear it, first"));
        return new DeletionPreview(
            volume.Path, volume.SizeBytes, losses, [.. usedBy.Select(u => u.Text)], users.Exists(u => u.Target.Started) || task is not null || locked, usedBy);
    }

    public async Task DeleteVolumeAsync(string path, string confirm, CancellationToken cancellation = default)
    {
        var actor = await currentActor.RequireAsync(UserRole.Administrator);
        var volume = await FindAsync(path, cancellation);
        CheckConfirmation(volume.Name, confirm);
        CheckUnused(await store.ReadAsync(cancellation), volume);
        // The engine first: it refuses when a started target uses the volume after all, and then the LUNs must still be there.
        // Should the console die in between, what is left is a LUN whose volume is gone, which the target's page shows.
        await engine.DeleteVolumeAsync(volume.Group, volume.Name, new DeleteRequest(volume.Name), cancellation);
        await live.StorageAsync(cancellation);
        await audit.RecordAsync(actor, ConsoleEventCodes.VolumeDeleted, volume.Path, $"Volume {volume.Path} was deleted.", before: Summary(volume));
        await RemoveLunsAsync(actor, [volume], cancellation);
    }

    private async Task<IReadOnlyList<VolumeInfo>> CheckGroupUnusedAsync(string group, CancellationToken cancellation)
    {
        var volumes = (await engine.ListVolumesAsync(cancellation)).Where(v => v.Group == group).ToList();
        var configuration = await store.ReadAsync(cancellation);
        foreach (var volume in volumes)
            CheckUnused(configuration, volume);
        return volumes;
    }

    private static void CheckUnused(NodeConfiguration configuration, VolumeInfo volume)
    {
        if (configuration.VolumeReplications.Find(t => t.VolumeId == volume.Id) is { } task)
            throw ProblemException.Conflict(ProblemCodes.VolumeReplicated,
                $"The volume {volume.Path} is in the volume replication task {task.Name}. Delete the task first.", null, ("volume", volume.Path), ("task", task.Name));
        if (Users(configuration, volume).Find(u => u.Target.Started) is { } user)
            throw ProblemException.Conflict(ProblemCodes.VolumeInUse,
                $"The volume {volume.Path} is LUN {user.Lun.Number} of the started target {user.Target.Name}. Stop the target or remove the LUN first.",
                null, ("volume", volume.Path), ("target", user.Target.Name), ("lun", $"{user.Lun.Number}"));
    }

    private async Task RemoveLunsAsync(Actor actor, IReadOnlyList<VolumeInfo> volumes, CancellationToken cancellation)
    {
        var ids = volumes.Select(v => v.Id).ToHashSet();
        var configuration = await store.ChangeAsync(c =>
        {
            var removed = c.Targets.Sum(t => t.Luns.RemoveAll(l => ids.Contains(l.VolumeId)));
            return removed == 0
                ? null
                : audit.Entry(actor, ConsoleEventCodes.LunRemoved, volumes[0].Path, $"LUNs that went with the deleted volumes: {removed}.",
                    args: [("count", $"{removed}")]);
        }, cancellation);
        await publisher.PublishAsync(configuration.Revision, cancellation);
    }

    private async Task<VolumeInfo> FindAsync(string path, CancellationToken cancellation) =>
        (await engine.ListVolumesAsync(cancellation)).FirstOrDefault(v => v.Path == path)
        ?? throw ProblemException.NotFound(ProblemCodes.VolumeNotFound, $"There is no volume {path}.", ("volume", path));

    private static List<VolumeUser> Users(NodeConfiguration configuration, VolumeInfo volume) =>
        [.. from target in configuration.Targets
            from lun in target.Luns
            where lun.VolumeId == volume.Id
            select new VolumeUser(target, lun)];

    private static Phrase Describe(VolumeUser user) => Phrase.Of(
        user.Target.Started ? PhraseCodes.UsedByStartedTarget : PhraseCodes.UsedByStoppedTarget,
        $"target {user.Target.Name} ({(user.Target.Started ? "started" : "stopped")}), LUN {user.Lun.Number}",
        ("target", user.Target.Name), ("lun", $"{user.Lun.Number}"));

    private sealed record VolumeUser(Target Target, Lun Lun);
}
