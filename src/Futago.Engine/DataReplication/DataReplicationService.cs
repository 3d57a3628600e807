using System.Net;
using System.Net.Sockets;
using Futago.DataReplication.Agent;
using Futago.DataReplication.Client;
using Futago.DataReplication.Protocol;
using Futago.DataReplication.Rsync;
using Futago.DataReplication.Runs;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.DataReplication;
using Futago.Engine.Contracts.Shares;
using Futago.Engine.Status;
using Futago.Volumes.Snapshots;

namespace Futago.Engine.DataReplication;

/// <summary>Data replication on this node: the runs of its tasks, and the agent that others copy to.</summary>
/// <param name="shares">The node's shares as they are now.</param>
internal sealed class DataReplicationService(
    RunService runs, Func<IAgentShares, AgentServer> createAgent, ISnapshots snapshots, Func<IReadOnlyList<ShareInfo>> shares, TimeProvider time) : IAgentShares, IDisposable
{
    private readonly AgentClient _client = new(time);
    private readonly SemaphoreSlim _gate = new(1);
    private AgentServer? _agent;
    private AgentConfiguration? _configuration;

    private AgentServer Agent => _agent ??= createAgent(this);

    public IReadOnlyList<ReplicationRunStatus> Runs => [.. runs.List().Select(ReplicationMapping.ToStatus)];

    /// <summary>What the agent does now; waits for a configuration that is being applied.</summary>
    public async Task<AgentStatus> GetAgentAsync()
    {
        await _gate.WaitAsync();
        try
        {
            var state = Agent.State;
            return new AgentStatus(
                _configuration is { Enabled: true }, state.Listening, state.Problem?.Detail, _configuration?.TlsPort ?? AgentConfiguration.DefaultTlsPort, _configuration?.PlainPort,
                state.Fingerprint, state.RsyncVersion, RsyncProgram.IsOld(state.RsyncVersion), state.Connections,
                state.Problem is null ? null : Mapping.ToProblem(state.Problem));
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Before the volumes are mounted.</summary>
    public void EndLeftovers() => runs.EndLeftovers();

    /// <summary>Takes up what an engine before left, and begins with the configuration in force.</summary>
    public void Start() => runs.Start();

    public async Task ApplyAsync(AgentConfiguration? configuration)
    {
        await _gate.WaitAsync();
        try
        {
            Volatile.Write(ref _configuration, configuration);
            await Agent.ApplyAsync(configuration is { Enabled: true } c ? new AgentSettings(Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any, c.TlsPort, c.PlainPort) : null);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <exception cref="ProblemException">It was not begun.</exception>
    public ReplicationRunStatus Begin(ReplicationRunRequest request)
    {
        var run = ReplicationMapping.ToRequest(request);
        return runs.Begin(run) switch
        {
            RunRefusal.None => ReplicationMapping.ToStatus(runs.Find(run.RunId)!),
            RunRefusal.Running => throw ProblemException.Conflict(ProblemCodes.TaskRunning, $"The task {run.TaskName} is running.", null, ("task", run.TaskName)),
            _ => throw new ProblemException(new Problem(ProblemCodes.Internal, "Too many results of runs wait for the console."), 503),
        };
    }

    /// <exception cref="ProblemException">There is no such run.</exception>
    public ReplicationRunDetails Get(Guid run) => runs.Find(run) is { } found
        ? ReplicationMapping.ToDetails(found)
        : throw ProblemException.NotFound(ProblemCodes.RunNotFound, "There is no such run.");

    /// <exception cref="ProblemException">There is no such run, or it has ended.</exception>
    public void Stop(Guid run)
    {
        _ = Get(run);
        if (!runs.Stop(run))
            throw ProblemException.Conflict(ProblemCodes.RunEnded, "The run has ended already.");
    }

    public void Forget(Guid run) => runs.Forget(run);

    /// <exception cref="ProblemException">The agent did not answer, or refused.</exception>
    public async Task<AgentOffer> BrowseAsync(AgentReference agent, CancellationToken cancellation)
    {
        try
        {
            return ReplicationMapping.ToOffer(await _client.BrowseAsync(ReplicationMapping.ToAddress(agent), cancellation));
        }
        catch (AgentException e)
        {
            throw ReplicationMapping.ToException(e, agent.Address);
        }
    }

    public IReadOnlyList<AgentShare> List()
    {
        var configured = Volatile.Read(ref _configuration)?.Shares ?? [];
        var present = shares();
        return
        [
            .. from entry in configured
               let share = present.FirstOrDefault(s => string.Equals(s.Name, entry.Share, StringComparison.OrdinalIgnoreCase))
               where share is { Snapshot: null }
               let root = snapshots.MountPointOf(share.VolumeId)
               select new AgentShare(
                   share.Name, share.VolumeId, root, share.Folder, entry.User, entry.Password, [.. entry.Allowed.SelectMany(AgentValidator.Networks)]),
        ];
    }

    public Task<string> SnapshotAsync(AgentShare share, string owner, int keep) => DestinationSnapshots.TakeAsync(snapshots, share.VolumeId, owner, keep);

    /// <summary>Ends agent and runs, in order; safe to call after a failed start.</summary>
    public async Task StopAsync()
    {
        if (_agent is not null)
            await ApplyAsync(null);
        await runs.StopAsync();
    }

    public void Dispose() => _gate.Dispose();
}
