using Futago.Console.Client.Events;
using Futago.Console.Client.Node;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Replication;
using Futago.Management.Access;
using Futago.Management.Engine;
using Futago.Management.Events;
using Futago.Management.Node;

namespace Futago.Management.VolumeReplication;

/// <summary>
/// What is done to this node's half of a volume replication, whether a person here or the peer asked for it: the change of the
/// configuration, its push, and waiting until the engine has done what it says.
/// </summary>
public sealed class ReplicationHalf(
    IConfigurationStore store,
    ConfigurationPublisher publisher,
    EngineClient engine,
    ILiveStatus live,
    AuditLog audit,
    TimeProvider time)
{
    /// <summary>How long a role may take: a source finishes the requests that are under way first.</summary>
    public TimeSpan RoleTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>The engine says twice a second how it is.</summary>
    private static readonly TimeSpan SeeTimeout = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    public ReplicationStatus? StatusOf(Guid id) => live.Connected ? live.Replications.FirstOrDefault(r => r.Id == id) : null;

    /// <summary>Changes the task and pushes; what the engine makes of it is in its status.</summary>
    /// <param name="actor">Null: the peer.</param>
    public async Task<VolumeReplicationTask> SetStartedAsync(Guid id, bool started, Actor? actor, CancellationToken cancellation)
    {
        VolumeReplicationTask? changed = null;
        var configuration = await store.ChangeAsync(c =>
        {
            changed = Find(c, id);
            if (started && !changed.Agreed)
                throw VolumeReplicationProblems.Unfinished(changed.Name);
            if (changed.Started == started)
                return null;
            changed.Started = started;
            changed.StartedAt = started ? time.GetUtcNow() : null;
            return Entry(c, actor, started ? ConsoleEventCodes.VolumeReplicationStarted : ConsoleEventCodes.VolumeReplicationStopped, changed.Name,
                $"The volume replication task {changed.Name} was {(started ? "started" : "stopped")}.");
        }, cancellation);
        await publisher.PublishAsync(configuration.Revision, cancellation);
        return changed!;
    }

    public async Task<VolumeReplicationTask> SetLimitAsync(Guid id, long? limit, Actor? actor, CancellationToken cancellation)
    {
        VolumeReplicationTask? changed = null;
        var configuration = await store.ChangeAsync(c =>
        {
            changed = Find(c, id);
            if (changed.ResyncLimitBytesPerSecond == limit)
                return null;
            var before = changed.ResyncLimitBytesPerSecond;
            changed.ResyncLimitBytesPerSecond = limit;
            return Entry(c, actor, ConsoleEventCodes.VolumeReplicationChanged, changed.Name,
                $"The resync limit of the volume replication task {changed.Name} is now {(limit is { } bytes ? ByteSize.Format(bytes) + "/s" : "off")}.",
                ("before", $"{before}"), ("after", $"{limit}"));
        }, cancellation);
        await publisher.PublishAsync(configuration.Revision, cancellation);
        return changed!;
    }

    /// <summary>
    /// Gives the volume here the role and returns when the engine has it. When the engine does not follow in time, the
    /// configuration is as before.
    /// </summary>
    /// <exception cref="ProblemException">It has not changed its role, with the engine's reason.</exception>
    public async Task BecomeAsync(Guid id, ReplicationRole role, Actor? actor, CancellationToken cancellation)
    {
        var task = Find(await store.ReadAsync(cancellation), id);
        if (!task.Agreed)
            throw VolumeReplicationProblems.Unfinished(task.Name);
        if (!live.Connected)
            throw new ProblemException(live.Problem ?? new Problem(ProblemCodes.EngineUnreachable, "The engine does not answer."), 503);
        var before = task.Role;
        // From here on to the end, whoever asked may go away: half a switch is the last thing to leave behind.
        var pushed = await SetRoleAsync(id, role, actor, CancellationToken.None);
        if (pushed && await WaitForRoleAsync(id, role))
            return;
        var problem = StatusOf(id)?.RoleProblem;
        if (before != role)
            await SetRoleAsync(id, before, actor, CancellationToken.None);
        throw VolumeReplicationProblems.RolePending(task.Name, problem?.Detail
            ?? (pushed ? $"the engine did not get there within {RoleTimeout.TotalSeconds:0} s." : "the engine could not be told."));
    }

    /// <summary>Sets the wanted role and pushes; false when the engine could not be told.</summary>
    public async Task<bool> SetRoleAsync(Guid id, ReplicationRole role, Actor? actor, CancellationToken cancellation)
    {
        var configuration = await store.ChangeAsync(c =>
        {
            var task = Find(c, id);
            if (task.Role == role)
                return null;
            task.Role = role;
            var word = role == ReplicationRole.Source ? "source" : "destination";
            return Entry(c, actor, ConsoleEventCodes.VolumeReplicationRole, task.Name,
                $"This node's volume is to be the {word} of the volume replication task {task.Name}.", ("role", word));
        }, cancellation);
        return await publisher.PublishAsync(configuration.Revision, cancellation);
    }

    /// <summary>Waits a moment for this node's engine to hear that the peer has the role; for what is shown next, and no more.</summary>
    public async Task SeePeerAsync(Guid id, ReplicationRole role)
    {
        var start = time.GetTimestamp();
        while (StatusOf(id) is { Connection: ReplicationConnection.Connected } status && status.PeerRole != role && time.GetElapsedTime(start) < SeeTimeout)
            await Task.Delay(Poll, time);
    }

    /// <summary>The same for a role that the engine has here already.</summary>
    public async Task SeeOwnAsync(Guid id, ReplicationRole role)
    {
        var start = time.GetTimestamp();
        while (StatusOf(id) is { } status && status.Role != role && time.GetElapsedTime(start) < SeeTimeout)
            await Task.Delay(Poll, time);
    }

    /// <summary>Gives up this node's side of a split brain; a snapshot keeps what it has.</summary>
    public async Task DiscardAsync(Guid id, Actor? actor, CancellationToken cancellation)
    {
        var configuration = await store.ReadAsync(cancellation);
        var task = Find(configuration, id);
        if (StatusOf(id) is not { SplitBrain: not null })
            throw ProblemException.Conflict(ProblemCodes.VolumeReplicationNothingToDo, $"There is no split brain of {task.Name} to decide.", null, ("task", task.Name));
        var before = task.Role;
        // Not source any more first: a side that gives up must not be asked to take the role again.
        if (await SetRoleAsync(id, ReplicationRole.Destination, actor, CancellationToken.None))
            await WaitForRoleAsync(id, ReplicationRole.Destination);
        try
        {
            await engine.DiscardMySideAsync(id, new DiscardMySideRequest(task.Name), CancellationToken.None);
        }
        catch (ProblemException)
        {
            await SetRoleAsync(id, before, actor, CancellationToken.None);
            throw;
        }
        await RecordAsync(configuration, actor, ConsoleEventCodes.VolumeReplicationSideDiscarded, task.Name,
            $"This node's side of the split brain of {task.Name} was given up; a snapshot keeps its data.");
    }

    public EventEntry Entry(NodeConfiguration configuration, Actor? actor, string code, string task, string text, params (string Name, string Value)[] args) =>
        audit.Entry(actor ?? ByPeer(configuration), code, task, text, args: [("task", task), .. args]);

    public Task RecordAsync(NodeConfiguration configuration, Actor? actor, string code, string task, string text) =>
        audit.RecordAsync(actor ?? ByPeer(configuration), code, task, text);

    public static VolumeReplicationTask Find(NodeConfiguration configuration, Guid id) =>
        configuration.VolumeReplications.Find(t => t.Id == id) ?? throw VolumeReplicationProblems.NotFound(id.ToString());

    public static Actor ByPeer(NodeConfiguration configuration) => new($"{configuration.Peer?.Name ?? "peer"} (peer)", Console.Client.Users.UserRole.Administrator);

    private async Task<bool> WaitForRoleAsync(Guid id, ReplicationRole role)
    {
        var start = time.GetTimestamp();
        while (StatusOf(id)?.Role != role)
        {
            if (time.GetElapsedTime(start) > RoleTimeout)
                return false;
            await Task.Delay(Poll, time);
        }
        return true;
    }
}
