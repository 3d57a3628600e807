using System.Security.Claims;
using Futago.Console.Client.Users;
using Futago.Console.Pairing;
using Microsoft.AspNetCore.Authorization;

namespace Futago.Console.Security;

/// <summary>One policy per role; each role includes the ones below it.</summary>
public static class Policies
{
    public const string Viewer = "viewer";
    public const string Operator = "operator";
    public const string Administrator = "administrator";

    /// <summary>The console of the peer; no user has it, whatever the role.</summary>
    public const string PairedNode = "paired-node";

    public static void Configure(AuthorizationOptions options)
    {
        options.AddPolicy(Viewer, p => p.RequireAssertion(c => Has(c.User, UserRole.Viewer)));
        options.AddPolicy(Operator, p => p.RequireAssertion(c => Has(c.User, UserRole.Operator)));
        options.AddPolicy(Administrator, p => p.RequireAssertion(c => Has(c.User, UserRole.Administrator)));
        options.AddPolicy(PairedNode, p => p.RequireAssertion(c => c.User.Identity is { IsAuthenticated: true, AuthenticationType: PairedNodeAuthenticationHandler.SchemeName }));
        // Closed by default: what does not say otherwise needs a signed-in user.
        options.FallbackPolicy = options.GetPolicy(Viewer);
        options.DefaultPolicy = options.GetPolicy(Viewer)!;
    }

    private static bool Has(ClaimsPrincipal user, UserRole minimum) => Principals.ToActor(user) is { } actor && actor.Role >= minimum;
}
