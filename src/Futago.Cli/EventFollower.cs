using Futago.Console.Client.Events;
using Futago.Engine.Contracts;

namespace Futago.Cli;

/// <summary>
/// Shows events once each, oldest first, for as long as the person looks. A console that goes away is waited for: the events that
/// it collects when it is back are shown then.
/// </summary>
internal static class EventFollower
{
    /// <summary>Between two looks; more than this and the oldest of them are left out, with a word about it.</summary>
    private const int MaxEventsPerLook = 5000;

    public static async Task RunAsync(EventQuery query, Invocation call, Action<EventView> show)
    {
        long last = 0;
        foreach (var entry in (await call.Console.Events.ListAsync(query, call.Cancellation)).Reverse())
        {
            show(entry);
            last = Math.Max(last, entry.Id);
        }
        var away = false;
        while (true)
        {
            try
            {
                await Task.Delay(call.Environment.FollowInterval, call.Environment.Clock, call.Cancellation);
                foreach (var entry in await NewerThanAsync(last, query, call))
                {
                    show(entry);
                    last = entry.Id;
                }
                away = false;
            }
            catch (OperationCanceledException) when (call.Cancellation.IsCancellationRequested)
            {
                // Interrupting is how following ends.
                return;
            }
            catch (ProblemException e) when (Fallback.IsDown(e))
            {
                if (!away)
                    call.Note("The console does not answer; waiting for it.");
                away = true;
            }
        }
    }

    private static async Task<List<EventView>> NewerThanAsync(long last, EventQuery query, Invocation call)
    {
        var found = new List<EventView>();
        var page = query with { Before = null, Limit = 500 };
        while (found.Count < MaxEventsPerLook)
        {
            var entries = await call.Console.Events.ListAsync(page, call.Cancellation);
            found.AddRange(entries.Where(entry => entry.Id > last));
            if (entries.Count < page.Limit || entries[^1].Id <= last)
            {
                found.Reverse();
                return found;
            }
            page = page with { Before = entries[^1].Id };
        }
        call.Note($"More than {MaxEventsPerLook} events at once: the older ones are left out here, futago event list has them.");
        found.Reverse();
        return found;
    }
}
