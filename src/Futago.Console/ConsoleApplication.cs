using System.Net;
using System.Net.Sockets;
using Futago.Console.Account;
using Futago.Console.Api;
using Futago.Console.Components;
using Futago.Console.Postgres;
using Futago.Console.Security;
using Microsoft.AspNetCore.Connections;

namespace Futago.Console;

/// <summary>Composition root of the control plane.</summary>
public static partial class ConsoleApplication
{
    /// <summary>Runs the console until it is told to stop. Returns the exit code: 0 after an orderly stop, 1 when it cannot start.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        try
        {
            var options = ConsoleOptionsReader.Read(args);
            using var directory = DataDirectory.Open(options.DataDirectory);
            await using var app = Create(options, directory);
            // Made here and not on first use: what makes it impossible is a sentence for the person who started the console.
            var cluster = app.Services.GetService<PrivateCluster>();
            try
            {
                await app.StartAsync();
                await app.WaitForShutdownAsync();
            }
            finally
            {
                // After everything that uses it, and whatever made the console stop.
                if (cluster is not null)
                    await cluster.StopAsync();
            }
            return 0;
        }
        catch (StartupException e)
        {
            await System.Console.Error.WriteLineAsync(e.Message);
            return 1;
        }
        catch (IOException e) when (e.InnerException is AddressInUseException)
        {
            await System.Console.Error.WriteLineAsync($"{e.Message} Choose another one with --listen.");
            return 1;
        }
        catch (SocketException e)
        {
            await System.Console.Error.WriteLineAsync($"The console cannot listen: {e.Message}.");
            return 1;
        }
    }

    /// <summary>Builds the console, not started yet.</summary>
    /// <param name="configure">For tests: a last word on the services.</param>
    public static WebApplication Create(ConsoleOptions options, DataDirectory directory, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            // The manifests of the static files are found by this name, also when a test hosts the console.
            ApplicationName = typeof(ConsoleApplication).Assembly.GetName().Name,
            ContentRootPath = AppContext.BaseDirectory,
        });
        builder.WebHost.UseStaticWebAssets();
        builder.Logging.AddSimpleConsole(o => o.SingleLine = true);
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        // Keys are protected by the mode of their directory; saying at each start that they are not encrypted helps nobody.
        builder.Logging.AddFilter("Microsoft.AspNetCore.DataProtection.KeyManagement.XmlKeyManager", LogLevel.Error);
        // A failed statement comes back as an exception; the first start asks for a table that is not there yet.
        builder.Logging.AddFilter("Microsoft.EntityFrameworkCore", LogLevel.Error);
        builder.Logging.AddFilter("Microsoft.EntityFrameworkCore.Database.Command", LogLevel.None);
        // Pages hold WebSockets open: an orderly stop does not wait for their browsers.
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(10));
        builder.Listen(options, directory);
        builder.Services.AddControlPlane(options, directory);
        builder.Services.AddAccess(directory);
        builder.Services.AddWeb();
        configure?.Invoke(builder);

        var app = builder.Build();
        app.UseSecurityHeaders();
        app.UseRequestLocalization();
        app.UseMiddleware<ProblemMiddleware>();
        // A mistyped address of a page; the API's and the forms' answers have bodies or meanings of their own.
        app.UseWhen(context => HttpMethods.IsGet(context.Request.Method) && !context.Request.Path.StartsWithSegments("/api"),
            pages => pages.UseStatusCodePagesWithReExecute(ConsoleRoutes.NotFound));
        app.UseRouting();
        app.UseMiddleware<DatabaseGate>();
        app.UseRateLimiter();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseAntiforgery();
        app.MapStaticAssets().AllowAnonymous();
        app.MapBlazorScript();
        app.MapHealth();
        app.MapAccount();
        app.MapApi();
        app.MapPeer();
        app.MapOpenApi(ApiEndpoints.Root + "/openapi.json");
        app.MapConsoleComponents();
        return app;
    }

    /// <summary>The address that the HTTPS listener really has, once the application is started.</summary>
    public static IPEndPoint ListeningOn(WebApplication app)
    {
        var address = app.Urls.First(u => u.StartsWith("https://", StringComparison.Ordinal) && !u.Contains("unix:", StringComparison.Ordinal));
        return IPEndPoint.Parse(new Uri(address).Authority);
    }
}
