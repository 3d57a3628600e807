using Futago.Console.Client.Tasks;

namespace Futago.Management.Tasks;

/// <summary>What the tasks of one kind do.</summary>
public interface ITaskKind
{
    TaskKind Kind { get; }

    /// <summary>
    /// Does the run, or has it done elsewhere. Throws a problem when it cannot begin; the run is then over with that.
    /// </summary>
    /// <returns>How the run ended; null when it goes on, and its end is reported to <see cref="TaskRuns.FinishAsync"/> later.</returns>
    Task<RunEnd?> BeginAsync(ScheduledTask task, TaskRun run, CancellationToken cancellation);

    /// <summary>Asks a run that is going on to stop.</summary>
    Task StopAsync(TaskRun run, CancellationToken cancellation);

    /// <summary>What the run is doing now, or null when that is not known.</summary>
    RunProgressView? ProgressOf(TaskRun run);

    /// <summary>After a start of the console: what became of a run that an earlier one began.</summary>
    /// <param name="task">Null when it was deleted since.</param>
    /// <returns>How it ended; null when it goes on elsewhere and its end will be reported.</returns>
    Task<RunEnd?> RecoverAsync(ScheduledTask? task, TaskRun run, CancellationToken cancellation);
}

/// <summary>How a run ended.</summary>
/// <param name="Reason">Stable code; <c>none</c> when there is nothing to say.</param>
/// <param name="Detail">One English sentence; never contains a secret.</param>
public sealed record RunEnd(RunStatus Status, string Reason, string Detail, DateTimeOffset FinishedAt, RunResultView? Result = null);
