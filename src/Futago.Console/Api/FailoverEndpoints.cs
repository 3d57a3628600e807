using Futago.Console.Client.Failover;
using Microsoft.AspNetCore.Mvc;

namespace Futago.Console.Api;

internal static class FailoverEndpoints
{
    public static void MapFailover(this RouteGroupBuilder api)
    {
        api.MapGet("/failover", (IFailover failover, CancellationToken cancellation) => failover.GetAsync(cancellation));
        api.MapGet("/failover/offer", (IFailover failover, CancellationToken cancellation) => failover.OfferAsync(cancellation)).Administrators();
        api.MapGet("/failover/check", (IFailover failover, CancellationToken cancellation) => failover.CheckAsync(null, cancellation));
        api.MapPost("/failover/check", (FailoverChange draft, IFailover failover, CancellationToken cancellation) =>
            failover.CheckAsync(draft, cancellation)).Administrators();
        api.MapPost("/failover/plan", (FailoverChange request, IFailover failover, CancellationToken cancellation) =>
            failover.PlanAsync(request, cancellation)).Administrators();
        api.MapGet("/failover/progress", (IFailover failover, CancellationToken cancellation) => failover.GetProgressAsync(cancellation));
        api.MapPost("/failover", (FailoverChange request, IFailover failover, CancellationToken cancellation) =>
            failover.CreateAsync(request, cancellation)).Administrators();
        api.MapPatch("/failover", (FailoverChange request, IFailover failover, CancellationToken cancellation) =>
            failover.UpdateAsync(request, cancellation)).Administrators();
        api.MapDelete("/failover", async ([FromBody] DeleteFailover request, IFailover failover, CancellationToken cancellation) =>
        {
            await failover.DeleteAsync(request, cancellation);
            return TypedResults.NoContent();
        }).Administrators();
        api.MapPost("/failover/copy-targets", (IFailover failover, CancellationToken cancellation) => failover.CopyTargetsAsync(cancellation)).Administrators();
        api.MapFailoverCommands();
    }

    private static void MapFailoverCommands(this RouteGroupBuilder api)
    {
        api.MapPost("/failover/start", (IFailover failover, CancellationToken cancellation) => failover.StartAsync(cancellation)).Operators();
        api.MapPost("/failover/stop", (IFailover failover, CancellationToken cancellation) => failover.StopAsync(cancellation)).Operators();
        api.MapPost("/failover/sync", (IFailover failover, CancellationToken cancellation) => failover.SyncAsync(cancellation)).Operators();
        api.MapPost("/failover/maintenance", (FailoverMaintenance request, IFailover failover, CancellationToken cancellation) =>
            failover.SetMaintenanceAsync(request, cancellation)).Operators();
        api.MapPost("/failover/switch", (IFailover failover, CancellationToken cancellation) => failover.SwitchAsync(cancellation)).Administrators();
        api.MapPost("/failover/failback", (IFailover failover, CancellationToken cancellation) => failover.FailBackAsync(cancellation)).Administrators();
        api.MapPost("/failover/serve-anyway", (ServeAnyway request, IFailover failover, CancellationToken cancellation) =>
            failover.ServeAnywayAsync(request, cancellation)).Administrators();
    }
}
