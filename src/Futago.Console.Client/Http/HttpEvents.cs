using System.Globalization;
using Futago.Console.Client.Events;
using Futago.Engine.Contracts;

namespace Futago.Console.Client.Http;

internal sealed class HttpEvents(ApiConnection api) : IEvents
{
    public Task<IReadOnlyList<EventView>> ListAsync(EventQuery query, CancellationToken cancellation = default)
    {
        var parameters = new List<string> { $"limit={query.Limit.ToString(CultureInfo.InvariantCulture)}" };
        if (query.MinimumSeverity is { } severity)
            // Capitalised, unlike in documents: the console reads enum values of a query with regard to case.
            parameters.Add($"minimumSeverity={severity}");
        if (query.Source is { } source)
            parameters.Add($"source={ApiConnection.Escape(source)}");
        if (query.Search is { } search)
            parameters.Add($"search={ApiConnection.Escape(search)}");
        if (query.Before is { } before)
            parameters.Add($"before={before.ToString(CultureInfo.InvariantCulture)}");
        return api.GetAsync<IReadOnlyList<EventView>>($"events?{string.Join('&', parameters)}", cancellation);
    }
}
