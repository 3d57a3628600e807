using Futago.Console.Client.VolumeReplication;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Volumes;

namespace Futago.Console.Client.Http;

internal sealed class HttpVolumeReplications(ApiConnection api) : IVolumeReplications
{
    private const string Root = "volume-replications";

    public Task<IReadOnlyList<VolumeReplicationView>> ListAsync(CancellationToken cancellation = default) =>
        api.GetAsync<IReadOnlyList<VolumeReplicationView>>(Root, cancellation);

    public Task<VolumeReplicationView> GetAsync(string name, CancellationToken cancellation = default) =>
        api.GetAsync<VolumeReplicationView>(Route(name), cancellation);

    public Task<ReplicationChanges> GetChangesAsync(string name, CancellationToken cancellation = default) =>
        api.GetAsync<ReplicationChanges>($"{Route(name)}/changes", cancellation);

    public Task<IReadOnlyList<VolumeMode>> ListModesAsync(CancellationToken cancellation = default) =>
        api.GetAsync<IReadOnlyList<VolumeMode>>("volume-replication-modes", cancellation);

    public Task<DestinationOffer> BrowseAsync(string source, CancellationToken cancellation = default) =>
        api.GetAsync<DestinationOffer>($"volume-replication-destinations?source={Uri.EscapeDataString(source)}", cancellation);

    public Task<VolumeReplicationView> CreateAsync(CreateVolumeReplication request, CancellationToken cancellation = default) =>
        api.SendAsync<VolumeReplicationView>(HttpMethod.Post, Root, request, cancellation);

    public Task<VolumeReplicationResult> UpdateAsync(string name, UpdateVolumeReplication request, CancellationToken cancellation = default) =>
        api.SendAsync<VolumeReplicationResult>(HttpMethod.Patch, Route(name), request, cancellation);

    public Task<VolumeReplicationView> StartAsync(string name, CancellationToken cancellation = default) => PostAsync(name, "start", null, cancellation);

    public Task<VolumeReplicationResult> StopAsync(string name, CancellationToken cancellation = default) =>
        api.SendAsync<VolumeReplicationResult>(HttpMethod.Post, $"{Route(name)}/stop", null, cancellation);

    public Task<VolumeReplicationView> SwitchAsync(string name, SwitchVolumeReplication request, CancellationToken cancellation = default) =>
        PostAsync(name, "switch", request, cancellation);

    public Task<VolumeReplicationView> StartVerifyAsync(string name, CancellationToken cancellation = default) => PostAsync(name, "verify", null, cancellation);

    public Task<VolumeReplicationView> StopVerifyAsync(string name, CancellationToken cancellation = default) =>
        api.SendAsync<VolumeReplicationView>(HttpMethod.Delete, $"{Route(name)}/verify", null, cancellation);

    public Task<VolumeReplicationView> HealAsync(string name, string confirm, CancellationToken cancellation = default) =>
        PostAsync(name, "heal", new DeleteRequest(confirm), cancellation);

    public Task DeleteAsync(string name, DeleteVolumeReplication request, CancellationToken cancellation = default) =>
        api.SendAsync(HttpMethod.Delete, Route(name), request, cancellation);

    public Task<VolumeReplicationView> ClearMetadataAsync(string name, string confirm, CancellationToken cancellation = default) =>
        PostAsync(name, "clear-metadata", new DeleteRequest(confirm), cancellation);

    public Task<VolumeReplicationView> DiscardSideAsync(string name, DiscardSide request, CancellationToken cancellation = default) =>
        PostAsync(name, "discard-side", request, cancellation);

    public Task<VolumeReplicationView> ForceSourceAsync(string name, string confirm, CancellationToken cancellation = default) =>
        PostAsync(name, "force-source", new DeleteRequest(confirm), cancellation);

    private Task<VolumeReplicationView> PostAsync(string name, string verb, object? body, CancellationToken cancellation) =>
        api.SendAsync<VolumeReplicationView>(HttpMethod.Post, $"{Route(name)}/{verb}", body, cancellation);

    private static string Route(string name) => $"{Root}/{ApiConnection.Escape(name)}";
}
