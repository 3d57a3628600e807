using Futago.Engine.Contracts.Replication;
using Futago.Engine.Replication;
using Futago.Engine.Status;
using Microsoft.AspNetCore.Mvc;

namespace Futago.Engine.Api;

internal static class ReplicationRoutes
{
    public static void MapReplications(this RouteGroupBuilder api)
    {
        var replications = api.MapGroup("/replications");
        replications.MapGet("", (ReplicationService service) => service.Statuses);
        var one = replications.MapGroup("/{id:guid}");
        one.MapGet("", (ReplicationService service, Guid id) => service.Get(id).MeasureAsync());
        one.MapGet("/changes", (ReplicationService service, Guid id) => service.Get(id).GetChangesAsync());
        one.MapPost("/clear-metadata", (ReplicationService service, Guid id, ClearReplicationMetadataRequest request) => DoneAsync(service.Get(id).ClearMetadataAsync(request.Confirm)));
        one.MapPost("/discard-my-side", (ReplicationService service, Guid id, DiscardMySideRequest request) => DoneAsync(service.Get(id).DiscardMySideAsync(request.Confirm)));
        one.MapPost("/force-source", (ReplicationService service, Guid id, ForceSourceRequest request) => DoneAsync(service.Get(id).ForceSourceAsync(request.Confirm)));
        one.MapPost("/verify/start", (ReplicationService service, Guid id) => DoneAsync(service.Get(id).StartVerifyAsync()));
        one.MapPost("/verify/stop", (ReplicationService service, Guid id) => DoneAsync(service.Get(id).StopVerifyAsync()));
        var mode = api.MapGroup("/volumes/{group}/{name}/replication-mode");
        mode.MapPut("", async (ReplicationService service, string group, string name, SetVolumeReplicationMode request) =>
            Mapping.ToInfo(await service.SetModeAsync(group, name, request)));
        mode.MapGet("/clear-preview", (ReplicationService service, string group, string name) => service.PreviewClear(group, name));
        mode.MapDelete("", async (ReplicationService service, string group, string name, [FromBody] ClearVolumeReplicationMode request) =>
            Mapping.ToInfo(await service.ClearModeAsync(group, name, request)));
        one.MapPost("/heal", (ReplicationService service, Guid id, HealRequest request) => DoneAsync(service.Get(id).HealAsync(request.Confirm)));
    }

    private static async Task<IResult> DoneAsync(Task work)
    {
        await work;
        return Results.NoContent();
    }
}
