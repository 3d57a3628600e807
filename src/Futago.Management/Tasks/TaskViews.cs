using System.Text.Json;
using Futago.Console.Client.Tasks;
using Futago.Engine.Contracts;

namespace Futago.Management.Tasks;

/// <summary>Tasks and runs as pages and API show them.</summary>
public sealed class TaskViews(ITaskStore store, TaskRuns runs, TimeProvider time)
{
    public const int StripDays = 28;

    public async Task<IReadOnlyList<TaskView>> BuildAsync(IEnumerable<ScheduledTask> tasks, CancellationToken cancellation)
    {
        var zone = time.LocalTimeZone;
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(time.GetUtcNow(), zone).DateTime);
        var since = time.GetUtcNow() - TimeSpan.FromDays(StripDays + 1);
        var all = (await store.ListRunsAsync(since, cancellation)).ToLookup(r => r.TaskId);
        var missed = (await store.ListMissedAsync(since, cancellation)).ToLookup(m => m.TaskId);
        return
        [
            .. from task in tasks
               let own = all[task.Id].OrderBy(r => r.StartedAt).ToList()
               select new TaskView(
                   task.Id, task.Name, task.Kind, task.Schedule, task.Enabled, task.NextSlot,
                   own.Count == 0 ? null : View(own[^1], details: false),
                   own.LastOrDefault(r => r.RecoveryPoint is not null)?.RecoveryPoint,
                   Strip(own, [.. missed[task.Id]], today, zone)),
        ];
    }

    public RunView View(TaskRun run, bool details)
    {
        var result = run.Result is null ? null : JsonSerializer.Deserialize<RunResultView>(run.Result, EngineJson.Options);
        return new RunView(
            run.Id, run.TaskId, run.TaskName, run.Kind, run.Trigger, run.User, run.StartedAt, run.FinishedAt, run.Status, run.Reason, run.Detail,
            run.FinishedAt is null ? runs.KindOf(run.Kind).ProgressOf(run) : null,
            details && result is not null ? result with { Output = run.Output } : result);
    }

    private static List<TaskDay> Strip(List<TaskRun> runs, List<TaskLogEntry> missed, DateOnly today, TimeZoneInfo zone) =>
    [
        .. from age in Enumerable.Range(0, StripDays)
           let day = today.AddDays(age - StripDays + 1)
           let ofDay = runs.Where(r => DayOf(r.StartedAt, zone) == day).ToList()
           select new TaskDay(day, ofDay.Max(r => r.Status), ofDay.Count, missed.Count(m => DayOf(m.Time, zone) == day)),
    ];

    private static DateOnly DayOf(DateTimeOffset time, TimeZoneInfo zone) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(time, zone).DateTime);
}
