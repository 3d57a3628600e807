using Futago.Persistence;
using Futago.Persistence.Identity;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.AspNetCore.Identity;

namespace Futago.Console.Account;

/// <summary>Ends what an open page may do when its user has been deleted, given another role or another password meanwhile.</summary>
public sealed class CircuitRevalidation(ILoggerFactory loggers, IServiceScopeFactory scopes) : RevalidatingServerAuthenticationStateProvider(loggers)
{
    protected override TimeSpan RevalidationInterval => TimeSpan.FromMinutes(1);

    protected override async Task<bool> ValidateAuthenticationStateAsync(AuthenticationState authenticationState, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var manager = scope.ServiceProvider.GetRequiredService<SignInManager<ApplianceUser>>();
        try
        {
            return await manager.ValidateSecurityStampAsync(authenticationState.User) is not null;
        }
        catch (Exception e) when (Database.IsUnreachable(e))
        {
            // Without the database nothing can be changed anyway; the next round asks again.
            return true;
        }
    }
}
