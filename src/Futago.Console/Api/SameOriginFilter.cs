using Futago.Engine.Contracts;
using Microsoft.AspNetCore.Identity;

namespace Futago.Console.Api;

/// <summary>
/// Writes with the sign-in cookie must come from the console's own pages. The cookie is SameSite=Lax already; this also covers
/// other ports of the same host, which browsers count as the same site.
/// </summary>
public static class SameOriginFilter
{
    public static ValueTask<object?> CheckAsync(EndpointFilterInvocationContext invocation, EndpointFilterDelegate next)
    {
        var context = invocation.HttpContext;
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method)
            && context.User.Identity?.AuthenticationType == IdentityConstants.ApplicationScheme && !IsSameOrigin(context.Request))
            throw new ProblemException(new Problem(ProblemCodes.Forbidden, "This request comes from another site. Use an API token for programs."), StatusCodes.Status403Forbidden);
        return next(invocation);
    }

    private static bool IsSameOrigin(HttpRequest request)
    {
        if (request.Headers.TryGetValue("Sec-Fetch-Site", out var site))
            return site == "same-origin";
        return request.Headers.Origin is [{ } origin] && origin == $"{request.Scheme}://{request.Host}";
    }
}
