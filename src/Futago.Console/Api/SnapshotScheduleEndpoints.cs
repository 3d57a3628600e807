using Futago.Console.Client.Snapshots;
using Futago.Engine.Contracts.Volumes;
using Microsoft.AspNetCore.Mvc;

namespace Futago.Console.Api;

internal static class SnapshotScheduleEndpoints
{
    public static void MapSnapshotSchedules(this RouteGroupBuilder api)
    {
        var schedules = api.MapGroup("/snapshot-schedules");
        schedules.MapGet("", (ISnapshotSchedules schedules, CancellationToken cancellation) => schedules.ListAsync(cancellation));
        schedules.MapPost("", (CreateSnapshotSchedule request, ISnapshotSchedules schedules, CancellationToken cancellation) =>
            schedules.CreateAsync(request, cancellation)).Administrators();
        schedules.MapGet("/{name}", (string name, ISnapshotSchedules schedules, CancellationToken cancellation) => schedules.GetAsync(name, cancellation));
        schedules.MapPatch("/{name}", (string name, UpdateSnapshotSchedule request, ISnapshotSchedules schedules, CancellationToken cancellation) =>
            schedules.UpdateAsync(name, request, cancellation)).Administrators();
        schedules.MapDelete("/{name}", async (string name, [FromBody] DeleteRequest request, ISnapshotSchedules schedules, CancellationToken cancellation) =>
        {
            await schedules.DeleteAsync(name, request.Confirm, cancellation);
            return TypedResults.NoContent();
        }).Administrators();
        schedules.MapPost("/{name}/start", (string name, ISnapshotSchedules schedules, CancellationToken cancellation) =>
            schedules.StartAsync(name, cancellation)).Operators();
        schedules.MapPost("/{name}/retention-preview", (string name, RetentionRules retention, ISnapshotSchedules schedules, CancellationToken cancellation) =>
            schedules.PreviewAsync(name, retention, cancellation)).Administrators();
    }
}
