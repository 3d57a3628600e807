using Futago.Engine.Contracts.Replication;
using Futago.Engine.Contracts.Volumes;

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

    /// <summary>Sets what a volume is meant for, before a task has it.</summary>
    public Task<VolumeInfo> SetReplicationModeAsync(string group, string name, SetVolumeReplicationMode request, CancellationToken cancellation = default) =>
        SendAsync<VolumeInfo>(HttpMethod.Put, ModeRoute(group, name), request, cancellation);

    /// <summary>What <see cref="ClearReplicationModeAsync"/> would do, or why it would be refused.</summary>
    public Task<ClearReplicationPreview> PreviewClearReplicationAsync(string group, string name, CancellationToken cancellation = default) =>
        GetAsync<ClearReplicationPreview>($"{ModeRoute(group, name)}/clear-preview", cancellation);

    /// <summary>Takes away a volume's mode and left metadata. Its data stays.</summary>
    public Task<VolumeInfo> ClearReplicationModeAsync(string group, string name, ClearVolumeReplicationMode request, CancellationToken cancellation = default) =>
        SendAsync<VolumeInfo>(HttpMethod.Delete, ModeRoute(group, name), request, cancellation);

    private static string ModeRoute(string group, string name) => $"v1/volumes/{Escape(group)}/{Escape(name)}/replication-mode";

    public Task HealReplicationAsync(Guid id, HealRequest request, CancellationToken cancellation = default) =>
        SendAsync(HttpMethod.Post, $"v1/replications/{id}/heal", request, cancellation);
}
