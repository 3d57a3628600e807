using Futago.Console.Client.Targets;

namespace Futago.Console.Api;

internal static class LunEndpoints
{
    public static void MapLuns(this RouteGroupBuilder api)
    {
        api.MapPost("/targets/{name}/luns", (string name, AddLunRequest request, ITargets targets, CancellationToken cancellation) =>
            targets.AddLunAsync(name, request, cancellation)).Administrators();
        api.MapPatch("/targets/{name}/luns/{lun:int}", (string name, int lun, UpdateLunRequest request, ITargets targets, CancellationToken cancellation) =>
            targets.UpdateLunAsync(name, lun, request, cancellation)).Administrators();
        api.MapDelete("/targets/{name}/luns/{lun:int}", (string name, int lun, ITargets targets, CancellationToken cancellation) =>
            targets.RemoveLunAsync(name, lun, cancellation)).Administrators();
    }
}
