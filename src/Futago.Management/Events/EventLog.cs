using Futago.Console.Client.Events;
using Futago.Console.Client.Users;
using Futago.Engine.Contracts;
using Futago.Management.Access;

namespace Futago.Management.Events;

public sealed class EventLog(IEventStore store, ICurrentActor actor) : IEvents
{
    private const int LimitMax = 500;
    private const int SearchLengthMax = 200;

    public async Task<IReadOnlyList<EventView>> ListAsync(EventQuery query, CancellationToken cancellation = default)
    {
        await actor.RequireAsync(UserRole.Viewer);
        if (query.Limit is < 1 or > LimitMax)
            throw ProblemException.Invalid(ProblemCodes.RequestMalformed, $"A page of events has 1 to {LimitMax} entries.", "limit");
        if (query.Search?.Length > SearchLengthMax)
            throw ProblemException.Invalid(ProblemCodes.RequestMalformed, $"A search text has at most {SearchLengthMax} characters.", "search");
        if (query.Source is { Length: > 0 } source && !EventSource.IsKnown(source))
            throw ProblemException.Invalid(ProblemCodes.RequestMalformed, "The source of events is engine, console or audit.", "source");

        var entries = await store.ListAsync(query, cancellation);
        return [.. entries.Select(e => new EventView(e.Id, e.Time, e.Severity, e.Source, e.Code, e.Object, e.User, e.Text, e.Args))];
    }
}
