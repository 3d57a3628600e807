using Futago.Console.Client.Targets;

namespace Futago.Console.Api;

internal static class SessionEndpoints
{
    public static void MapSessions(this RouteGroupBuilder api)
    {
        api.MapGet("/sessions", (ISessions sessions, CancellationToken cancellation) => sessions.ListAsync(cancellation));
        api.MapDelete("/sessions/{id:long}", async (long id, ISessions sessions, CancellationToken cancellation) =>
        {
            await sessions.CloseAsync(id, cancellation);
            return TypedResults.NoContent();
        }).Operators();
        api.MapGet("/refused-logins", (ISessions sessions, CancellationToken cancellation) => sessions.ListRefusedLoginsAsync(cancellation));
    }
}
