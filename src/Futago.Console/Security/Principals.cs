using System.Security.Claims;
using Futago.Console.Api;
using Futago.Console.Client.Users;
using Futago.Engine.Contracts;
using Futago.Management.Access;
using Microsoft.AspNetCore.Identity;

namespace Futago.Console.Security;

/// <summary>Between ASP.NET Core's principals and the product's actors.</summary>
public static class Principals
{
    private const string UserClaim = "futago:user";

    public static ClaimsPrincipal Create(Actor actor, string scheme)
    {
        List<Claim> claims = [new(ClaimTypes.Name, actor.Name), RoleClaim(actor.Role)];
        if (actor.User is { } user)
            claims.Add(new Claim(UserClaim, user));
        return new(new ClaimsIdentity(claims, scheme, ClaimTypes.Name, ClaimTypes.Role));
    }

    public static Claim RoleClaim(UserRole role) => new(ClaimTypes.Role, role.ToString().ToLowerInvariant());

    /// <summary>Null when the principal is not signed in or has no role of ours.</summary>
    public static Actor? ToActor(ClaimsPrincipal? principal)
    {
        if (principal?.Identity is not { IsAuthenticated: true, Name: { } name })
            return null;
        if (!Enum.TryParse<UserRole>(principal.FindFirstValue(ClaimTypes.Role), ignoreCase: true, out var role) || !Enum.IsDefined(role))
            return null;
        // The cookie's name is the user's; the other schemes say whose rights they carry.
        var byCookie = principal.Identity.AuthenticationType == IdentityConstants.ApplicationScheme;
        return new Actor(name, role) { User = byCookie ? name : principal.FindFirstValue(UserClaim), Interactive = byCookie };
    }

    public static Task ChallengeAsync(HttpContext context) => ProblemResponse.WriteAsync(context,
        new ProblemException(new Problem(ProblemCodes.Unauthorized, "Sign in, or send a valid API token."), StatusCodes.Status401Unauthorized));

    public static Task ForbidAsync(HttpContext context) => ProblemResponse.WriteAsync(context,
        new ProblemException(new Problem(ProblemCodes.Forbidden, "Your role does not allow this."), StatusCodes.Status403Forbidden));
}
