using Futago.Console.Client.Events;
using Futago.Console.Client.Failover;
using Futago.Console.Client.Node;
using Futago.Console.Client.Users;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Network;
using Futago.Engine.Contracts.Volumes;
using Futago.Management.Access;
using Futago.Management.Engine;
using Futago.Management.Events;
using Futago.Management.Node;
using Futago.Management.Pairing;
using Futago.Management.Targets;
using Futago.Management.VolumeReplication;

namespace Futago.Management.Failover;

/// <summary>The failover of the pair: set-up on both nodes, checks before a start, and commands to the engines.</summary>
public sealed partial class FailoverManager(
    IConfigurationStore store,
    ConfigurationPublisher publisher,
    EngineClient engine,
    ILiveStatus live,
    LiveRefresh refresh,
    FailoverHalf half,
    FailoverLooker looker,
    PeerReplicationCalls peers,
    PeerMonitor monitor,
    NewVolumes newVolumes,
    HostIdentity host,
    ISecretProtector protector,
    ICurrentActor currentActor,
    AuditLog audit,
    TimeProvider time) : IFailover
{
    public async Task<FailoverView> GetAsync(CancellationToken cancellation = default)
    {
        await currentActor.RequireAsync(UserRole.Viewer);
        return View(await store.ReadAsync(cancellation));
    }

    public async Task<FailoverOffer> OfferAsync(CancellationToken cancellation = default)
    {
        await currentActor.RequireAsync(UserRole.Administrator);
        var configuration = await store.ReadAsync(cancellation);
        var nics = await engine.ListNicsAsync(cancellation);
        var groups = (await engine.ListGroupsAsync(cancellation)).Where(g => g.State == GroupState.Online).Select(g => new FailoverOfferGroup(g.Name, g.Space.Free)).ToList();
        var volumes = await engine.ListVolumesAsync(cancellation);
        var (names, nas) = (volumes.Select(v => v.Name).ToHashSet(StringComparer.Ordinal), NasVolumes(volumes));
        IReadOnlyList<FailoverOfferGroup> peerGroups = [];
        IReadOnlyList<NicInfo> peerNics = [];
        Problem? peerProblem = configuration.Peer is null ? PairProblems.NotPaired().Problem : null;
        if (configuration.Peer is { } peer)
        {
            try
            {
                var look = await LookAtPeerAsync(peer, Nothing, cancellation);
                (peerNics, peerProblem) = (look.Nics, look.EngineProblem);
                var offer = await peers.AskAsync(peer, PeerReplicationCalls.Short, (console, token) => console.BrowseAsync(ByteSize.MiB, VolumeType.Iscsi, token), cancellation);
                peerGroups = [.. offer.Groups.Select(g => new FailoverOfferGroup(g.Name, g.FreeBytes))];
                names.UnionWith(offer.Groups.SelectMany(g => g.VolumeNames));
            }
            catch (ProblemException e)
            {
                peerProblem = e.Problem;
            }
        }
        return new FailoverOffer(configuration.NodeName, configuration.Peer?.Name, nics, peerNics,
        [
            .. from task in configuration.VolumeReplications.OrderBy(t => t.Name, StringComparer.Ordinal)
               where task.Agreed && !nas.Contains(task.VolumeId)
               select new FailoverOfferTask(task.Name, task.Volume, task.PeerVolume, task.Role == Futago.Engine.Contracts.Replication.ReplicationRole.Source,
                   [.. TargetDefinitions.TargetsOn(configuration, [task.Id]).Select(t => t.Name)]),
        ], groups, peerGroups, VolumeReplicationRules.NextVolumeName(names), DefaultTargetName.Next(configuration, host, time), peerProblem);
    }

    public async Task<FailoverPlan> PlanAsync(FailoverChange request, CancellationToken cancellation = default)
    {
        await currentActor.RequireAsync(UserRole.Administrator);
        var set = await PrepareAsync(request, create: false, cancellation);
        return new FailoverPlan(NewVolumes.Plan(set.Volumes, set.Configuration, set.Peer.Name));
    }

    public async Task<FailoverPlan> GetProgressAsync(CancellationToken cancellation = default)
    {
        await currentActor.RequireAsync(UserRole.Viewer);
        return newVolumes.Progress;
    }

    public async Task DeleteAsync(DeleteFailover request, CancellationToken cancellation = default)
    {
        var actor = await currentActor.RequireAsync(UserRole.Administrator);
        var configuration = await store.ReadAsync(cancellation);
        var pair = configuration.Failover ?? throw FailoverProblems.None();
        CheckConfirmation(configuration.NodeName, request.Confirm);
        await RequireStoppedAsync(cancellation);
        if (!request.HereOnly && configuration.Peer is { } peer)
            await AskAsync(peer, (console, token) => console.Failover.DeleteAsync(pair.FailoverId, token), cancellation);
        var changed = await store.ChangeAsync(c =>
        {
            if (c.Failover?.FailoverId != pair.FailoverId)
                return null;
            c.Failover = null;
            return audit.Entry(actor, ConsoleEventCodes.FailoverDeleted, c.NodeName,
                $"The failover was deleted{(request.HereOnly ? " on this node only" : "")}; targets and volumes stay.", before: pair.Settings);
        }, CancellationToken.None);
        await publisher.PublishAsync(changed.Revision, CancellationToken.None);
        monitor.Wake();
    }

    private FailoverView View(NodeConfiguration configuration) =>
        FailoverViews.Of(configuration, live, configuration.Peer is { } peer ? monitor.StatusOf(peer).FailoverProblem : null);

    private async Task<FailoverView> RefreshedAsync()
    {
        await refresh.FailoverAsync(CancellationToken.None);
        return View(await store.ReadAsync(CancellationToken.None));
    }

    private async Task RequireStoppedAsync(CancellationToken cancellation)
    {
        await refresh.FailoverAsync(cancellation);
        if (live is { Connected: true, Failover.Running: true })
            throw FailoverProblems.Running();
    }

    private static FailoverQuery Nothing => new(PeerFailoverProtocol.Version, [], [], [], null);

    private Task<FailoverLook> LookAtPeerAsync(Peer peer, FailoverQuery query, CancellationToken cancellation) =>
        peers.AskConsoleAsync(peer, LookLimit, (console, token) => console.Failover.LookAsync(query, token), cancellation);

    private Task<bool> AskAsync(Peer peer, Func<IPeerConsole, CancellationToken, Task> ask, CancellationToken cancellation) =>
        peers.AskConsoleAsync(peer, PeerReplicationCalls.Long, async (console, token) =>
        {
            await ask(console, token);
            return true;
        }, cancellation);

    /// <summary>Its engine pings and probes meanwhile.</summary>
    private static readonly TimeSpan LookLimit = TimeSpan.FromSeconds(20);

    private static void CheckConfirmation(string name, string? confirm)
    {
        if (!string.Equals(confirm?.Trim(), name, StringComparison.Ordinal))
            throw ProblemException.Invalid(ProblemCodes.ConfirmationMismatch, $"Type the name {name} to confirm.", "confirm", ("name", name));
    }
}
