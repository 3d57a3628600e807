using Futago.Console.Client.VolumeReplication;
using Futago.Engine.Contracts.Volumes;
using Microsoft.AspNetCore.Mvc;

namespace Futago.Console.Api;

internal static class VolumeReplicationEndpoints
{
    public static void MapVolumeReplications(this RouteGroupBuilder api)
    {
        api.MapGet("/volume-replication-modes", (IVolumeReplications tasks, CancellationToken cancellation) => tasks.ListModesAsync(cancellation));
        api.MapGet("/volume-replication-destinations", (string source, IVolumeReplications tasks, CancellationToken cancellation) =>
            tasks.BrowseAsync(source, cancellation)).Administrators();
        api.MapGet("/volume-replications", (IVolumeReplications tasks, CancellationToken cancellation) => tasks.ListAsync(cancellation));
        api.MapPost("/volume-replications", (CreateVolumeReplication request, IVolumeReplications tasks, CancellationToken cancellation) =>
            tasks.CreateAsync(request, cancellation)).Administrators();
        api.MapGet("/volume-replications/{name}", (string name, IVolumeReplications tasks, CancellationToken cancellation) => tasks.GetAsync(name, cancellation));
        api.MapGet("/volume-replications/{name}/changes", (string name, IVolumeReplications tasks, CancellationToken cancellation) => tasks.GetChangesAsync(name, cancellation));
        api.MapPatch("/volume-replications/{name}", (string name, UpdateVolumeReplication request, IVolumeReplications tasks, CancellationToken cancellation) =>
            tasks.UpdateAsync(name, request, cancellation)).Administrators();
        api.MapDelete("/volume-replications/{name}", async (string name, [FromBody] DeleteVolumeReplication request, IVolumeReplications tasks, CancellationToken cancellation) =>
        {
            await tasks.DeleteAsync(name, request, cancellation);
            return TypedResults.NoContent();
        }).Administrators();
        api.MapPost("/volume-replications/{name}/start", (string name, IVolumeReplications tasks, CancellationToken cancellation) =>
            tasks.StartAsync(name, cancellation)).Operators();
        api.MapPost("/volume-replications/{name}/stop", (string name, IVolumeReplications tasks, CancellationToken cancellation) =>
            tasks.StopAsync(name, cancellation)).Operators();
        api.MapPost("/volume-replications/{name}/verify", (string name, IVolumeReplications tasks, CancellationToken cancellation) =>
            tasks.StartVerifyAsync(name, cancellation)).Operators();
        api.MapDelete("/volume-replications/{name}/verify", (string name, IVolumeReplications tasks, CancellationToken cancellation) =>
            tasks.StopVerifyAsync(name, cancellation)).Operators();
        api.MapVolumeReplicationDecisions();
    }

    /// <summary>What changes which data counts.</summary>
    private static void MapVolumeReplicationDecisions(this RouteGroupBuilder api)
    {
        api.MapPost("/volume-replications/{name}/switch", (string name, SwitchVolumeReplication request, IVolumeReplications tasks, CancellationToken cancellation) =>
            tasks.SwitchAsync(name, request, cancellation)).Administrators();
        api.MapPost("/volume-replications/{name}/heal", (string name, DeleteRequest request, IVolumeReplications tasks, CancellationToken cancellation) =>
            tasks.HealAsync(name, request.Confirm, cancellation)).Administrators();
        api.MapPost("/volume-replications/{name}/clear-metadata", (string name, DeleteRequest request, IVolumeReplications tasks, CancellationToken cancellation) =>
            tasks.ClearMetadataAsync(name, request.Confirm, cancellation)).Administrators();
        api.MapPost("/volume-replications/{name}/discard-side", (string name, DiscardSide request, IVolumeReplications tasks, CancellationToken cancellation) =>
            tasks.DiscardSideAsync(name, request, cancellation)).Administrators();
        api.MapPost("/volume-replications/{name}/force-source", (string name, DeleteRequest request, IVolumeReplications tasks, CancellationToken cancellation) =>
            tasks.ForceSourceAsync(name, request.Confirm, cancellation)).Administrators();
    }
}
