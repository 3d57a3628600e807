using Futago.Console.Client.Volumes;
using Futago.Engine.Contracts.Volumes;
using Microsoft.AspNetCore.Mvc;

namespace Futago.Console.Api;

internal static class UnitEndpoints
{
    public static void MapUnits(this RouteGroupBuilder api)
    {
        api.MapGet("/units", (IVolumeManager volumes, CancellationToken cancellation) => volumes.ListUnitsAsync(cancellation));
        api.MapGet("/units/image-directory", (IVolumeManager volumes, CancellationToken cancellation) => volumes.GetImageDirectoryAsync(cancellation));
        api.MapPost("/units/images", (CreateImageRequest request, IVolumeManager volumes, CancellationToken cancellation) =>
            volumes.CreateImageAsync(request, cancellation)).Administrators();
        api.MapDelete("/units/images", async (string path, [FromBody] DeleteRequest request, IVolumeManager volumes, CancellationToken cancellation) =>
        {
            await volumes.DeleteImageAsync(path, request.Confirm, cancellation);
            return TypedResults.NoContent();
        }).Administrators();
    }
}
