using Futago.Management.Access;
using Microsoft.AspNetCore.Components.Authorization;

namespace Futago.Console.Security;

/// <summary>The actor of the present request, or of the circuit that an interactive page lives in.</summary>
public sealed class CurrentActor(IHttpContextAccessor contexts, IServiceProvider services) : ICurrentActor
{
    public async ValueTask<Actor?> GetAsync()
    {
        // In a circuit the circuit's own state counts: it is revalidated, while the request it began with is not.
        if (services.GetService<AuthenticationStateProvider>() is { } provider)
        {
            try
            {
                return Principals.ToActor((await provider.GetAuthenticationStateAsync()).User);
            }
            catch (InvalidOperationException)
            {
                // The provider has no state outside of a page: this is an API request.
            }
        }
        return Principals.ToActor(contexts.HttpContext?.User);
    }
}
