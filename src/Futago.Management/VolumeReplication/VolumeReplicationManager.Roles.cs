using Futago.Console.Client.Events;
using Futago.Console.Client.Users;
using Futago.Console.Client.VolumeReplication;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Replication;
using Futago.Management.Access;
using Futago.Management.Failover;

namespace Futago.Management.VolumeReplication;

public sealed partial class VolumeReplicationManager
{
    public async Task<VolumeReplicationView> SwitchAsync(string name, SwitchVolumeReplication request, CancellationToken cancellation = default)
    {
        var actor = await currentActor.RequireAsync(UserRole.Administrator);
        var (configuration, task) = await FindAsync(name, cancellation);
        var peer = PeerReplicationCalls.PeerOf(configuration);
        FailoverGuard.CheckFree(configuration, live, task.Id, name);
        var status = half.StatusOf(task.Id) ?? throw VolumeReplicationProblems.NotConnected(name);
        if (!IsDisputed(status) || request.Source is null)
            CheckSynced(name, status);
        var toHere = request.Source switch
        {
            PairSide.Here => true,
            PairSide.Peer => false,
            _ when status.Role == ReplicationRole.Source => false,
            _ when status.PeerRole == ReplicationRole.Source => true,
            _ => throw VolumeReplicationProblems.NoSource(name, peer.Name),
        };
        // One gives up first and the other takes then: never two sources, whatever breaks in between.
        if (toHere)
        {
            await AskForRoleAsync(task.Id, ReplicationRole.Destination, cancellation);
            await SecondStepAsync(name, "this node", () => half.BecomeAsync(task.Id, ReplicationRole.Source, actor, CancellationToken.None));
        }
        else
        {
            await half.BecomeAsync(task.Id, ReplicationRole.Destination, actor, cancellation);
            await SecondStepAsync(name, peer.Name, () => AskForRoleAsync(task.Id, ReplicationRole.Source, CancellationToken.None));
        }
        await half.SeePeerAsync(task.Id, toHere ? ReplicationRole.Destination : ReplicationRole.Source);
        return await ViewAsync(name, cancellation);

        Task AskForRoleAsync(Guid id, ReplicationRole role, CancellationToken token) => peers.DoAsync(peer, PeerReplicationCalls.Long,
            (console, limit) => console.SetRoleAsync(id, new PeerRoleRequest(PeerReplicationProtocol.Version, role), limit), token);
    }

    // Two sources, or one that is older than its destination: they do not connect before somebody has named the one that counts.
    private static bool IsDisputed(ReplicationStatus status) =>
        status is { SplitBrain: null, Problem.Code: ProblemCodes.VolumeReplicationBothSource or ProblemCodes.VolumeReplicationSourceIsBehind };

    private static void CheckSynced(string name, ReplicationStatus status)
    {
        if (status.Connection != ReplicationConnection.Connected)
            throw VolumeReplicationProblems.NotConnected(name);
        if (status is not { Data: DataState.UpToDate, PeerData: DataState.UpToDate })
            throw VolumeReplicationProblems.NotSynced(name);
    }

    public async Task<VolumeReplicationView> StartVerifyAsync(string name, CancellationToken cancellation = default)
    {
        var actor = await currentActor.RequireAsync(UserRole.Operator);
        var (configuration, task) = await FindAsync(name, cancellation);
        await engine.StartReplicationVerifyAsync(task.Id, cancellation);
        await half.RecordAsync(configuration, actor, ConsoleEventCodes.VolumeReplicationVerified, name, $"A verify of the volume replication task {name} was started.");
        return await ViewAsync(name, cancellation);
    }

    public async Task<VolumeReplicationView> StopVerifyAsync(string name, CancellationToken cancellation = default)
    {
        await currentActor.RequireAsync(UserRole.Operator);
        var (_, task) = await FindAsync(name, cancellation);
        await engine.StopReplicationVerifyAsync(task.Id, cancellation);
        return await ViewAsync(name, cancellation);
    }

    public async Task<VolumeReplicationView> HealAsync(string name, string confirm, CancellationToken cancellation = default)
    {
        var actor = await currentActor.RequireAsync(UserRole.Administrator);
        var (configuration, task) = await FindAsync(name, cancellation);
        CheckConfirmation(name, confirm);
        await engine.HealReplicationAsync(task.Id, new HealRequest(name), cancellation);
        await half.RecordAsync(configuration, actor, ConsoleEventCodes.VolumeReplicationHealed, name,
            $"The blocks that the last verify of {name} found different are copied from this node to the peer.");
        return await ViewAsync(name, cancellation);
    }

