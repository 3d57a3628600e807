using System.Net;
using Futago.Console.Pairing;
using Futago.Console.Security;
using Futago.Engine.Contracts;
using Futago.Management.Pairing;

namespace Futago.Console.Api;

/// <summary>
/// What another console may call, with its certificate (docs/protocol/pairing.md): pairing, for whoever knows the code, and the
/// rest for the peer alone. No part of the API for people, so neither is it in its description.
/// </summary>
internal static class PeerEndpoints
{
    public const string Root = "/api/peer/v1";

    public static void MapPeer(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup(Root).ExcludeFromDescription().AddEndpointFilter(OnlyNodesAsync);
        api.MapPost("/pairing/hello", (PairingHello hello, PeerRequests requests, HttpContext context) =>
            requests.HelloAsync(hello, PeerTls.FingerprintOf(context)!, context.RequestAborted)).AllowAnonymous();
        api.MapPost("/pairing/confirm", (PairingConfirm confirm, PeerRequests requests, HttpContext context) =>
            requests.ConfirmAsync(confirm, PeerTls.FingerprintOf(context)!, context.Connection.RemoteIpAddress ?? IPAddress.None, context.RequestAborted)).AllowAnonymous();

        var peer = api.MapGroup("").RequireAuthorization(Policies.PairedNode);
        peer.MapGet("/report", (PeerRequests requests, CancellationToken cancellation) => requests.ReportAsync(cancellation));
        peer.MapPeerReplications();
        peer.MapPeerFailover();
        peer.MapDelete("/pair", async (PeerRequests requests, CancellationToken cancellation) =>
        {
            await requests.LeaveAsync(cancellation);
            return TypedResults.NoContent();
        });
    }

    // A node comes by the peer's name and with a certificate; anybody else has no business here.
    private static ValueTask<object?> OnlyNodesAsync(EndpointFilterInvocationContext invocation, EndpointFilterDelegate next) =>
        PeerTls.FingerprintOf(invocation.HttpContext) is null
            ? throw new ProblemException(new Problem(ProblemCodes.Forbidden, "Only the console of another node may call this."), StatusCodes.Status403Forbidden)
            : next(invocation);
}
