using Futago.Console.Client.Tasks;
using Futago.Engine.Contracts;

namespace Futago.Console.Tests.Fakes;

public sealed class FakeTasks : FakeService, ITasks, ILiveTasks
{
    public event Action? Changed;

    public long Version { get; private set; }

    public List<TaskView> Tasks { get; } = [];

    public List<RunView> Running { get; } = [];

    public List<TaskLogView> Log { get; } = [];

    public TaskLogQuery? Query { get; private set; }

    /// <summary>A run has begun or ended.</summary>
    public void Move()
    {
        Version++;
        Changed?.Invoke();
    }

    public Task<IReadOnlyList<TaskView>> ListAsync(CancellationToken cancellation = default)
    {
        Answer();
        return Task.FromResult<IReadOnlyList<TaskView>>([.. Tasks]);
    }

    public Task<IReadOnlyList<RunView>> ListRunningAsync(CancellationToken cancellation = default)
    {
        Answer();
        return Task.FromResult<IReadOnlyList<RunView>>([.. Running]);
    }

    public Task<IReadOnlyList<TaskLogView>> ListLogAsync(TaskLogQuery query, CancellationToken cancellation = default)
    {
        Query = query;
        Answer();
        return Task.FromResult<IReadOnlyList<TaskLogView>>([.. Log]);
    }

    public Task<string> ExportLogAsync(TaskLogQuery query, CancellationToken cancellation = default) => Task.FromResult("");

    public Task<RunView> GetRunAsync(Guid run, CancellationToken cancellation = default) => Task.FromResult(Sample.Run());

    public Task StopRunAsync(Guid run, CancellationToken cancellation = default)
    {
        Take(run);
        return Task.CompletedTask;
    }

    public Task<SchedulePreview> PreviewScheduleAsync(string schedule, CancellationToken cancellation = default) => schedule.StartsWith("never", StringComparison.Ordinal)
        ? throw ProblemException.Invalid(ProblemCodes.ScheduleInvalid, $"“{schedule}” is not a schedule.", "schedule", ("schedule", schedule))
        : Task.FromResult(new SchedulePreview(schedule, [new DateTimeOffset(2026, 12, 1, 18, 0, 0, TimeSpan.Zero)], "UTC"));
}
