using Futago.Console.Security;
using Futago.Engine.Contracts;

namespace Futago.Console.Api;

/// <summary>The REST API: thin adapters, one file per noun, over the same interfaces that the pages use.</summary>
public static class ApiEndpoints
{
    public const string Root = "/api/v1";

    public static void MapApi(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup(Root).RequireAuthorization(Policies.Viewer).AddEndpointFilter(SameOriginFilter.CheckAsync);
        api.MapNode();
        api.MapPair();
        api.MapUnits();
        api.MapGroups();
        api.MapVolumes();
        api.MapSnapshots();
        api.MapSnapshotSchedules();
        api.MapShares();
        api.MapTargets();
        api.MapLuns();
        api.MapSessions();
        api.MapDiagnostics();
        api.MapEvents();
        api.MapTasks();
        api.MapDataReplication();
        api.MapVolumeReplications();
        api.MapFailover();
        api.MapNetwork();
        api.MapUsers();
        api.MapTokens();
        // An unknown address of the API is a program's mistake: it gets a problem document and not a page.
        api.Map("/{**rest}", IResult (HttpContext context) =>
            throw ProblemException.NotFound(ProblemCodes.RequestMalformed, $"There is no {context.Request.Method} {context.Request.Path} in this API."))
            .ExcludeFromDescription();
    }

    internal static TBuilder Operators<TBuilder>(this TBuilder builder) where TBuilder : IEndpointConventionBuilder =>
        builder.RequireAuthorization(Policies.Operator);

    internal static TBuilder Administrators<TBuilder>(this TBuilder builder) where TBuilder : IEndpointConventionBuilder =>
        builder.RequireAuthorization(Policies.Administrator);
}
