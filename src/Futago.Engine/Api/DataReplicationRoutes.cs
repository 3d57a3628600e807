using Futago.Engine.Contracts.DataReplication;
using Futago.Engine.DataReplication;

namespace Futago.Engine.Api;

internal static class DataReplicationRoutes
{
    public static void MapDataReplication(this RouteGroupBuilder api)
    {
        var replication = api.MapGroup("/data-replication");
        replication.MapGet("/runs", (DataReplicationService service) => service.Runs);
        replication.MapPost("/runs", (DataReplicationService service, ReplicationRunRequest request) => service.Begin(request));
        replication.MapGet("/runs/{run:guid}", (DataReplicationService service, Guid run) => service.Get(run));
        replication.MapPost("/runs/{run:guid}/stop", (DataReplicationService service, Guid run) =>
        {
            service.Stop(run);
            return Results.NoContent();
        });
        replication.MapDelete("/runs/{run:guid}", (DataReplicationService service, Guid run) =>
        {
            service.Forget(run);
            return Results.NoContent();
        });
        replication.MapPost("/browse", (DataReplicationService service, AgentReference agent, CancellationToken cancellation) => service.BrowseAsync(agent, cancellation));
        replication.MapGet("/agent", (DataReplicationService service) => service.GetAgentAsync());
    }
}
