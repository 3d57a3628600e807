using Futago.Console.Account;
using Futago.Console.Components.Presentation;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Radzen;

namespace Futago.Console.Components;

/// <summary>What the pages need from the host. The interfaces of Futago.Console.Client are the host's to register.</summary>
public static class ConsoleComponents
{
    /// <summary>Languages of the console, the default first.</summary>
    public static IReadOnlyList<string> Cultures { get; } = AccountEndpoints.Cultures;

    public static IServiceCollection AddConsoleComponents(this IServiceCollection services)
    {
        services.AddRazorComponents().AddInteractiveServerComponents();
        services.AddCascadingAuthenticationState();
        services.AddLocalization();
        return services.AddPageServices();
    }

    /// <summary>What pages and dialogs inject besides the interfaces of Futago.Console.Client.</summary>
    public static IServiceCollection AddPageServices(this IServiceCollection services)
    {
        services.AddRadzenComponents();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<TimeText>();
        return services;
    }

    public static RazorComponentsEndpointConventionBuilder MapConsoleComponents(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapRazorComponents<App>().AddInteractiveServerRenderMode();
}
