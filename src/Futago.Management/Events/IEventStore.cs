using Futago.Console.Client.Events;
using Futago.Engine.Contracts.Events;

namespace Futago.Management.Events;

public interface IEventStore
{
    Task AppendAsync(EventEntry entry, CancellationToken cancellation = default);

    /// <summary>Newest first; <paramref name="query"/> has been checked.</summary>
    Task<IReadOnlyList<EventEntry>> ListAsync(EventQuery query, CancellationToken cancellation = default);

    Task<JournalPosition> GetPositionAsync(CancellationToken cancellation = default);

    /// <summary>
    /// Stores journal entries that follow <paramref name="from"/> and moves the position, in one transaction. False, and nothing
    /// stored, when the position is no longer <paramref name="from"/> because someone else has copied them already.
    /// </summary>
    Task<bool> AppendJournalAsync(JournalPosition from, IReadOnlyList<EngineEvent> events, CancellationToken cancellation = default);

    /// <summary>Begins a new epoch at number 0, because the engine's journal starts again.</summary>
    Task RestartJournalAsync(JournalPosition from, EventEntry entry, CancellationToken cancellation = default);

    /// <summary>Drops the oldest events beyond <paramref name="keep"/>, so that the log stays bounded.</summary>
    Task TrimAsync(int keep, CancellationToken cancellation = default);
}
