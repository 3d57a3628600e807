using System.Text.Json;
using Futago.Engine.Contracts.DataReplication;

namespace Futago.Console.Client.Tasks;

/// <summary>Tasks of every kind: what runs, what ran, and when the next run is due.</summary>
public interface ITasks
{
    /// <summary>Every task with its schedule, its last run and a strip of the last weeks; by name.</summary>
    Task<IReadOnlyList<TaskView>> ListAsync(CancellationToken cancellation = default);

    /// <summary>Runs that are going on, the oldest first.</summary>
    Task<IReadOnlyList<RunView>> ListRunningAsync(CancellationToken cancellation = default);

    /// <summary>The task log, newest first.</summary>
    Task<IReadOnlyList<TaskLogView>> ListLogAsync(TaskLogQuery query, CancellationToken cancellation = default);

    /// <summary>What of the task log fits the query, as CSV (RFC 4180) with a header; at most 10,000 rows, whatever the query's limit.</summary>
    Task<string> ExportLogAsync(TaskLogQuery query, CancellationToken cancellation = default);

    Task<RunView> GetRunAsync(Guid run, CancellationToken cancellation = default);

    /// <summary>Asks the run to stop; it ends within seconds, and its result says so.</summary>
    Task StopRunAsync(Guid run, CancellationToken cancellation = default);

    /// <summary>Reads a schedule and says when it would run.</summary>
    Task<SchedulePreview> PreviewScheduleAsync(string schedule, CancellationToken cancellation = default);
}

/// <summary>Append only: stored by name.</summary>
public enum TaskKind
{
    DataReplication,
    Snapshot,
    /// <summary>Comparing both sides of a volume replication.</summary>
    VolumeReplicationVerify,
}

/// <summary>How a run, or a line of the task log, turned out.</summary>
public enum RunStatus
{
    Ok,
    Warning,
    Error,
}

/// <summary>What a line of the task log is about. Append only: stored by name.</summary>
public enum TaskAction
{
    Started,
    Finished,
    /// <summary>A slot of the schedule passed without a run.</summary>
    Missed,
}

/// <summary>What made a run start. Append only: stored by name.</summary>
public enum RunTrigger
{
    Schedule,
    Person,
}

/// <param name="Schedule">In its canonical spelling; null: only by hand.</param>
/// <param name="NextRun">Null while there is no schedule, it is disabled, or it has no slot left.</param>
/// <param name="LastRun">The run that began last; null before the first.</param>
/// <param name="RecoveryPoint">The moment whose data the last good run copied; null before the first, and for kinds without.</param>
/// <param name="Days">The last four weeks, the oldest day first.</param>
public sealed record TaskView(
    Guid Id,
    string Name,
    TaskKind Kind,
    string? Schedule,
    bool Enabled,
    DateTimeOffset? NextRun,
    RunView? LastRun,
    DateTimeOffset? RecoveryPoint,
    IReadOnlyList<TaskDay> Days);

/// <summary>The runs of one day of the node's time zone.</summary>
/// <param name="Worst">Null on a day without a run.</param>
/// <param name="Missed">Slots without a run.</param>
public sealed record TaskDay(DateOnly Date, RunStatus? Worst, int Runs, int Missed);

/// <summary>One run of a task.</summary>
/// <param name="User">Who started it; null for the schedule.</param>
/// <param name="FinishedAt">Null while it is going on.</param>
/// <param name="Status">Null while it is going on.</param>
/// <param name="Reason">Stable code such as <c>destination-full</c>; the UI translates by it. Null while it is going on.</param>
/// <param name="Detail">One English sentence.</param>
/// <param name="Progress">Only while it is going on and the engine reports.</param>
/// <param name="Result">Null while it is going on, and when nothing is known.</param>
public sealed record RunView(
    Guid Id,
    Guid TaskId,
    string TaskName,
    TaskKind Kind,
    RunTrigger Trigger,
    string? User,
    DateTimeOffset StartedAt,
    DateTimeOffset? FinishedAt,
    RunStatus? Status,
    string? Reason,
    string? Detail,
    RunProgressView? Progress,
    RunResultView? Result);

/// <param name="Phase"><c>preparing</c>, <c>copying</c>, <c>waiting</c> (for the next attempt) or <c>finishing</c>; <c>comparing</c> for a verify.</param>
/// <param name="Percent">0–100; null while the whole is not known.</param>
/// <param name="Reason">Code of why the last attempt failed, while the next one is waited for; null otherwise.</param>
/// <param name="Detail">The same as a sentence.</param>
public sealed record RunProgressView(
    string Phase, long Bytes, int? Percent, long BytesPerSecond, long? SecondsLeft, long FilesTransferred, long? FilesLeft, int Attempt,
    string? Reason = null, string? Detail = null)
{
    /// <summary>A data replication's, as the engine says it.</summary>
    public static RunProgressView Of(ReplicationProgress progress) => new(
        JsonNamingPolicy.CamelCase.ConvertName(progress.Phase.ToString()), progress.Bytes, progress.Percent, progress.BytesPerSecond, progress.SecondsLeft,
        progress.FilesTransferred, progress.FilesLeft, progress.Attempt,
        progress.Reason is { } reason ? JsonNamingPolicy.KebabCaseLower.ConvertName(reason.ToString()) : null, progress.Detail);
}

/// <summary>The figures of a run that has ended; null where they are not known.</summary>
/// <param name="RecoveryPoint">The moment whose data was copied.</param>
/// <param name="Output">All that the program printed; the middle of a long output is left out. Only in the details of one run.</param>
public sealed record RunResultView(
    DateTimeOffset? RecoveryPoint,
    int? ExitCode,
    int Attempts,
    long? SourceFiles,
    long? Files,
    long? FilesCreated,
    long? FilesDeleted,
    long? FilesTransferred,
    long? TotalBytes,
    long? TransferredBytes,
    long? SentBytes,
    double? Speedup,
    string? DestinationSnapshot,
    IReadOnlyList<string> Errors,
    string? Output);

/// <param name="Text">For a line that is not simply fine: why. English.</param>
/// <param name="Reason">Stable code of it.</param>
/// <param name="Run">Null for a missed slot.</param>
public sealed record TaskLogView(
    long Id, DateTimeOffset Time, Guid TaskId, string Name, TaskKind Kind, RunStatus Status, TaskAction Action, Guid? Run, string? Reason, string? Text);

/// <param name="Task">Name of a task.</param>
/// <param name="Search">In name and text, without regard to case; at most 200 characters.</param>
/// <param name="Before">Only lines with lower ids: the last id of the page before.</param>
/// <param name="Limit">1–500.</param>
public sealed record TaskLogQuery(
    string? Task = null, TaskKind? Kind = null, RunStatus? Status = null, string? Search = null, long? Before = null, int Limit = 100);

/// <param name="Schedule">The canonical spelling.</param>
/// <param name="NextRuns">Up to five.</param>
/// <param name="TimeZone">Of the node: the schedule is in its wall-clock time.</param>
public sealed record SchedulePreview(string Schedule, IReadOnlyList<DateTimeOffset> NextRuns, string TimeZone);
