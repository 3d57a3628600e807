using Futago.Console.Client.Snapshots;
using Futago.Engine.Contracts.Snapshots;
using Futago.Engine.Contracts.Volumes;
using Microsoft.AspNetCore.Mvc;

namespace Futago.Console.Api;

internal static class SnapshotEndpoints
{
    public static void MapSnapshots(this RouteGroupBuilder api)
    {
        api.MapGet("/snapshots", (ISnapshotManager snapshots, CancellationToken cancellation) => snapshots.ListAsync(cancellation));
        var ofVolume = api.MapGroup("/volumes/{group}/{volume}/snapshots");
        ofVolume.MapPost("", (string group, string volume, CreateSnapshotRequest request, ISnapshotManager snapshots, CancellationToken cancellation) =>
            snapshots.CreateAsync($"{group}/{volume}", request with { Origin = SnapshotOrigin.Manual, Owner = null }, cancellation)).Operators();
        ofVolume.MapPatch("/{name}", (string group, string volume, string name, UpdateSnapshotRequest request, ISnapshotManager snapshots, CancellationToken cancellation) =>
            snapshots.UpdateAsync($"{group}/{volume}@{name}", request, cancellation)).Administrators();
        ofVolume.MapDelete("/{name}", async (string group, string volume, string name, [FromBody] DeleteRequest request, ISnapshotManager snapshots, CancellationToken cancellation) =>
        {
            await snapshots.DeleteAsync($"{group}/{volume}@{name}", request.Confirm, cancellation);
            return TypedResults.NoContent();
        }).Administrators();
        ofVolume.MapPost("/{name}/rollback", (string group, string volume, string name, RollBackRequest request, ISnapshotManager snapshots, CancellationToken cancellation) =>
            snapshots.RollBackAsync($"{group}/{volume}@{name}", request, cancellation)).Administrators();
        ofVolume.MapPost("/{name}/clone", (string group, string volume, string name, CloneSnapshotRequest request, ISnapshotManager snapshots, CancellationToken cancellation) =>
            snapshots.CloneAsync($"{group}/{volume}@{name}", request, cancellation)).Administrators();
    }
}
