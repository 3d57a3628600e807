using System.Text.Encodings.Web;
using Futago.Console.Client.Users;
using Futago.Management.Access;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Futago.Console.Security;

/// <summary>Signs in root on the CLI's socket, by the kernel's word. Chosen only for connections marked by <see cref="PeerFeature"/>.</summary>
public sealed class PeerAuthenticationHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public const string SchemeName = "Peer";
    public const string ActorName = "root (CLI)";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(
        Context.Features.Get<PeerFeature>() is { Trusted: true }
            ? AuthenticateResult.Success(new AuthenticationTicket(Principals.Create(new Actor(ActorName, UserRole.Administrator), SchemeName), SchemeName))
            : AuthenticateResult.NoResult());

    protected override Task HandleChallengeAsync(AuthenticationProperties properties) => Principals.ChallengeAsync(Context);

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) => Principals.ForbidAsync(Context);
}

/// <summary>Set once per connection on the CLI's socket.</summary>
public sealed record PeerFeature(bool Trusted);
