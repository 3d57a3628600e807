using System.ComponentModel;
using Futago.Console.Client.Events;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Events;

namespace Futago.Console.Api;

internal static class EventEndpoints
{
    private const int DefaultLimit = 100;

    public static void MapEvents(this RouteGroupBuilder api) =>
        api.MapGet("/events", ([Description("info, warning or error")] string? minimumSeverity, string? source, string? search, long? before, int? limit, IEvents events, CancellationToken cancellation) =>
            events.ListAsync(new EventQuery(ParseSeverity(minimumSeverity), source, search, before, limit ?? DefaultLimit), cancellation));

    // The framework reads enumerations in queries letter for letter, and their names elsewhere in the API begin small.
    private static EventSeverity? ParseSeverity(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return null;
        foreach (var severity in Enum.GetValues<EventSeverity>())
        {
            if (severity.ToString().Equals(text, StringComparison.OrdinalIgnoreCase))
                return severity;
        }
        throw ProblemException.Invalid(ProblemCodes.RequestMalformed, "A severity is info, warning or error.", "minimumSeverity");
    }
}
