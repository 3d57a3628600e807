using Futago.Engine.Contracts.DataReplication;

namespace Futago.Engine.Contracts;

public sealed partial class EngineClient
{
    /// <summary>Begins a run; it goes on without the console.</summary>
    public Task<ReplicationRunStatus> StartReplicationAsync(ReplicationRunRequest request, CancellationToken cancellation = default) =>
        SendAsync<ReplicationRunStatus>(HttpMethod.Post, "v1/data-replication/runs", request, cancellation);

    /// <summary>Runs that are going on, and those that have ended and are not forgotten yet.</summary>
    public Task<IReadOnlyList<ReplicationRunStatus>> ListReplicationRunsAsync(CancellationToken cancellation = default) =>
        GetAsync<IReadOnlyList<ReplicationRunStatus>>("v1/data-replication/runs", cancellation);

    public Task<ReplicationRunDetails> GetReplicationRunAsync(Guid run, CancellationToken cancellation = default) =>
        GetAsync<ReplicationRunDetails>($"v1/data-replication/runs/{run}", cancellation);

    /// <summary>The run ends within seconds, and its result says that it was stopped.</summary>
    public Task StopReplicationRunAsync(Guid run, CancellationToken cancellation = default) =>
        SendAsync(HttpMethod.Post, $"v1/data-replication/runs/{run}/stop", null, cancellation);

    /// <summary>Drops the result of a run that has ended, because it is stored now.</summary>
    public Task ForgetReplicationRunAsync(Guid run, CancellationToken cancellation = default) =>
        SendAsync(HttpMethod.Delete, $"v1/data-replication/runs/{run}", null, cancellation);

    /// <summary>Asks an agent what it offers to the user.</summary>
    public Task<AgentOffer> BrowseAgentAsync(AgentReference agent, CancellationToken cancellation = default) =>
        SendAsync<AgentOffer>(HttpMethod.Post, "v1/data-replication/browse", agent, cancellation);

    public Task<AgentStatus> GetAgentAsync(CancellationToken cancellation = default) =>
        GetAsync<AgentStatus>("v1/data-replication/agent", cancellation);
}
