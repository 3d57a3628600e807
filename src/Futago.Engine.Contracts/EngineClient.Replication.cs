using Futago.Engine.Contracts.Replication;

namespace Futago.Engine.Contracts;

/// <summary>Volume replication. What runs when and in which role is in the configuration; these are decisions of a person, and looks at it.</summary>
public sealed partial class EngineClient
{
    /// <summary>Every replication of the configuration as it is now.</summary>
    public Task<IReadOnlyList<ReplicationStatus>> ListReplicationsAsync(CancellationToken cancellation = default) =>
        GetAsync<IReadOnlyList<ReplicationStatus>>("v1/replications", cancellation);

    public Task<ReplicationStatus> GetReplicationAsync(Guid id, CancellationToken cancellation = default) =>
        GetAsync<ReplicationStatus>($"v1/replications/{id}", cancellation);

    /// <summary>Where in the volume this node's data may differ from the peer's; in a split brain: where this node changed it.</summary>
    public Task<ChangeMap> GetReplicationChangesAsync(Guid id, CancellationToken cancellation = default) =>
        GetAsync<ChangeMap>($"v1/replications/{id}/changes", cancellation);

    public Task ClearReplicationMetadataAsync(Guid id, ClearReplicationMetadataRequest request, CancellationToken cancellation = default) =>
        SendAsync(HttpMethod.Post, $"v1/replications/{id}/clear-metadata", request, cancellation);

    public Task DiscardMySideAsync(Guid id, DiscardMySideRequest request, CancellationToken cancellation = default) =>
        SendAsync(HttpMethod.Post, $"v1/replications/{id}/discard-my-side", request, cancellation);

    public Task ForceSourceAsync(Guid id, ForceSourceRequest request, CancellationToken cancellation = default) =>
        SendAsync(HttpMethod.Post, $"v1/replications/{id}/force-source", request, cancellation);

    /// <summary>Begins to compare both sides block by block; progress and result are in the status. At the source.</summary>
    public Task StartReplicationVerifyAsync(Guid id, CancellationToken cancellation = default) =>
        SendAsync(HttpMethod.Post, $"v1/replications/{id}/verify/start", null, cancellation);

    public Task StopReplicationVerifyAsync(Guid id, CancellationToken cancellation = default) =>
        SendAsync(HttpMethod.Post, $"v1/replications/{id}/verify/stop", null, cancellation);

    public Task HealReplicationAsync(Guid id, HealRequest request, CancellationToken cancellation = default) =>
        SendAsync(HttpMethod.Post, $"v1/replications/{id}/heal", request, cancellation);
}
