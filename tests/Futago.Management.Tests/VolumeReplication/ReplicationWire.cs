using Futago.Engine.Contracts.Replication;
using Futago.Engine.Contracts.Volumes;
using Futago.Management.Tests.Pairing;
using Futago.Management.VolumeReplication;

namespace Futago.Management.Tests.VolumeReplication;

/// <summary>Volume replication over the cable between two nodes; every message really is text on its way.</summary>
internal sealed class ReplicationWire(Wire wire) : IPeerReplications
{
    private PeerReplicationRequests Requests => wire.To.ReplicationRequests;

    public async Task<PeerDestinations> BrowseAsync(long sizeBytes, VolumeType type, CancellationToken cancellation)
    {
        await wire.AuthenticateAsync(cancellation);
        return Wire.Sent(await Requests.BrowseAsync(sizeBytes, type, cancellation));
    }

    public async Task<ChangeMap> GetChangesAsync(Guid id, CancellationToken cancellation)
    {
        await wire.AuthenticateAsync(cancellation);
        return Wire.Sent(await Requests.GetChangesAsync(id, cancellation));
    }

    public async Task<PeerReplicationAgreement> ProposeAsync(Guid id, PeerReplicationProposal proposal, CancellationToken cancellation)
    {
        await wire.AuthenticateAsync(cancellation);
        return Wire.Sent(await Requests.ProposeAsync(id, Wire.Sent(proposal)));
    }

    public async Task ChangeAsync(Guid id, PeerReplicationChange change, CancellationToken cancellation)
    {
        await wire.AuthenticateAsync(cancellation);
        await Requests.ChangeAsync(id, Wire.Sent(change));
    }

    public async Task SetRoleAsync(Guid id, PeerRoleRequest request, CancellationToken cancellation)
    {
        await wire.AuthenticateAsync(cancellation);
        await Requests.SetRoleAsync(id, Wire.Sent(request));
    }

    public async Task DiscardAsync(Guid id, PeerDiscardRequest request, CancellationToken cancellation)
    {
        await wire.AuthenticateAsync(cancellation);
        await Requests.DiscardAsync(id, Wire.Sent(request));
    }

    public async Task DeleteAsync(Guid id, CancellationToken cancellation)
    {
        await wire.AuthenticateAsync(cancellation);
        await Requests.DeleteAsync(id);
    }
}
