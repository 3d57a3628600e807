using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Failover;
using Futago.Engine.Failover;
using Futago.Engine.Status;

namespace Futago.Engine.Api;

internal static class FailoverRoutes
{
    public static void MapFailover(this RouteGroupBuilder api)
    {
        var failover = api.MapGroup("/failover");
        failover.MapGet("", (FailoverService service) =>
            service.Status ?? throw ProblemException.NotFound(ProblemCodes.FailoverNotConfigured, "There is no failover on this node."));
        failover.MapPost("/start", (FailoverService service) => DoneAsync(service.StartManagerAsync()));
        failover.MapPost("/stop", (FailoverService service) => DoneAsync(service.StopManagerAsync()));
        failover.MapPost("/switch", (FailoverService service) => DoneAsync(service.SwitchAsync()));
        failover.MapPost("/failback", (FailoverService service) => DoneAsync(service.FailBackAsync()));
        failover.MapPost("/sync", (FailoverService service) => DoneAsync(service.SyncAsync()));
        failover.MapPost("/maintenance", (FailoverService service, SetMaintenanceRequest request) => DoneAsync(service.SetMaintenanceAsync(request)));
        failover.MapPost("/serve-anyway", (FailoverService service, StatusReader status, ServeAnywayRequest request) =>
            DoneAsync(service.ServeAnywayAsync(request, status.Node.Name)));
        failover.MapPost("/probe-witness", (FailoverService service, ProbeWitnessRequest request) => service.ProbeWitnessAsync(request));
    }

    private static async Task<IResult> DoneAsync(Task work)
    {
        await work;
        return Results.NoContent();
    }
}
