using Futago.Console.Client.Volumes;
using Futago.Engine.Contracts.Volumes;
using Microsoft.AspNetCore.Mvc;

namespace Futago.Console.Api;

internal static class GroupEndpoints
{
    public static void MapGroups(this RouteGroupBuilder api)
    {
        api.MapGet("/groups", (IVolumeManager volumes, CancellationToken cancellation) => volumes.ListGroupsAsync(cancellation));
        api.MapPost("/groups", (CreateGroupRequest request, IVolumeManager volumes, CancellationToken cancellation) =>
            volumes.CreateGroupAsync(request, cancellation)).Administrators();
        api.MapPost("/groups/import", (ImportGroupRequest request, IVolumeManager volumes, CancellationToken cancellation) =>
            volumes.ImportGroupAsync(request, cancellation)).Administrators();
        api.MapPost("/groups/{group}/export", async (string group, IVolumeManager volumes, CancellationToken cancellation) =>
        {
            await volumes.ExportGroupAsync(group, cancellation);
            return TypedResults.NoContent();
        }).Administrators();
        api.MapDelete("/groups/{group}", async (string group, [FromBody] DeleteRequest request, IVolumeManager volumes, CancellationToken cancellation) =>
        {
            await volumes.DestroyGroupAsync(group, request.Confirm, cancellation);
            return TypedResults.NoContent();
        }).Administrators();
    }
}
