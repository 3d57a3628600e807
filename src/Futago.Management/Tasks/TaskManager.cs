using Futago.Console.Client.Tasks;
using Futago.Console.Client.Users;
using Futago.Engine.Contracts;
using Futago.Management.Access;
using Futago.Management.Schedules;

namespace Futago.Management.Tasks;

public sealed class TaskManager(ITaskStore store, TaskRuns runs, TaskViews views, ICurrentActor currentActor, TimeProvider time) : ITasks
{
    private const int LimitMax = 500;
    private const int SearchLengthMax = 200;
    private const int ExportRowsMax = 10_000;
    private const int PreviewRuns = 5;

    public async Task<IReadOnlyList<TaskView>> ListAsync(CancellationToken cancellation = default)
    {
        await currentActor.RequireAsync(UserRole.Viewer);
        return await views.BuildAsync(await store.ListAsync(cancellation), cancellation);
    }

    public async Task<IReadOnlyList<RunView>> ListRunningAsync(CancellationToken cancellation = default)
    {
        await currentActor.RequireAsync(UserRole.Viewer);
        return [.. (await store.ListRunningAsync(cancellation)).Select(r => views.View(r, details: false))];
    }

    public async Task<IReadOnlyList<TaskLogView>> ListLogAsync(TaskLogQuery query, CancellationToken cancellation = default)
    {
        await currentActor.RequireAsync(UserRole.Viewer);
        if (query.Limit is < 1 or > LimitMax)
            throw ProblemException.Invalid(ProblemCodes.RequestMalformed, $"A page of the task log has 1 to {LimitMax} lines.", "limit");
        Check(query);
        return [.. (await store.ListLogAsync(query, cancellation)).Select(View)];
    }

    public async Task<string> ExportLogAsync(TaskLogQuery query, CancellationToken cancellation = default)
    {
        await currentActor.RequireAsync(UserRole.Viewer);
        Check(query);
        return TaskLogCsv.Write((await store.ListLogAsync(query with { Limit = ExportRowsMax }, cancellation)).Select(View), time.LocalTimeZone);
    }

    public async Task<RunView> GetRunAsync(Guid run, CancellationToken cancellation = default)
    {
        await currentActor.RequireAsync(UserRole.Viewer);
        return views.View(await FindAsync(run, cancellation), details: true);
    }

    public async Task StopRunAsync(Guid run, CancellationToken cancellation = default)
    {
        await currentActor.RequireAsync(UserRole.Operator);
        var found = await FindAsync(run, cancellation);
        if (found.FinishedAt is not null)
            throw ProblemException.Conflict(ProblemCodes.RunEnded, "The run has ended already.");
        await runs.KindOf(found.Kind).StopAsync(found, cancellation);
    }

    public async Task<SchedulePreview> PreviewScheduleAsync(string schedule, CancellationToken cancellation = default)
    {
        await currentActor.RequireAsync(UserRole.Viewer);
        var parsed = ScheduleText.Parse(schedule);
        return new SchedulePreview(parsed.ToString(), parsed.Next(time.GetUtcNow(), time.LocalTimeZone, PreviewRuns), time.LocalTimeZone.Id);
    }

    private async Task<TaskRun> FindAsync(Guid run, CancellationToken cancellation) =>
        await store.FindRunAsync(run, cancellation) ?? throw ProblemException.NotFound(ProblemCodes.RunNotFound, "There is no such run; it may be older than what is kept.");

    private static void Check(TaskLogQuery query)
    {
        if (query.Search?.Length > SearchLengthMax || query.Task?.Length > SearchLengthMax)
            throw ProblemException.Invalid(ProblemCodes.RequestMalformed, $"A search text has at most {SearchLengthMax} characters.", "search");
    }

    private static TaskLogView View(TaskLogEntry e) => new(e.Id, e.Time, e.TaskId, e.Name, e.Kind, e.Status, e.Action, e.RunId, e.Reason, e.Text);
}
