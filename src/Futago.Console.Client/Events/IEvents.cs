using Futago.Engine.Contracts.Events;

namespace Futago.Console.Client.Events;

/// <param name="Source"><c>engine</c>, <c>console</c> (its own observations) or <c>audit</c> (what a user did).</param>
/// <param name="User">Who did it, for audit entries.</param>
public sealed record EventView(
    long Id,
    DateTimeOffset Time,
    EventSeverity Severity,
    string Source,
    string Code,
    string? Object,
    string? User,
    string Text,
    IReadOnlyDictionary<string, string>? Args);

/// <param name="Before">Only events with lower ids: the last id of the page before.</param>
/// <param name="Limit">1–500.</param>
public sealed record EventQuery(EventSeverity? MinimumSeverity = null, string? Source = null, string? Search = null, long? Before = null, int Limit = 100);

public interface IEvents
{
    /// <summary>Newest first.</summary>
    Task<IReadOnlyList<EventView>> ListAsync(EventQuery query, CancellationToken cancellation = default);
}
