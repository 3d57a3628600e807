using Futago.Console.Client.Users;
using Futago.Engine.Contracts;

namespace Futago.Management.Access;

/// <summary>
/// The person or program behind the present request or page. Every use case asks it, so that a page that forgets to hide a
/// button still cannot do what its user may not.
/// </summary>
public interface ICurrentActor
{
    /// <summary>Null when nobody is signed in.</summary>
    ValueTask<Actor?> GetAsync();
}

public static class CurrentActorExtensions
{
    /// <summary>The actor, who has at least <paramref name="minimum"/>; a problem 401 or 403 otherwise.</summary>
    public static async ValueTask<Actor> RequireAsync(this ICurrentActor current, UserRole minimum)
    {
        var actor = await current.GetAsync()
            ?? throw new ProblemException(new Problem(ProblemCodes.Unauthorized, "Sign in first."), 401);
        if (actor.Role < minimum)
        {
            var role = minimum == UserRole.Operator ? "operator" : "administrator";
            throw new ProblemException(new Problem(ProblemCodes.Forbidden, $"This needs the role {role}.", null,
                new Dictionary<string, string> { ["role"] = role }), 403);
        }
        return actor;
    }
}
