using System.Net;
using System.Net.Sockets;
using Futago.Console.Security;
using Futago.Testing.Postgres;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Futago.Console.Tests.Api;

/// <summary>
/// The whole console in this process: HTTPS on a free port, the CLI's socket, a database of its own on a real PostgreSQL, and no
/// engine. One server serves all tests of a class.
/// </summary>
public sealed class RunningConsole : IAsyncDisposable
{
    /// <summary>A page of the test's own that hands out an antiforgery token as the real forms do.</summary>
    private const string TokenPath = "/test/antiforgery";

    private readonly string _directory = Directory.CreateTempSubdirectory("futago-console-").FullName;
    private readonly DataDirectory _data;

    private RunningConsole(PostgresServer postgres, string database, string? adminPassword)
    {
        Socket = Path.Combine(_directory, "console.sock");
        _data = DataDirectory.Open(Path.Combine(_directory, "console"));
        App = ConsoleApplication.Create(new ConsoleOptions
        {
            DataDirectory = _data.FullPath,
            ConnectionString = $"{postgres.ConnectionString};Database={database}",
            EngineSocket = Path.Combine(_directory, "no-engine.sock"),
            Socket = Socket,
            Listen = new IPEndPoint(IPAddress.Loopback, 0),
            ImageDirectory = "/images",
            NodeName = "nodea",
            AdminPassword = adminPassword,
        }, _data, builder =>
        {
            builder.Logging.ClearProviders();
            builder.Services.AddTransient<IStartupFilter, AntiforgeryPage>();
        });
    }

    public WebApplication App { get; }

    public string Socket { get; }

    public string DataDirectoryPath => _data.FullPath;

    public Uri Address { get; private set; } = new("https://unset");

    public static async Task<RunningConsole> StartAsync(PostgresServer postgres, string? adminPassword = null)
    {
        var database = "c" + Guid.NewGuid().ToString("N");
        await using (var source = NpgsqlDataSource.Create($"{postgres.ConnectionString};Database=postgres;Pooling=false"))
        await using (var create = source.CreateCommand($"CREATE DATABASE {database}"))
            await create.ExecuteNonQueryAsync();
        var console = new RunningConsole(postgres, database, adminPassword);
        await console.App.StartAsync();
        console.Address = new Uri($"https://{ConsoleApplication.ListeningOn(console.App)}");
        await console.App.Services.GetRequiredService<Futago.Console.Postgres.DatabaseStatus>().WaitUntilReadyAsync(CancellationToken.None).WaitAsync(TimeSpan.FromMinutes(2));
        return console;
    }

    /// <summary>A browser: keeps cookies, follows no redirects, trusts exactly this console's certificate.</summary>
    public HttpClient Browser()
    {
        var fingerprint = File.ReadAllText(Path.Combine(_data.FullPath, "certificate.sha256")).Trim();
        var handler = new HttpClientHandler
        {
            AllowAutoRedirect = false,
            ServerCertificateCustomValidationCallback = (_, certificate, _, _) =>
                certificate is not null && Convert.ToHexStringLower(certificate.GetCertHash(System.Security.Cryptography.HashAlgorithmName.SHA256)) == fingerprint,
        };
        return new HttpClient(handler) { BaseAddress = Address };
    }

    /// <summary>The CLI's way in.</summary>
    public HttpClient Local() => new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, cancellation) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(Socket), cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    { BaseAddress = new Uri("http://console/") };

    /// <summary>Posts a form as the page at <see cref="TokenPath"/> would.</summary>
    public static async Task<HttpResponseMessage> PostFormAsync(HttpClient browser, string path, params (string Name, string Value)[] fields)
    {
        var token = await browser.GetStringAsync(TokenPath);
        using var form = new FormUrlEncodedContent([new("__RequestVerificationToken", token), .. fields.Select(f => KeyValuePair.Create(f.Name, f.Value))]);
        return await browser.PostAsync(path, form);
    }

    public async ValueTask DisposeAsync()
    {
        await App.StopAsync();
        await App.DisposeAsync();
        _data.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private sealed class AntiforgeryPage : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use(async (context, rest) =>
            {
                if (context.Request.Path != TokenPath)
                {
                    await rest(context);
                    return;
                }
                // The token belongs to the user whose cookie comes with it, as on a page behind the authentication.
                var result = await Microsoft.AspNetCore.Authentication.AuthenticationHttpContextExtensions.AuthenticateAsync(context);
                if (result.Principal is not null)
                    context.User = result.Principal;
                await context.Response.WriteAsync(context.RequestServices.GetRequiredService<IAntiforgery>().GetAndStoreTokens(context).RequestToken!);
            });
            next(app);
        };
    }
}
