using System.Globalization;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Futago.Console.Components;
using Futago.Console.Security;
using Futago.Console.Tests.Fakes;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Futago.Console.Tests.Host;

/// <summary>The real pages over the fakes, on a loopback port, signed in as the user whom the cookie <c>role</c> names.</summary>
public static class PageHost
{
    public static async Task<WebApplication> StartAsync(FakeNode node)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            ApplicationName = typeof(App).Assembly.GetName().Name,
            ContentRootPath = AppContext.BaseDirectory,
            EnvironmentName = "Development",
        });
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.UseStaticWebAssets();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        node.Register(builder.Services);
        builder.Services.AddConsoleComponents();
        builder.Services.AddAuthentication("cookie-role").AddScheme<AuthenticationSchemeOptions, RoleCookie>("cookie-role", null);
        builder.Services.AddAuthorization();
        builder.Services.Configure<RequestLocalizationOptions>(o =>
        {
            o.SupportedCultures = o.SupportedUICultures = [.. ConsoleComponents.Cultures.Select(c => new CultureInfo(c))];
            o.SetDefaultCulture(ConsoleComponents.Cultures[0]);
        });
        var app = builder.Build();
        app.UseSecurityHeaders();
        app.UseRequestLocalization();
        app.UseStatusCodePagesWithReExecute(ConsoleRoutes.NotFound);
        app.UseRouting();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseAntiforgery();
        app.MapStaticAssets();
        app.MapBlazorScript();
        app.MapConsoleComponents();
        await app.StartAsync();
        return app;
    }

    private sealed class RoleCookie(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync()
        {
            if (Request.Cookies["role"] is not { } role)
                return Task.FromResult(AuthenticateResult.NoResult());
            var identity = new ClaimsIdentity([new(ClaimTypes.Name, "admin"), new(ClaimTypes.Role, role)], Scheme.Name);
            return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Scheme.Name)));
        }
    }
}
