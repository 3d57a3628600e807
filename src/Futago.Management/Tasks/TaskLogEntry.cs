using Futago.Console.Client.Tasks;

namespace Futago.Management.Tasks;

/// <summary>One line of the task log.</summary>
public sealed class TaskLogEntry
{
    /// <summary>Given by the database in the order of arrival.</summary>
    public long Id { get; init; }

    public required DateTimeOffset Time { get; init; }

    public required Guid TaskId { get; init; }

    public required string Name { get; init; }

    public required TaskKind Kind { get; init; }

    public required RunStatus Status { get; init; }

    public required TaskAction Action { get; init; }

    public Guid? RunId { get; init; }

    public string? Reason { get; init; }

    public string? Text { get; init; }
}
