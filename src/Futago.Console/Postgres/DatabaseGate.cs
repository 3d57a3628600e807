using Futago.Console.Account;
using Futago.Console.Api;
using Futago.Engine.Contracts;
using Microsoft.AspNetCore.Components.Endpoints;

namespace Futago.Console.Postgres;

/// <summary>
/// What happens to requests while the database is not there: pages lead to the page that says so, the API answers 503. And while
/// there is no user at all, every page leads to the one that creates the first.
/// </summary>
public sealed class DatabaseGate(RequestDelegate next, DatabaseStatus status, FirstVisit firstVisit)
{
    private const string Starting = "/starting";
    private const string Setup = "/setup";

    /// <summary>Leads to the page that waits for the database, and from there back to the page that was asked for.</summary>
    public static void RedirectToStarting(HttpContext context)
    {
        var wanted = HttpMethods.IsGet(context.Request.Method) ? context.Request.Path + context.Request.QueryString : "/";
        context.Response.Redirect($"{Starting}?returnUrl={Uri.EscapeDataString(wanted)}");
    }

    public async Task InvokeAsync(HttpContext context)
    {
        var path = context.Request.Path;
        var isPage = context.GetEndpoint()?.Metadata.GetMetadata<ComponentTypeMetadata>() is not null;
        var isForm = path.StartsWithSegments("/account", StringComparison.Ordinal) && !path.StartsWithSegments("/account/language", StringComparison.Ordinal);

        if (!status.Ready)
        {
            if (path.StartsWithSegments("/api", StringComparison.Ordinal))
                await ProblemResponse.WriteAsync(context, new ProblemException(new Problem(ProblemCodes.DatabaseUnreachable,
                    $"{status.Problem} iSCSI goes on meanwhile; try again in a few seconds."), StatusCodes.Status503ServiceUnavailable));
            else if ((isPage && !path.StartsWithSegments(Starting, StringComparison.Ordinal)) || isForm)
                RedirectToStarting(context);
            else
                await next(context);
            return;
        }
        if (isPage && path.StartsWithSegments(Starting, StringComparison.Ordinal))
        {
            context.Response.Redirect(AccountEndpoints.LocalOrHome(context.Request.Query["returnUrl"]));
            return;
        }
        if (isPage)
        {
            var onSetup = path.StartsWithSegments(Setup, StringComparison.Ordinal);
            var setupNeeded = await firstVisit.IsNeededAsync(context.RequestAborted);
            if (setupNeeded != onSetup)
            {
                context.Response.Redirect(setupNeeded ? Setup : "/");
                return;
            }
        }
        await next(context);
    }
}
