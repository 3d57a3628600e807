using Futago.Engine.CdRoms;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Iscsi;
using Futago.Engine.Contracts.Volumes;
using Futago.Engine.Events;
using Futago.Engine.Link;
using Futago.Engine.Link.PathTest;
using Futago.Engine.Status;
using Futago.Engine.Targets;
using Futago.Volumes;
using Microsoft.AspNetCore.Mvc;
using StorageIoType = Futago.Volumes.LogicalVolumes.IoType;

namespace Futago.Engine.Api;

/// <summary>The engine's local API; <see cref="EngineClient"/> is its other end.</summary>
internal static class EngineRoutes
{
    private const int EventsPerRead = 500;

    public static void MapEngine(this WebApplication app)
    {
        var api = app.MapGroup("/v1");
        MapNode(api);
        MapUnits(api);
        MapGroups(api);
        MapVolumes(api);
        api.MapSnapshots();
        api.MapShares();
        api.MapDataReplication();
        api.MapReplications();
        api.MapFailover();
        api.MapNetwork();
        MapTargets(api);
        api.MapDiagnostics();
        MapLink(api);
    }

    private static void MapNode(RouteGroupBuilder api)
    {
        api.MapGet("/node", (StatusReader status) => status.Node);
        api.MapGet("/events", (EventJournal journal, long? after) => journal.Read(after ?? 0, EventsPerRead));
        api.MapGet("/status/stream", async (HttpContext context, StatusReader status, TimeProvider time, IHostApplicationLifetime lifetime) =>
        {
            context.Response.ContentType = "application/x-ndjson";
            using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
            try
            {
                await new StatusStream(status, time).WriteAsync(context.Response.Body, end.Token);
            }
            catch (OperationCanceledException)
            {
                // The reader went away, or the engine stops; either way the stream simply ends.
            }
        });
    }

    private static void MapUnits(RouteGroupBuilder api)
    {
        api.MapGet("/units", async (VolumeCatalogue catalogue) => (await catalogue.ListUnitsAsync()).Select(Mapping.ToInfo));
        api.MapPost("/units/images", async (VolumeCatalogue catalogue, CreateImageRequest request) =>
            Mapping.ToInfo(await catalogue.CreateImageAsync(request.Path, request.SizeBytes)));
        api.MapDelete("/units/images", async (VolumeCatalogue catalogue, string path, [FromBody] DeleteRequest request) =>
        {
            await catalogue.DeleteImageAsync(path, request.Confirm);
            return Results.NoContent();
        });
    }

    private static void MapGroups(RouteGroupBuilder api)
    {
        api.MapGet("/groups", (VolumeCatalogue catalogue) => catalogue.Groups.Select(Mapping.ToInfo));
        api.MapPost("/groups", async (VolumeCatalogue catalogue, CreateGroupRequest request) =>
            Mapping.ToInfo(await catalogue.CreateGroupAsync(request.Name, request.UnitPath, request.Overwrite)));
        api.MapPost("/groups/import", async (VolumeCatalogue catalogue, ImportGroupRequest request) =>
            Mapping.ToInfo(await catalogue.ImportGroupAsync(request.UnitPath, request.NewName)));
        api.MapPost("/groups/{group}/export", async (VolumeCatalogue catalogue, string group) =>
        {
            await catalogue.ExportGroupAsync(group);
            return Results.NoContent();
        });
        api.MapDelete("/groups/{group}", async (VolumeCatalogue catalogue, string group, [FromBody] DeleteRequest request) =>
        {
            await catalogue.DestroyGroupAsync(group, request.Confirm);
            return Results.NoContent();
        });
    }

    private static void MapVolumes(RouteGroupBuilder api)
    {
        api.MapGet("/volumes", (VolumeCatalogue catalogue, TargetService targets) => catalogue.Volumes.Select(v => targets.WithFaults(Mapping.ToInfo(v))));
        api.MapPost("/volumes/{group}", async (VolumeCatalogue catalogue, string group, CreateVolumeRequest request) =>
        {
            if (request.Type == VolumeType.Fc)
                throw ProblemException.Invalid(
                    ProblemCodes.VolumeTypeUnsupported, $"Volumes of the type {request.Type} cannot be created yet; iSCSI and NAS volumes can.", "type",
                    ("type", request.Type.ToString()));
            var ioType = request.IoType == IoType.File ? StorageIoType.File : StorageIoType.Block;
            return Mapping.ToInfo(await catalogue.CreateVolumeAsync(
                group, request.Name, request.SizeBytes, request.Thin, ioType, request.InitialisationLimitBytesPerSecond, request.Type == VolumeType.Nas));
        });
        api.MapPatch("/volumes/{group}/{name}", async (VolumeCatalogue catalogue, string group, string name, UpdateVolumeRequest request) =>
            Mapping.ToInfo(await catalogue.UpdateVolumeAsync(
                group, name, request.NewName, request.SizeBytes, request.InitialisationLimitBytesPerSecond, request.SnapshotReservePercent)));
        api.MapDelete("/volumes/{group}/{name}", async (VolumeCatalogue catalogue, string group, string name, [FromBody] DeleteRequest request) =>
        {
            await catalogue.DeleteVolumeAsync(group, name, request.Confirm);
            return Results.NoContent();
        });
        api.MapGet("/volumes/{group}/{name}/iso-images", (VolumeCatalogue catalogue, string group, string name) => ImageFinder.List(catalogue, group, name));
        api.MapGet("/volumes/{group}/{name}/iso-images/check", (VolumeCatalogue catalogue, string group, string name, string? path) =>
            ImageFinder.Check(catalogue, group, name, path));
    }

    private static void MapLink(RouteGroupBuilder api)
    {
        api.MapGet("/link", (LinkService link) => link.Status);
        api.MapPost("/link/path-test", (PathTester tester, CancellationToken cancellation) => tester.RunAsync(cancellation));
    }

    private static void MapTargets(RouteGroupBuilder api)
    {
        api.MapPut("/configuration", (TargetService targets, EngineConfiguration configuration) => targets.ApplyAsync(configuration));
        api.MapGet("/targets", (TargetService targets) => targets.Targets);
        api.MapGet("/sessions", (TargetService targets) => targets.Sessions);
        api.MapDelete("/sessions/{id:long}", (TargetService targets, long id) =>
        {
            targets.CloseSession(id);
            return Results.NoContent();
        });
        api.MapGet("/refused-logins", (TargetService targets) => targets.Refused.List());
    }
}
