using Futago.Console.Client.Events;
using Futago.Console.Client.Node;
using Futago.Console.Client.Users;
using Futago.Console.Client.VolumeReplication;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Replication;
using Futago.Engine.Contracts.Volumes;
using Futago.Management.Access;
using Futago.Management.Engine;
using Futago.Management.Failover;
using Futago.Management.Node;

namespace Futago.Management.VolumeReplication;

/// <summary>Volume replication tasks. Every step that needs both nodes is ordered so that a break between the two loses nothing.</summary>
public sealed partial class VolumeReplicationManager(
    IConfigurationStore store,
    ConfigurationPublisher publisher,
    EngineClient engine,
    ILiveStatus live,
    ReplicationHalf half,
    PeerReplicationCalls peers,
    VerifySchedules verifies,
    ICurrentActor currentActor,
    TimeProvider time) : IVolumeReplications
{
    public async Task<IReadOnlyList<VolumeReplicationView>> ListAsync(CancellationToken cancellation = default)
    {
        await currentActor.RequireAsync(UserRole.Viewer);
        var configuration = await store.ReadAsync(cancellation);
        var volumes = await VolumesAsync(cancellation);
        var schedules = await verifies.ListAsync(cancellation);
        return
        [
            .. configuration.VolumeReplications.OrderBy(t => t.Name, StringComparer.Ordinal)
                .Select(t => VolumeReplicationViews.Of(t, configuration, volumes, half.StatusOf(t.Id)) with { VerifySchedule = schedules.GetValueOrDefault(t.Id) }),
        ];
    }

    public async Task<VolumeReplicationView> GetAsync(string name, CancellationToken cancellation = default)
    {
        await currentActor.RequireAsync(UserRole.Viewer);
        return await ViewAsync(name, cancellation);
    }

    public async Task<ReplicationChanges> GetChangesAsync(string name, CancellationToken cancellation = default)
    {
        await currentActor.RequireAsync(UserRole.Viewer);
        var (configuration, task) = await FindAsync(name, cancellation);
        var here = await engine.GetReplicationChangesAsync(task.Id, cancellation);
        try
        {
            var peer = PeerReplicationCalls.PeerOf(configuration);
            var there = await peers.AskAsync(peer, PeerReplicationCalls.Short, (console, token) => console.GetChangesAsync(task.Id, token), cancellation);
            // What a peer says is checked: it would be drawn beside ours.
            return there.ChangedBytes.Count == here.ChangedBytes.Count && there.ChangedBytes.All(b => b >= 0)
                ? new ReplicationChanges(here, there, null)
                : new ReplicationChanges(here, null, VolumeReplicationProblems.OtherVersion(peer.Name).Problem);
        }
        catch (ProblemException e)
        {
            return new ReplicationChanges(here, null, e.Problem);
        }
    }

    public async Task<IReadOnlyList<VolumeMode>> ListModesAsync(CancellationToken cancellation = default)
    {
        await currentActor.RequireAsync(UserRole.Viewer);
        var configuration = await store.ReadAsync(cancellation);
        return
        [
            .. from volume in await engine.ListVolumesAsync(cancellation)
               let task = configuration.VolumeReplications.Find(t => t.VolumeId == volume.Id)
               select new VolumeMode(volume.Id, volume.Path, task?.Role switch
               {
                   ReplicationRole.Source => VolumeReplicationMode.Source,
                   ReplicationRole.Destination => VolumeReplicationMode.Destination,
                   _ => volume.ReplicationMode,
               }, task?.Name),
        ];
    }

    public async Task<VolumeReplicationResult> UpdateAsync(string name, UpdateVolumeReplication request, CancellationToken cancellation = default)
    {
        var actor = await currentActor.RequireAsync(UserRole.Administrator);
        var (configuration, task) = await FindAsync(name, cancellation);
        // All of it is checked before any of it is done.
        var limit = VolumeReplicationRules.CheckLimit(request.ResyncLimitBytesPerSecond);
        if (request.VerifySchedule is { } schedule)
            await verifies.SetAsync(actor, task, schedule, cancellation);
        if (request.ResyncLimitBytesPerSecond is null)
            return new VolumeReplicationResult(await ViewAsync(name, cancellation), null);
        await half.SetLimitAsync(task.Id, limit, actor, cancellation);
        var problem = await peers.TryAsync(configuration.Peer,
            (peer, token) => peer.ChangeAsync(task.Id, new PeerReplicationChange(PeerReplicationProtocol.Version, null, limit ?? 0), token), cancellation);
        return new VolumeReplicationResult(await ViewAsync(name, cancellation), problem);
    }

    public async Task<VolumeReplicationView> StartAsync(string name, CancellationToken cancellation = default)
    {
        var actor = await currentActor.RequireAsync(UserRole.Operator);
        var (configuration, task) = await FindAsync(name, cancellation);
        if (!task.Agreed)
            throw VolumeReplicationProblems.Unfinished(name);
        // The peer first: a side that was started alone would look for the other one in vain, and be called started.
        await peers.DoAsync(PeerReplicationCalls.PeerOf(configuration), PeerReplicationCalls.Short,
            (peer, token) => peer.ChangeAsync(task.Id, new PeerReplicationChange(PeerReplicationProtocol.Version, Started: true), token), cancellation);
        await half.SetStartedAsync(task.Id, true, actor, CancellationToken.None);
        return await ViewAsync(name, cancellation);
    }

    public async Task<VolumeReplicationResult> StopAsync(string name, CancellationToken cancellation = default)
    {
        var actor = await currentActor.RequireAsync(UserRole.Operator);
        var (configuration, task) = await FindAsync(name, cancellation);
        FailoverGuard.CheckFree(configuration, live, task.Id, name);
        await half.SetStartedAsync(task.Id, false, actor, cancellation);
        var problem = await peers.TryAsync(configuration.Peer,
            (peer, token) => peer.ChangeAsync(task.Id, new PeerReplicationChange(PeerReplicationProtocol.Version, Started: false), token), cancellation);
        return new VolumeReplicationResult(await ViewAsync(name, cancellation), problem);
    }

    public async Task DeleteAsync(string name, DeleteVolumeReplication request, CancellationToken cancellation = default)
    {
        var actor = await currentActor.RequireAsync(UserRole.Administrator);
        var (configuration, task) = await FindAsync(name, cancellation);
        CheckConfirmation(name, request.Confirm);
        FailoverGuard.CheckDeletable(configuration, task.Id, name);
        if (!request.HereOnly && configuration.Peer is { } other)
            await peers.DoAsync(other, PeerReplicationCalls.Short, (peer, token) => peer.DeleteAsync(task.Id, token), cancellation);
        var changed = await store.ChangeAsync(c =>
        {
            if (c.VolumeReplications.Find(t => t.Id == task.Id) is not { } stored)
                return null;
            FailoverGuard.CheckDeletable(c, task.Id, name);
            c.VolumeReplications.Remove(stored);
            return half.Entry(c, actor, ConsoleEventCodes.VolumeReplicationDeleted, name,
                $"The volume replication task {name} was deleted{(request.HereOnly ? " on this node only" : "")}; the volume {task.Volume} stays.");
        }, CancellationToken.None);
        await verifies.RemoveAsync(actor, task.Id, CancellationToken.None);
        await publisher.PublishAsync(changed.Revision, CancellationToken.None);
    }

    private async Task<(NodeConfiguration Configuration, VolumeReplicationTask Task)> FindAsync(string name, CancellationToken cancellation)
    {
        var configuration = await store.ReadAsync(cancellation);
        return (configuration, configuration.VolumeReplications.Find(t => t.Name == name) ?? throw VolumeReplicationProblems.NotFound(name));
    }

    private async Task<VolumeReplicationView> ViewAsync(string name, CancellationToken cancellation)
    {
        var (configuration, task) = await FindAsync(name, cancellation);
        var schedules = await verifies.ListAsync(cancellation);
        return VolumeReplicationViews.Of(task, configuration, await VolumesAsync(cancellation), half.StatusOf(task.Id)) with { VerifySchedule = schedules.GetValueOrDefault(task.Id) };
    }

    // Tasks can be shown and stopped while the engine is away.
    private async Task<IReadOnlyList<VolumeInfo>> VolumesAsync(CancellationToken cancellation)
    {
        try
        {
            return await engine.ListVolumesAsync(cancellation);
        }
        catch (ProblemException e) when (e.Problem.Code == ProblemCodes.EngineUnreachable)
        {
            return live.Volumes;
        }
    }

    private static void CheckConfirmation(string name, string? confirm)
    {
        if (!string.Equals(confirm?.Trim(), name, StringComparison.Ordinal))
            throw ProblemException.Invalid(ProblemCodes.ConfirmationMismatch, $"Type the name {name} to confirm.", "confirm", ("name", name));
    }
}
