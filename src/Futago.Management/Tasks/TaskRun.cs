using Futago.Console.Client.Tasks;

namespace Futago.Management.Tasks;

/// <summary>One run of a task. The task may be deleted later; its runs stay.</summary>
public sealed class TaskRun
{
    public Guid Id { get; init; } = Guid.NewGuid();

    public required Guid TaskId { get; init; }

    public required string TaskName { get; init; }

    public required TaskKind Kind { get; init; }

    public required RunTrigger Trigger { get; init; }

    public string? User { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Null while it is going on. The database lets a task have one such run at most.</summary>
    public DateTimeOffset? FinishedAt { get; set; }

    public RunStatus? Status { get; set; }

    public string? Reason { get; set; }

    public string? Detail { get; set; }

    /// <summary>Of a run that was good enough to be one.</summary>
    public DateTimeOffset? RecoveryPoint { get; set; }

    /// <summary>JSON of <see cref="RunResultView"/> without its output.</summary>
    public string? Result { get; set; }

    public string? Output { get; set; }
}