    public async Task<VolumeReplicationView> ClearMetadataAsync(string name, string confirm, CancellationToken cancellation = default)
    {
        var actor = await currentActor.RequireAsync(UserRole.Administrator);
        var (configuration, task) = await FindAsync(name, cancellation);
        CheckConfirmation(name, confirm);
        if (task.Role == ReplicationRole.Source)
            throw ProblemException.Conflict(ProblemCodes.VolumeReplicationIsSource,
                $"This node is the source of {name}: what it has is what counts. Switch the roles first, or clear the metadata of the other node.", null, ("task", name));
        await engine.ClearReplicationMetadataAsync(task.Id, new ClearReplicationMetadataRequest(name), cancellation);
        await half.RecordAsync(configuration, actor, ConsoleEventCodes.VolumeReplicationMetadataCleared, name,
            $"The replication metadata of {task.Volume} was cleared; the next connection copies everything over it.");
        return await ViewAsync(name, cancellation);
    }

    public async Task<VolumeReplicationView> DiscardSideAsync(string name, DiscardSide request, CancellationToken cancellation = default)
    {
        var actor = await currentActor.RequireAsync(UserRole.Administrator);
        var (configuration, task) = await FindAsync(name, cancellation);
        CheckConfirmation(name, request.Confirm);
        var peer = PeerReplicationCalls.PeerOf(configuration);
        if (half.StatusOf(task.Id) is not { SplitBrain: not null })
            throw ProblemException.Conflict(ProblemCodes.VolumeReplicationNothingToDo, $"There is no split brain of {name} to decide.", null, ("task", name));
        if (request.Side == PairSide.Here)
        {
            // The survivor is told first: when it cannot be asked, nobody knows whether it still is one. It becomes source when the
            // other side has given up, so there is nothing to wait for yet.
            await peers.DoAsync(peer, PeerReplicationCalls.Short,
                (console, token) => console.SetRoleAsync(task.Id, new PeerRoleRequest(PeerReplicationProtocol.Version, ReplicationRole.Source, Wait: false), token), cancellation);
            await half.DiscardAsync(task.Id, actor, CancellationToken.None);
        }
        else
        {
            await half.SetRoleAsync(task.Id, ReplicationRole.Source, actor, CancellationToken.None);
            await peers.DoAsync(peer, PeerReplicationCalls.Long,
                (console, token) => console.DiscardAsync(task.Id, new PeerDiscardRequest(PeerReplicationProtocol.Version, name), token), CancellationToken.None);
        }
        return await ViewAsync(name, cancellation);
    }

    public async Task<VolumeReplicationView> ForceSourceAsync(string name, string confirm, CancellationToken cancellation = default)
    {
        var actor = await currentActor.RequireAsync(UserRole.Administrator);
        var (configuration, task) = await FindAsync(name, cancellation);
        CheckConfirmation(name, confirm);
        FailoverGuard.CheckFree(configuration, live, task.Id, name);
        // Of a stopped task the connection is ending, whatever the last look at it saw.
        if (task.Started && half.StatusOf(task.Id) is { Connection: ReplicationConnection.Connected })
            throw ProblemException.Conflict(ProblemCodes.VolumeReplicationConnected,
                $"The two sides of {name} are connected. Switch the roles instead: that loses nothing.", null, ("task", name));
        var before = task.Role;
        await half.SetRoleAsync(task.Id, ReplicationRole.Source, actor, CancellationToken.None);
        try
        {
            await engine.ForceSourceAsync(task.Id, new ForceSourceRequest(name), CancellationToken.None);
        }
        catch (ProblemException)
        {
            if (before != ReplicationRole.Source)
                await half.SetRoleAsync(task.Id, before, actor, CancellationToken.None);
            throw;
        }
        await half.RecordAsync(configuration, actor, ConsoleEventCodes.VolumeReplicationSourceForced, name, $"This node was made the source of {name} by force.");
        await half.SeeOwnAsync(task.Id, ReplicationRole.Source);
        return await ViewAsync(name, cancellation);
    }

    private static async Task SecondStepAsync(string name, string who, Func<Task> step)
    {
        try
        {
            await step();
        }
        catch (ProblemException e)
        {
            throw ProblemException.Conflict(ProblemCodes.VolumeReplicationSwitchHalf,
                $"The old source of {name} has given up its role, but {who} has not become source: {e.Message} Both nodes are destination now and nothing is lost. Switch again and name the node that is to be source.",
                null, ("task", name), ("node", who), ("reason", e.Message));
        }
    }
}
