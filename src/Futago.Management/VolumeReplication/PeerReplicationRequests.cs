using Futago.Console.Client.Events;
using Futago.Console.Client.Node;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Replication;
using Futago.Engine.Contracts.Volumes;
using Futago.Management.Engine;
using Futago.Management.Failover;
using Futago.Management.Node;
using Futago.Management.Pairing;

namespace Futago.Management.VolumeReplication;

/// <summary>
/// What the peer may ask of this node in volume replication. It is who it says it is, and no more: everything that it sends is
/// checked as if a stranger had sent it. Requests are carried out one at a time and to the end, also when the peer does not wait,
/// so that a repeated one finds what the first has done.
/// </summary>
public sealed partial class PeerReplicationRequests(
    IConfigurationStore store,
    ConfigurationPublisher publisher,
    EngineClient engine,
    LiveRefresh live,
    ILiveStatus status,
    ReplicationHalf half,
    VerifySchedules verifies,
    TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);

    public async Task<PeerDestinations> BrowseAsync(long sizeBytes, VolumeType type, CancellationToken cancellation)
    {
        var configuration = await store.ReadAsync(cancellation);
        var volumes = await engine.ListVolumesAsync(cancellation);
        var groups = await engine.ListGroupsAsync(cancellation);
        return new PeerDestinations(
            PeerReplicationProtocol.Version,
            [.. volumes.Where(v => v.SizeBytes == sizeBytes && v.Type == type).Select(v => new PeerDestinationVolume(v.Path, v.SizeBytes, v.Thin, WhyNot(configuration, v), v.ReplicationMode))],
            [
                .. from g in groups
                   where g.State == GroupState.Online
                   select new PeerDestinationGroup(g.Name, g.Space.Free, [.. volumes.Where(v => v.Group == g.Name).Select(v => v.Name)]),
            ]);
    }

    public Task ChangeAsync(Guid id, PeerReplicationChange change) => GuardedAsync(change.Version, async () =>
    {
        var limit = VolumeReplicationRules.CheckLimit(change.ResyncLimitBytesPerSecond);
        if (change.ResyncLimitBytesPerSecond is not null)
            await half.SetLimitAsync(id, limit, null, CancellationToken.None);
        if (change.Started == false)
            await CheckFreeAsync(id);
        if (change.Started is { } started)
            await half.SetStartedAsync(id, started, null, CancellationToken.None);
        return true;
    });

    public Task SetRoleAsync(Guid id, PeerRoleRequest request) => GuardedAsync(request.Version, async () =>
    {
        if (!Enum.IsDefined(request.Role))
            throw ProblemException.Invalid(ProblemCodes.RequestMalformed, "There is no such role.", "role");
        await CheckFreeAsync(id);
        if (request.Wait)
            await half.BecomeAsync(id, request.Role, null, CancellationToken.None);
        else
            await half.SetRoleAsync(id, request.Role, null, CancellationToken.None);
        return true;
    });

    public Task DiscardAsync(Guid id, PeerDiscardRequest request) => GuardedAsync(request.Version, async () =>
    {
        var task = ReplicationHalf.Find(await store.ReadAsync(), id);
        // A person typed the name; if it is not that of this replication's other half, he meant another one.
        if (request.Task != task.PeerTask)
            throw ProblemException.Invalid(ProblemCodes.ConfirmationMismatch, $"Type the name {task.PeerTask} to confirm.", "confirm", ("name", task.PeerTask));
        await half.DiscardAsync(id, null, CancellationToken.None);
        return true;
    });

    /// <summary>A look, which changes nothing and waits for nobody.</summary>
    public async Task<ChangeMap> GetChangesAsync(Guid id, CancellationToken cancellation) =>
        await engine.GetReplicationChangesAsync(ReplicationHalf.Find(await store.ReadAsync(cancellation), id).Id, cancellation);

    public Task DeleteAsync(Guid id) => GuardedAsync(PeerReplicationProtocol.Version, async () =>
    {
        var configuration = await store.ChangeAsync(c =>
        {
            if (c.VolumeReplications.Find(t => t.Id == id) is not { } task)
                return null;
            FailoverGuard.CheckDeletable(c, id, task.Name);
            c.VolumeReplications.Remove(task);
            return half.Entry(c, null, ConsoleEventCodes.VolumeReplicationDeleted, task.Name, $"The volume replication task {task.Name} was deleted; the volume {task.Volume} stays.");
        });
        await verifies.RemoveAsync(ReplicationHalf.ByPeer(configuration), id, CancellationToken.None);
        await publisher.PublishAsync(configuration.Revision);
        return true;
    });

    public void Dispose() => _gate.Dispose();

    private async Task CheckFreeAsync(Guid id)
    {
        var configuration = await store.ReadAsync();
        FailoverGuard.CheckFree(configuration, status, id, ReplicationHalf.Find(configuration, id).Name);
    }

    private static Problem? WhyNot(NodeConfiguration configuration, VolumeInfo volume)
    {
        try
        {
            VolumeReplicationRules.CheckKind(volume, "destination");
            VolumeReplicationRules.CheckFree(configuration, volume.Id, volume.Path, "destination");
            VolumeReplicationRules.CheckMayBeDestination(volume, "destination");
            VolumeReplicationRules.CheckUnused(configuration, volume, "destination");
            return null;
        }
        catch (ProblemException e)
        {
            return e.Problem;
        }
    }

    private async Task<T> GuardedAsync<T>(int version, Func<Task<T>> work)
    {
        if (version != PeerReplicationProtocol.Version)
            throw PairProblems.OtherVersion($"{version}", $"{PeerReplicationProtocol.Version}");
        await _gate.WaitAsync();
        try
        {
            return await work();
        }
        finally
        {
            _gate.Release();
        }
    }
}
