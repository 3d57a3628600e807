using Futago.Engine.Contracts.Snapshots;
using Futago.Engine.Contracts.Volumes;
using Futago.Engine.Status;
using Futago.Volumes;
using Futago.Volumes.Snapshots;
using Microsoft.AspNetCore.Mvc;
using StorageOrigin = Futago.Volumes.Snapshots.SnapshotOrigin;

namespace Futago.Engine.Api;

internal static class SnapshotRoutes
{
    public static void MapSnapshots(this RouteGroupBuilder api)
    {
        api.MapGet("/snapshots", (VolumeCatalogue catalogue) => catalogue.Snapshots.Select(Mapping.ToInfo));
        var snapshots = api.MapGroup("/volumes/{group}/{volume}/snapshots");
        snapshots.MapPost("", async (VolumeCatalogue catalogue, string group, string volume, CreateSnapshotRequest request) =>
            Mapping.ToInfo(await catalogue.CreateSnapshotAsync(group, volume, new SnapshotRequest(
                request.Name, Enum.Parse<StorageOrigin>(request.Origin.ToString()), request.Owner, Temporary: false, request.Protected))));
        snapshots.MapPatch("/{name}", async (VolumeCatalogue catalogue, string group, string volume, string name, UpdateSnapshotRequest request) =>
            request.Protected is { } isProtected
                ? Mapping.ToInfo(await catalogue.ProtectSnapshotAsync(group, volume, name, isProtected))
                : Mapping.ToInfo(catalogue.GetSnapshot(group, volume, name)));
        snapshots.MapDelete("/{name}", async (VolumeCatalogue catalogue, string group, string volume, string name, [FromBody] DeleteRequest request) =>
        {
            await catalogue.DeleteSnapshotAsync(group, volume, name, request.Confirm);
            return Results.NoContent();
        });
        snapshots.MapPost("/{name}/rollback", async (VolumeCatalogue catalogue, string group, string volume, string name, RollBackRequest request) =>
        {
            var (to, safety) = await catalogue.RollBackAsync(group, volume, name, request.Confirm, request.WhileConnected);
            return new RollBackResult(Mapping.ToInfo(to), Mapping.ToInfo(safety));
        });
        snapshots.MapPost("/{name}/clone", async (VolumeCatalogue catalogue, string group, string volume, string name, CloneSnapshotRequest request) =>
            Mapping.ToInfo(await catalogue.CloneSnapshotAsync(group, volume, name, request.Name, request.Thin)));
    }
}
