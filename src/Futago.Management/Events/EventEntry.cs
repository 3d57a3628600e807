using Futago.Engine.Contracts.Events;

namespace Futago.Management.Events;

/// <summary>One line of the event log: from the engine's journal, from the console itself, or what a user did.</summary>
public sealed class EventEntry
{
    /// <summary>Given by the database in the order of arrival.</summary>
    public long Id { get; init; }

    public required DateTimeOffset Time { get; init; }

    public required EventSeverity Severity { get; init; }

    /// <summary>One of <see cref="EventSource"/>.</summary>
    public required string Source { get; init; }

    public required string Code { get; init; }

    public string? Object { get; init; }

    /// <summary>Who did it, for audit entries.</summary>
    public string? User { get; init; }

    /// <summary>English sentence; never contains a secret.</summary>
    public required string Text { get; init; }

    public Dictionary<string, string>? Args { get; init; }

    /// <summary>Which journal the number below belongs to: grows when the engine's journal starts again.</summary>
    public int? JournalEpoch { get; init; }

    /// <summary>Number in the engine's journal; null for the console's own events.</summary>
    public long? EngineNumber { get; init; }
}
