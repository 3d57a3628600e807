using Futago.Console.Client.Volumes;
using Futago.Engine.Contracts.Replication;
using Futago.Engine.Contracts.Volumes;
using Microsoft.AspNetCore.Mvc;

namespace Futago.Console.Api;

internal static class VolumeEndpoints
{
    public static void MapVolumes(this RouteGroupBuilder api)
    {
        api.MapGet("/volumes", (IVolumeManager volumes, CancellationToken cancellation) => volumes.ListVolumesAsync(cancellation));
        api.MapGet("/volumes/{group}/{name}/iso-images", (string group, string name, IVolumeManager volumes, CancellationToken cancellation) =>
            volumes.ListIsoImagesAsync($"{group}/{name}", cancellation));
        api.MapPost("/volumes/{group}", (string group, CreateVolumeRequest request, IVolumeManager volumes, CancellationToken cancellation) =>
            volumes.CreateVolumeAsync(group, request, cancellation)).Administrators();
        api.MapPatch("/volumes/{group}/{name}", (string group, string name, UpdateVolumeRequest request, IVolumeManager volumes, CancellationToken cancellation) =>
            volumes.UpdateVolumeAsync($"{group}/{name}", request, cancellation)).Administrators();
        api.MapDelete("/volumes/{group}/{name}", async (string group, string name, [FromBody] DeleteRequest request, IVolumeManager volumes, CancellationToken cancellation) =>
        {
            await volumes.DeleteVolumeAsync($"{group}/{name}", request.Confirm, cancellation);
            return TypedResults.NoContent();
        }).Administrators();
        var mode = api.MapGroup("/volumes/{group}/{name}/replication-mode");
        mode.MapPut("", (string group, string name, SetVolumeReplicationMode request, IVolumeManager volumes, CancellationToken cancellation) =>
            volumes.SetReplicationModeAsync($"{group}/{name}", request.Mode, cancellation)).Administrators();
        mode.MapGet("/clear-preview", (string group, string name, IVolumeManager volumes, CancellationToken cancellation) =>
            volumes.PreviewClearReplicationAsync($"{group}/{name}", cancellation));
        mode.MapDelete("", (string group, string name, [FromBody] ClearVolumeReplicationMode request, IVolumeManager volumes, CancellationToken cancellation) =>
            volumes.ClearReplicationModeAsync($"{group}/{name}", request, cancellation)).Administrators();
        api.MapGet("/volumes/{group}/{name}/deletion-preview", (string group, string name, IVolumeManager volumes, CancellationToken cancellation) =>
            volumes.PreviewDeletionAsync($"{group}/{name}", cancellation));
    }
}
