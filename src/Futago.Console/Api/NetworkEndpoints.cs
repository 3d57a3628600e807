using Futago.Console.Client.Network;

namespace Futago.Console.Api;

internal static class NetworkEndpoints
{
    public static void MapNetwork(this RouteGroupBuilder api) =>
        api.MapGet("/network/nics", (INetwork network, CancellationToken cancellation) => network.ListAsync(cancellation));
}
