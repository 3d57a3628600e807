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

    /// <summary>The oldest are dropped by the thousand: to look for them costs as much as to store the new ones, and events come in ones and twos.</summary>
    private const int TrimEvery = 1000;

    /// <summary>As it was stored last, by this object; who finds another one in the database reads it again.</summary>
    private JournalPosition? _position;

    /// <summary>Copies all that is there now; returns how many entries were new.</summary>
    /// <param name="newest">Number of the engine's last entry, when that is known already: then nobody is asked whether there are more.</param>
    public async Task<int> CollectAsync(long? newest = null, CancellationToken cancellation = default)
    {
        var copied = 0;
        var trims = false;
        var position = _position ?? await store.GetPositionAsync(cancellation);
        // From here to the end of the round it may be any.
        _position = null;
        while (newest != position.LastNumber)
        {
            var events = await engine.ListEventsAsync(position.LastNumber, cancellation);
            if (events.Count == 0)
            {
                // A journal that some have just been copied from is the same one.
                if (copied > 0 || !await RestartIfJournalIsNewAsync(position, cancellation))
                    break;
                position = await store.GetPositionAsync(cancellation);
                continue;
            }
            // Numbers only grow (see EngineEvent): an answer that breaks this must not move the position backwards.
            if (events[0].Number <= position.LastNumber || events.Zip(events.Skip(1)).Any(p => p.Second.Number <= p.First.Number))
                throw new InvalidDataException($"The engine's journal is out of order after number {position.LastNumber}.");
            if (!await store.AppendJournalAsync(position, events, cancellation))
            {
                position = await store.GetPositionAsync(cancellation);
                continue;
            }
            copied += events.Count;
            trims |= events[^1].Number / TrimEvery != position.LastNumber / TrimEvery;
            position.LastNumber = events[^1].Number;
        }
        if (copied > 0)
            LogCopied(logger, copied);
        if (trims)
            await store.TrimAsync(EventsKept, cancellation);
        _position = position;
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
