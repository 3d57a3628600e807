using Futago.Console.Postgres;
using Futago.Console.Security;
using Futago.Persistence;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Identity;

namespace Futago.Console.Account;

/// <summary>Sends people to the sign-in page and programs a problem document, and revalidates cookies while the database is there.</summary>
public sealed class CookieEvents(DatabaseStatus database) : CookieAuthenticationEvents
{
    public override Task RedirectToLogin(RedirectContext<CookieAuthenticationOptions> context) =>
        IsApi(context.Request) ? Principals.ChallengeAsync(context.HttpContext) : base.RedirectToLogin(context);

    public override Task RedirectToAccessDenied(RedirectContext<CookieAuthenticationOptions> context) =>
        IsApi(context.Request) ? Principals.ForbidAsync(context.HttpContext) : base.RedirectToAccessDenied(context);

    public override async Task ValidatePrincipal(CookieValidatePrincipalContext context)
    {
        if (!database.Ready)
            return;
        try
        {
            await SecurityStampValidator.ValidatePrincipalAsync(context);
        }
        catch (Exception e) when (Database.IsUnreachable(e))
        {
            // Gone this very moment: the request itself will say so.
        }
    }

    private static bool IsApi(HttpRequest request) => request.Path.StartsWithSegments("/api", StringComparison.Ordinal);
}
