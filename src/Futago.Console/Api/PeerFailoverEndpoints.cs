using Futago.Management.Failover;

namespace Futago.Console.Api;

/// <summary>What the peer alone may ask about the failover; docs/protocol/pairing.md.</summary>
internal static class PeerFailoverEndpoints
{
    public static void MapPeerFailover(this RouteGroupBuilder peer)
    {
        peer.MapPost("/failover/look", (FailoverQuery query, PeerFailoverRequests requests, CancellationToken cancellation) => requests.LookAsync(query, cancellation));
        peer.MapPost("/failover/targets", (TargetQuery query, PeerFailoverRequests requests, CancellationToken cancellation) => requests.TargetsAsync(query, cancellation));
        peer.MapPut("/failover/{id:guid}", (Guid id, FailoverProposal proposal, PeerFailoverRequests requests) => DoneAsync(requests.ProposeAsync(id, proposal)));
        peer.MapDelete("/failover/{id:guid}", (Guid id, PeerFailoverRequests requests) => DoneAsync(requests.DeleteAsync(id)));
        peer.MapPost("/failover/{id:guid}/command", (Guid id, FailoverCommandRequest request, PeerFailoverRequests requests) => DoneAsync(requests.CommandAsync(id, request)));
    }

    private static async Task<IResult> DoneAsync(Task work)
    {
        await work;
        return TypedResults.NoContent();
    }
}
