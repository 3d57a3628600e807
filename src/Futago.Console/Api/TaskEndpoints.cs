using System.ComponentModel;
using Futago.Console.Client.Tasks;
using Futago.Engine.Contracts;

namespace Futago.Console.Api;

internal static class TaskEndpoints
{
    private const int DefaultLimit = 100;

    public static void MapTasks(this RouteGroupBuilder api)
    {
        api.MapGet("/tasks", (ITasks tasks, CancellationToken cancellation) => tasks.ListAsync(cancellation));
        api.MapGet("/tasks/running", (ITasks tasks, CancellationToken cancellation) => tasks.ListRunningAsync(cancellation));
        api.MapGet("/tasks/log", (string? task, [Description("dataReplication or snapshot")] string? kind, [Description("ok, warning or error")] string? status, string? search, long? before, int? limit,
            ITasks tasks, CancellationToken cancellation) => tasks.ListLogAsync(Query(task, kind, status, search, before, limit), cancellation));
        api.MapGet("/tasks/log.csv", async (string? task, string? kind, string? status, string? search, ITasks tasks, CancellationToken cancellation) =>
            TypedResults.Text(await tasks.ExportLogAsync(Query(task, kind, status, search, null, null), cancellation), "text/csv"))
            .Produces<string>(StatusCodes.Status200OK, "text/csv");
        api.MapGet("/tasks/runs/{run:guid}", (Guid run, ITasks tasks, CancellationToken cancellation) => tasks.GetRunAsync(run, cancellation));
        api.MapPost("/tasks/runs/{run:guid}/stop", async (Guid run, ITasks tasks, CancellationToken cancellation) =>
        {
            await tasks.StopRunAsync(run, cancellation);
            return TypedResults.NoContent();
        }).Operators();
        api.MapGet("/tasks/schedule-preview", (string schedule, ITasks tasks, CancellationToken cancellation) => tasks.PreviewScheduleAsync(schedule, cancellation));
    }

    private static TaskLogQuery Query(string? task, string? kind, string? status, string? search, long? before, int? limit) =>
        new(task, Parse<TaskKind>(kind, "kind"), Parse<RunStatus>(status, "status"), search, before, limit ?? DefaultLimit);

    // The framework reads enumerations in queries letter for letter, and their names elsewhere in the API begin small.
    private static T? Parse<T>(string? text, string field) where T : struct, Enum
    {
        if (string.IsNullOrEmpty(text))
            return null;
        foreach (var value in Enum.GetValues<T>())
        {
            if (value.ToString().Equals(text, StringComparison.OrdinalIgnoreCase))
                return value;
        }
        throw ProblemException.Invalid(ProblemCodes.RequestMalformed, $"There is no {field} {text}.", field);
    }
}
