using System.Collections.Concurrent;
using System.Text.Json;
using Futago.Console.Client.Tasks;
using Futago.Engine.Contracts;

namespace Futago.Management.Tasks;

/// <summary>The life of runs: begun once at a time, ended once, each with its two lines in the task log.</summary>
public sealed class TaskRuns(ITaskStore store, IEnumerable<ITaskKind> kinds, TimeProvider time) : ILiveTasks
{
    public const string NoReason = "none";

    private readonly ConcurrentDictionary<Guid, bool> _begunHere = [];
    private readonly Lock _gate = new();
    private IReadOnlyList<TaskRun>? _running;
    private long _begunOrEnded;
    private long _version;

    public event Action? Changed;

    public long Version => Interlocked.Read(ref _version);

    /// <summary>
    /// Runs that are going on, oldest first; those of earlier consoles too. The database is asked once after each beginning and end: nobody
    /// but this console stores either, and whoever looks after runs asks again and again. What is returned is not to be changed.
    /// </summary>
    public async Task<IReadOnlyList<TaskRun>> ListRunningAsync(CancellationToken cancellation = default)
    {
        long asOf;
        lock (_gate)
        {
            if (_running is { } known)
                return known;
            asOf = _begunOrEnded;
        }
        var running = await store.ListRunningAsync(cancellation);
        lock (_gate)
        {
            // Another one may have begun while the database was asked.
            if (asOf == _begunOrEnded)
                _running = running;
        }
        return running;
    }

    /// <summary>Begins a run of the task.</summary>
    /// <returns>The run, which may have ended already.</returns>
    /// <exception cref="ProblemException">One is going on, or it could not begin (then the log says so too).</exception>
    public async Task<TaskRun> BeginAsync(ScheduledTask task, RunTrigger trigger, string? user, CancellationToken cancellation = default)
    {
        var run = new TaskRun
        {
            TaskId = task.Id,
            TaskName = task.Name,
            Kind = task.Kind,
            Trigger = trigger,
            User = user,
            StartedAt = time.GetUtcNow(),
        };
        _begunHere[run.Id] = true;
        bool begun;
        try
        {
            begun = await store.TryBeginAsync(run, Entry(run, run.StartedAt, RunStatus.Ok, TaskAction.Started, null, null), cancellation);
        }
        finally
        {
            AskAgain();
        }
        if (!begun)
            throw ProblemException.Conflict(ProblemCodes.TaskRunning, $"The task {task.Name} is running.", null, ("task", task.Name));
        Move();
        try
        {
            // From here on the run exists: whoever asked may go away, it goes on.
            if (await KindOf(task.Kind).BeginAsync(task, run, CancellationToken.None) is { } end)
                await FinishAsync(run, end, CancellationToken.None);
            return run;
        }
        catch (ProblemException e) when (e.Problem.Code != ProblemCodes.DatabaseUnreachable)
        {
            await FinishAsync(run, new RunEnd(RunStatus.Error, e.Problem.Code, e.Message, time.GetUtcNow()), CancellationToken.None);
            throw;
        }
    }

    /// <summary>Closes runs that an earlier console began and that nobody else will report the end of.</summary>
    public async Task RecoverAsync(CancellationToken cancellation = default)
    {
        foreach (var run in (await store.ListRunningAsync(cancellation)).Where(r => !_begunHere.ContainsKey(r.Id)))
        {
            if (await KindOf(run.Kind).RecoverAsync(await store.FindAsync(run.TaskId, cancellation), run, cancellation) is { } end)
                await FinishAsync(run, end, cancellation);
        }
    }

    /// <summary>Stores how a run ended; does nothing when that is stored already.</summary>
    public async Task FinishAsync(TaskRun run, RunEnd end, CancellationToken cancellation = default)
    {
        run.FinishedAt = end.FinishedAt < run.StartedAt ? run.StartedAt : end.FinishedAt;
        run.Status = end.Status;
        run.Reason = end.Reason;
        run.Detail = end.Detail;
        run.RecoveryPoint = end.Status == RunStatus.Error ? null : end.Result?.RecoveryPoint?.ToUniversalTime();
        run.Result = end.Result is null ? null : JsonSerializer.Serialize(end.Result with { Output = null }, EngineJson.Options);
        run.Output = end.Result?.Output;
        var fine = end is { Status: RunStatus.Ok, Reason: NoReason };
        _begunHere.TryRemove(run.Id, out _);
        try
        {
            await store.TryFinishAsync(
                run, Entry(run, run.FinishedAt.Value, end.Status, TaskAction.Finished, fine ? null : end.Reason, fine ? null : end.Detail), cancellation);
        }
        finally
        {
            AskAgain();
        }
        Move();
    }

    public ITaskKind KindOf(TaskKind kind) =>
        kinds.FirstOrDefault(k => k.Kind == kind) ?? throw new InvalidOperationException($"There is nothing that runs tasks of the kind {kind}.");

    /// <summary>Also after a failure: whether it was stored may not be known.</summary>
    private void AskAgain()
    {
        lock (_gate)
        {
            _running = null;
            _begunOrEnded++;
        }
    }

    private void Move()
    {
        Interlocked.Increment(ref _version);
        Changed?.Invoke();
    }

    private static TaskLogEntry Entry(TaskRun run, DateTimeOffset at, RunStatus status, TaskAction action, string? reason, string? text) => new()
    {
        Time = at.ToUniversalTime(),
        TaskId = run.TaskId,
        Name = run.TaskName,
        Kind = run.Kind,
        Status = status,
        Action = action,
        RunId = run.Id,
        Reason = reason,
        Text = text,
    };
}
