using System.Diagnostics.CodeAnalysis;
using Futago.Console.Client.Events;
using Futago.Console.Security;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Events;
using Futago.Management.Access;
using Futago.Management.Events;
using Futago.Persistence.Identity;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Localization;
using Microsoft.AspNetCore.Mvc;

namespace Futago.Console.Account;

/// <summary>
/// The form posts behind the pages /setup and /sign-in. They answer with redirects: to where the person wanted to go, or back to
/// the form with <c>?error=code</c>. Antiforgery tokens are checked by the framework, because the parameters are form fields.
/// </summary>
public static class AccountEndpoints
{
    public const string RateLimit = "sign-in";

    public static readonly string[] Cultures = ["en", "ja"];

    public static void MapAccount(this IEndpointRouteBuilder routes)
    {
        var account = routes.MapGroup("/account").AllowAnonymous().ExcludeFromDescription();
        account.MapPost("/setup", SetUpAsync).RequireRateLimiting(RateLimit);
        account.MapPost("/sign-in", SignInAsync).RequireRateLimiting(RateLimit);
        account.MapPost("/sign-out", SignOutAsync);
        account.MapPost("/language", SetLanguage);
    }

    private static async Task<IResult> SetUpAsync(
        HttpContext context, UserManagement users, SignInManager<ApplianceUser> signIn, SetupCode wantedCode,
        [FromForm] string? userName, [FromForm] string? password, [FromForm] string? confirmPassword, [FromForm] string? setupCode)
    {
        try
        {
            if (!await users.IsEmptyAsync(context.RequestAborted))
                return Results.LocalRedirect("/sign-in?error=" + ProblemCodes.SetupDone);
            if (SetupCode.IsNeeded(context.Connection.RemoteIpAddress) && !wantedCode.Matches(setupCode))
                return Results.LocalRedirect("/setup?error=" + ProblemCodes.SetupCodeWrong);
            if (!string.Equals(password, confirmPassword, StringComparison.Ordinal))
                return Results.LocalRedirect("/setup?error=" + ProblemCodes.PasswordMismatch);
            var user = await users.CreateFirstAdministratorAsync(userName, password, context.RequestAborted);
            wantedCode.Forget();
            await signIn.SignInAsync(await signIn.UserManager.FindByIdAsync(user.Id.ToString()) ?? user, isPersistent: false);
            return Results.LocalRedirect("/");
        }
        catch (ProblemException e)
        {
            return Results.LocalRedirect((e.Problem.Code == ProblemCodes.SetupDone ? "/sign-in?error=" : "/setup?error=") + e.Problem.Code);
        }
    }

    private static async Task<IResult> SignInAsync(
        HttpContext context, SignInManager<ApplianceUser> signIn, AuditLog audit, TimeProvider time,
        [FromForm] string? userName, [FromForm] string? password, [FromForm] string? remember, [FromForm] string? returnUrl)
    {
        var name = userName?.Trim() ?? "";
        // Over-long input is not worth the hashing; the answer is the same as for any other wrong one.
        var plausible = name.Length is > 0 and <= AccountRules.NameLengthMax && password is { Length: > 0 and <= AccountRules.PasswordLengthMax };
        var user = plausible ? await signIn.UserManager.FindByNameAsync(name) : null;
        var result = user is null
            ? Microsoft.AspNetCore.Identity.SignInResult.Failed
            : await signIn.PasswordSignInAsync(user, password!, isPersistent: remember is "true" or "on", lockoutOnFailure: true);
        var address = context.Connection.RemoteIpAddress?.ToString() ?? "local";
        if (!result.Succeeded)
        {
            var code = result.IsLockedOut ? ProblemCodes.SignInLocked : ProblemCodes.SignInFailed;
            // The name is logged only when there is such a user: people type passwords into the wrong field.
            await audit.ObserveAsync(EventSeverity.Warning, ConsoleEventCodes.SignInFailed, user?.UserName,
                $"A sign-in from {address} failed{(result.IsLockedOut ? "; the account is locked for some minutes" : "")}.", ("address", address));
            return Results.LocalRedirect($"/sign-in?error={code}&returnUrl={Uri.EscapeDataString(LocalOrHome(returnUrl))}");
        }
        user!.LastSignInAt = time.GetUtcNow();
        await signIn.UserManager.UpdateAsync(user);
        await audit.RecordAsync(new Actor(user.UserName!, user.Role), ConsoleEventCodes.SignedIn, user.UserName!, $"{user.UserName} signed in from {address}.", args: ("address", address));
        return Results.LocalRedirect(LocalOrHome(returnUrl));
    }

    private static async Task<IResult> SignOutAsync(HttpContext context, SignInManager<ApplianceUser> signIn, AuditLog audit, [FromForm] string? returnUrl)
    {
        if (Principals.ToActor(context.User) is { } actor)
            await audit.RecordAsync(actor, ConsoleEventCodes.SignedOut, actor.Name, $"{actor.Name} signed out.");
        await signIn.SignOutAsync();
        return Results.LocalRedirect(returnUrl is null ? "/sign-in" : LocalOrHome(returnUrl));
    }

    private static IResult SetLanguage(HttpContext context, TimeProvider time, [FromForm] string? culture, [FromForm] string? returnUrl)
    {
        if (Array.IndexOf(Cultures, culture) >= 0)
        {
            context.Response.Cookies.Append(CookieRequestCultureProvider.DefaultCookieName,
                CookieRequestCultureProvider.MakeCookieValue(new RequestCulture(culture!)),
                new CookieOptions { Expires = time.GetUtcNow().AddYears(1), IsEssential = true, HttpOnly = true, SameSite = SameSiteMode.Lax, Secure = context.Request.IsHttps });
        }
        return Results.LocalRedirect(LocalOrHome(returnUrl));
    }

    // What comes back from a form must not lead to another site: "//evil.example" and "/\evil.example" are absolute to browsers.
    public static string LocalOrHome(string? returnUrl) => IsLocal(returnUrl) ? returnUrl : "/";

    private static bool IsLocal([NotNullWhen(true)] string? url) =>
        url is ['/', ..] and not ['/', '/' or '\\', ..] && url.Length <= 2048 && !url.Any(char.IsControl);
}
