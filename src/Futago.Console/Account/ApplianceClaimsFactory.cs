using System.Security.Claims;
using Futago.Console.Security;
using Futago.Persistence.Identity;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Futago.Console.Account;

/// <summary>Puts the user's role into the cookie.</summary>
public sealed class ApplianceClaimsFactory(UserManager<ApplianceUser> manager, IOptions<IdentityOptions> options)
    : UserClaimsPrincipalFactory<ApplianceUser>(manager, options)
{
    protected override async Task<ClaimsIdentity> GenerateClaimsAsync(ApplianceUser user)
    {
        var identity = await base.GenerateClaimsAsync(user);
        identity.AddClaim(Principals.RoleClaim(user.Role));
        return identity;
    }
}
