using Futago.Console.Client.Pairing;
using Futago.Engine.Contracts.Volumes;
using Microsoft.AspNetCore.Mvc;

namespace Futago.Console.Api;

internal static class PairEndpoints
{
    public static void MapPair(this RouteGroupBuilder api)
    {
        api.MapGet("/pair", (IPair pair, CancellationToken cancellation) => pair.GetAsync(cancellation));
        api.MapPost("/pair/code", (IPair pair, CancellationToken cancellation) => pair.CreateCodeAsync(cancellation)).Administrators();
        api.MapPost("/pair/join", (JoinRequest request, IPair pair, CancellationToken cancellation) => pair.JoinAsync(request, cancellation)).Administrators();
        api.MapPatch("/pair", (UpdatePairRequest request, IPair pair, CancellationToken cancellation) => pair.UpdateAsync(request, cancellation)).Administrators();
        api.MapPost("/pair/path-test", (IPair pair, CancellationToken cancellation) => pair.TestPathAsync(cancellation)).Operators();
        api.MapDelete("/pair", ([FromBody] DeleteRequest request, IPair pair, CancellationToken cancellation) =>
            pair.DeleteAsync(request.Confirm, cancellation)).Administrators();
    }
}
