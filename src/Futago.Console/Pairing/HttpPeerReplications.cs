using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Replication;
using Futago.Engine.Contracts.Volumes;
using Futago.Management.VolumeReplication;

namespace Futago.Console.Pairing;

/// <summary>Requests of docs/protocol/pairing.md about volume replication.</summary>
internal sealed class HttpPeerReplications(ApiConnection api) : IPeerReplications
{
    private const string Root = "volume-replications";

    public Task<PeerDestinations> BrowseAsync(long sizeBytes, VolumeType type, CancellationToken cancellation) =>
        api.GetAsync<PeerDestinations>(FormattableString.Invariant($"{Root}/destinations?sizeBytes={sizeBytes}&type={type}"), cancellation);

    public Task<ChangeMap> GetChangesAsync(Guid id, CancellationToken cancellation) => api.GetAsync<ChangeMap>($"{Root}/{id}/changes", cancellation);

    public Task<PeerReplicationAgreement> ProposeAsync(Guid id, PeerReplicationProposal proposal, CancellationToken cancellation) =>
        api.SendAsync<PeerReplicationAgreement>(HttpMethod.Put, $"{Root}/{id}", proposal, cancellation);

    public Task ChangeAsync(Guid id, PeerReplicationChange change, CancellationToken cancellation) =>
        api.SendAsync(HttpMethod.Patch, $"{Root}/{id}", change, cancellation);

    public Task SetRoleAsync(Guid id, PeerRoleRequest request, CancellationToken cancellation) =>
        api.SendAsync(HttpMethod.Put, $"{Root}/{id}/role", request, cancellation);

    public Task DiscardAsync(Guid id, PeerDiscardRequest request, CancellationToken cancellation) =>
        api.SendAsync(HttpMethod.Post, $"{Root}/{id}/discard", request, cancellation);

    public Task DeleteAsync(Guid id, CancellationToken cancellation) =>
        api.SendAsync(HttpMethod.Delete, $"{Root}/{id}", null, cancellation);
}
