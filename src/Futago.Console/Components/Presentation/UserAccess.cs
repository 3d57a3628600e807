using System.Security.Claims;
using Futago.Console.Client.Users;

namespace Futago.Console.Components.Presentation;

/// <summary>
/// Who sits in front of the page, so that it offers only what will be allowed. The use cases check for themselves.
/// </summary>
public sealed record UserAccess(string Name, UserRole? Role)
{
    public static UserAccess None { get; } = new("", null);

    /// <summary>May start, stop and close.</summary>
    public bool CanOperate => Role >= UserRole.Operator;

    /// <summary>May create, change and delete.</summary>
    public bool CanAdminister => Role >= UserRole.Administrator;

    public static UserAccess Of(ClaimsPrincipal user)
    {
        UserRole? highest = null;
        foreach (var claim in user.FindAll(c => c.Type is ClaimTypes.Role or "role"))
        {
            if (Enum.TryParse<UserRole>(claim.Value, ignoreCase: true, out var role) && (highest is null || role > highest))
                highest = role;
        }
        return new UserAccess(user.Identity?.Name ?? "", highest);
    }
}
