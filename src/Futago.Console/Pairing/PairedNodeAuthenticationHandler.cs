using System.Security.Claims;
using System.Text.Encodings.Web;
using Futago.Console.Api;
using Futago.Engine.Contracts;
using Futago.Management.Pairing;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Futago.Console.Pairing;

/// <summary>
/// Signs in the console of the peer by its certificate. It gets no role of a user: what it may do is what
/// <see cref="Api.PeerEndpoints"/> offers, and nothing of the API for people.
/// </summary>
public sealed class PairedNodeAuthenticationHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder, PeerRequests requests)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public const string SchemeName = "PairedNode";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (PeerTls.FingerprintOf(Context) is not { } fingerprint || await requests.FindAsync(fingerprint, Context.RequestAborted) is not { } peer)
            return AuthenticateResult.NoResult();
        var identity = new ClaimsIdentity([new Claim(ClaimTypes.Name, peer.Name)], SchemeName);
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), SchemeName));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties) => RefuseAsync();

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) => RefuseAsync();

    private Task RefuseAsync() => ProblemResponse.WriteAsync(Context,
        new ProblemException(new Problem(ProblemCodes.PairNotPaired, "This node is not paired with the one that asks."), StatusCodes.Status401Unauthorized));
}
