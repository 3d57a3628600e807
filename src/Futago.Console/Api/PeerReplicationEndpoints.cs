using Futago.Engine.Contracts.Volumes;
using Futago.Management.VolumeReplication;

namespace Futago.Console.Api;

/// <summary>What the peer alone may ask in volume replication; docs/protocol/pairing.md.</summary>
internal static class PeerReplicationEndpoints
{
    public static void MapPeerReplications(this RouteGroupBuilder peer)
    {
        peer.MapGet("/volume-replications/destinations", (long sizeBytes, VolumeType type, PeerReplicationRequests requests, CancellationToken cancellation) =>
            requests.BrowseAsync(sizeBytes, type, cancellation));
        peer.MapGet("/volume-replications/{id:guid}/changes", (Guid id, PeerReplicationRequests requests, CancellationToken cancellation) =>
            requests.GetChangesAsync(id, cancellation));
        peer.MapPut("/volume-replications/{id:guid}", (Guid id, PeerReplicationProposal proposal, PeerReplicationRequests requests) => requests.ProposeAsync(id, proposal));
        peer.MapPatch("/volume-replications/{id:guid}", (Guid id, PeerReplicationChange change, PeerReplicationRequests requests) =>
            DoneAsync(requests.ChangeAsync(id, change)));
        peer.MapPut("/volume-replications/{id:guid}/role", (Guid id, PeerRoleRequest request, PeerReplicationRequests requests) =>
            DoneAsync(requests.SetRoleAsync(id, request)));
        peer.MapPost("/volume-replications/{id:guid}/discard", (Guid id, PeerDiscardRequest request, PeerReplicationRequests requests) =>
            DoneAsync(requests.DiscardAsync(id, request)));
        peer.MapDelete("/volume-replications/{id:guid}", (Guid id, PeerReplicationRequests requests) => DoneAsync(requests.DeleteAsync(id)));
    }

    private static async Task<IResult> DoneAsync(Task work)
    {
        await work;
        return TypedResults.NoContent();
    }
}
