using Futago.Console.Client.Tasks;
using Futago.Engine.Contracts;

namespace Futago.Management.Tasks;

/// <summary>Keeps tasks, runs and the task log. Throws a problem <c>database.unreachable</c> while the database is away.</summary>
public interface ITaskStore
{
    Task<IReadOnlyList<ScheduledTask>> ListAsync(CancellationToken cancellation = default);

    Task<ScheduledTask?> FindAsync(Guid id, CancellationToken cancellation = default);

    Task<ScheduledTask?> FindAsync(string name, CancellationToken cancellation = default);

    /// <exception cref="ProblemException">The name is taken.</exception>
    Task AddAsync(ScheduledTask task, CancellationToken cancellation = default);

    /// <summary>Changes a task under a lock; what the function throws is thrown on, and nothing is stored.</summary>
    /// <returns>Null when it is gone.</returns>
    Task<ScheduledTask?> ChangeAsync(Guid id, Action<ScheduledTask> change, CancellationToken cancellation = default);

    Task DeleteAsync(Guid id, CancellationToken cancellation = default);

    /// <summary>Moves on from a slot.</summary>
    /// <returns>False when somebody else has done so already: the slot is theirs.</returns>
    Task<bool> TakeSlotAsync(Guid id, DateTimeOffset slot, DateTimeOffset? next, CancellationToken cancellation = default);

    /// <summary>Stores a run that begins, with its line in the log.</summary>
    /// <returns>False when the task has a run that is going on.</returns>
    Task<bool> TryBeginAsync(TaskRun run, TaskLogEntry entry, CancellationToken cancellation = default);

    /// <summary>Stores the end of a run, with its line in the log, once.</summary>
    /// <returns>False when it had ended already.</returns>
    Task<bool> TryFinishAsync(TaskRun run, TaskLogEntry entry, CancellationToken cancellation = default);

    Task LogAsync(TaskLogEntry entry, CancellationToken cancellation = default);

    Task<IReadOnlyList<TaskRun>> ListRunningAsync(CancellationToken cancellation = default);

    Task<TaskRun?> FindRunAsync(Guid id, CancellationToken cancellation = default);

    /// <summary>Runs that began at or after the moment, without output; with each task's last run and last good run, however old.</summary>
    Task<IReadOnlyList<TaskRun>> ListRunsAsync(DateTimeOffset since, CancellationToken cancellation = default);

    /// <summary>The task's last run that left its data at the destination, however old, without output; null when there was none.</summary>
    Task<TaskRun?> FindLastGoodRunAsync(Guid task, CancellationToken cancellation = default);

    /// <summary>Missed slots since the moment.</summary>
    Task<IReadOnlyList<TaskLogEntry>> ListMissedAsync(DateTimeOffset since, CancellationToken cancellation = default);

    /// <summary>Newest first; <paramref name="query"/> has been checked.</summary>
    Task<IReadOnlyList<TaskLogEntry>> ListLogAsync(TaskLogQuery query, CancellationToken cancellation = default);

    /// <summary>Deletes lines and runs older than the moment, except runs that are going on and each task's last good one.</summary>
    Task TrimAsync(DateTimeOffset before, CancellationToken cancellation = default);
}
