using Futago.Console.Client.Node;

namespace Futago.Console.Api;

internal static class NodeEndpoints
{
    public static void MapNode(this RouteGroupBuilder api)
    {
        api.MapGet("/node", (INodeSettings node, CancellationToken cancellation) => node.GetNodeAsync(cancellation));
        api.MapGet("/settings", (INodeSettings node, CancellationToken cancellation) => node.GetSettingsAsync(cancellation));
        api.MapPatch("/settings", (UpdateSettingsRequest request, INodeSettings node, CancellationToken cancellation) =>
            node.UpdateSettingsAsync(request, cancellation)).Administrators();
    }
}
