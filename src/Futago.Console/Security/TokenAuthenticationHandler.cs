using System.Text.Encodings.Web;
using Futago.Persistence.Identity;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Futago.Console.Security;

/// <summary>API tokens: <c>Authorization: Bearer futago_…</c>, RFC 6750 section 2.1.</summary>
public sealed class TokenAuthenticationHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder, UserManagement users)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public const string SchemeName = "Token";
    public const string HeaderPrefix = "Bearer ";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization.ToString();
        if (!header.StartsWith(HeaderPrefix, StringComparison.OrdinalIgnoreCase))
            return AuthenticateResult.NoResult();
        var actor = await users.AuthenticateTokenAsync(header[HeaderPrefix.Length..].Trim(), Context.RequestAborted);
        return actor is null
            ? AuthenticateResult.Fail("No such token.")
            : AuthenticateResult.Success(new AuthenticationTicket(Principals.Create(actor, SchemeName), SchemeName));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = "Bearer";
        return Principals.ChallengeAsync(Context);
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) => Principals.ForbidAsync(Context);
}
