using Futago.Console.Client.Node;
using Futago.Console.Postgres;

namespace Futago.Console.Api;

/// <summary><c>GET /healthz</c>: open to anyone, so it says no more than a person at the door could see.</summary>
internal static class HealthEndpoint
{
    public static void MapHealth(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/healthz", (DatabaseStatus database, ILiveStatus live) => Results.Json(
            new Health(database.Ready ? "up" : "starting", database.Ready, live.Connected),
            statusCode: database.Ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable))
            .AllowAnonymous().ExcludeFromDescription();

    private sealed record Health(string Status, bool Database, bool Engine);
}
