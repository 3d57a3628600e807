using Futago.Console.Client.Events;

namespace Futago.Console.Tests.Fakes;

public sealed class FakeEvents : FakeService, IEvents
{
    public List<EventView> Entries { get; } = [];

    public EventQuery? LastQuery { get; private set; }

    public Task<IReadOnlyList<EventView>> ListAsync(EventQuery query, CancellationToken cancellation = default)
    {
        LastQuery = query;
        Answer();
        return Task.FromResult<IReadOnlyList<EventView>>(
        [
            .. Entries.Where(e => e.Severity >= (query.MinimumSeverity ?? 0) && (query.Source is null || e.Source == query.Source)
                    && (query.Before is null || e.Id < query.Before)
                    && (query.Search is null || e.Text.Contains(query.Search, StringComparison.OrdinalIgnoreCase)))
                .OrderByDescending(e => e.Id).Take(query.Limit),
        ]);
    }
}
