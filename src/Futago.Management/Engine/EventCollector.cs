using Futago.Console.Client.Events;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Events;
using Futago.Management.Events;
using Microsoft.Extensions.Logging;

namespace Futago.Management.Engine;

/// <summary>
/// Copies the engine's journal into the event log, each entry exactly once: the entries and the number of the last one are
/// stored in one transaction, so that a crash at any moment repeats nothing and loses nothing.
/// </summary>
public sealed partial class EventCollector(EngineClient engine, IEventStore store, AuditLog audit, ILogger<EventCollector> logger)
{
    private const int EventsKept = 100_000;

    /// <summary>Copies all that is there now; returns how many entries were new.</summary>
    public async Task<int> CollectAsync(CancellationToken cancellation = default)
    {
        var copied = 0;
        while (true)
        {
            var position = await store.GetPositionAsync(cancellation);
            var events = await engine.ListEventsAsync(position.LastNumber, cancellation);
            if (events.Count == 0)
            {
                if (!await RestartIfJournalIsNewAsync(position, cancellation))
                    break;
                continue;
            }
            // Numbers only grow (see EngineEvent): an answer that breaks this must not move the position backwards.
            if (events[0].Number <= position.LastNumber || events.Zip(events.Skip(1)).Any(p => p.Second.Number <= p.First.Number))
                throw new InvalidDataException($"The engine's journal is out of order after number {position.LastNumber}.");
            if (await store.AppendJournalAsync(position, events, cancellation))
                copied += events.Count;
        }
        if (copied > 0)
        {
            LogCopied(logger, copied);
            await store.TrimAsync(EventsKept, cancellation);
        }
        return copied;
    }

    // An engine whose last number is below ours has a new state directory and counts from 1 again.
    private async Task<bool> RestartIfJournalIsNewAsync(JournalPosition position, CancellationToken cancellation)
    {
        var last = (await engine.GetNodeAsync(cancellation)).LastEventNumber;
        if (last >= position.LastNumber)
            return false;
        await store.RestartJournalAsync(position, audit.Observation(EventSeverity.Warning, ConsoleEventCodes.JournalRestarted, null,
            "The engine's journal starts again from the beginning: its state directory is a new one."), cancellation);
        return true;
    }

    [LoggerMessage(1201, LogLevel.Debug, "Events copied from the engine: {Count}")]
    private static partial void LogCopied(ILogger logger, int count);
}
