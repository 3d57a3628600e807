using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Futago.Engine.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Futago.Cli.Tests;

/// <summary>A console elsewhere: HTTPS with a certificate that nobody signed, as a node makes it at its first start.</summary>
public sealed class RemoteConsoleTests : IAsyncLifetime
{
    private readonly List<string> _authorizations = [];
    private X509Certificate2 _certificate = null!;
    private WebApplication _console = null!;
    private CliFixture _cli = null!;

    private string Url => _console.Urls.Single();

    private string Fingerprint => _certificate.GetCertHashString(HashAlgorithmName.SHA256);

    public async ValueTask InitializeAsync()
    {
        _certificate = SelfSigned();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(_certificate)));
        _console = builder.Build();
        _console.Run(context =>
        {
            lock (_authorizations)
                _authorizations.Add($"{context.Request.Path} {context.Request.Headers.Authorization}");
            if (context.Request.Path == "/api/v1/users")
                return context.Response.WriteAsJsonAsync(Array.Empty<string>());
            context.Response.Redirect("/api/v1/users");
            return Task.CompletedTask;
        });
        await _console.StartAsync();
        _cli = await CliFixture.StartAsync(console: false);
        _cli.WriteFile("T", "the-token\n");
    }

    public async ValueTask DisposeAsync()
    {
        await _cli.DisposeAsync();
        await _console.DisposeAsync();
        _certificate.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Fingerprint_OfItsCertificate_LetsTheTokenThrough(bool colons)
    {
        var fingerprint = colons ? string.Join(':', Fingerprint.Chunk(2).Select(pair => new string(pair))) : Fingerprint.ToLowerInvariant();

        var run = await RunAsync("user", "list", "--fingerprint", fingerprint);

        Assert.Equal("", run.Error);
        Assert.Equal(ExitCode.Success, run.ExitCode);
        Assert.Equal(["/api/v1/users Bearer the-token"], _authorizations);
    }

    [Fact]
    public async Task Fingerprint_OfAnotherCertificate_SendsNothing()
    {
        var run = await RunAsync("user", "list", "--json", "--fingerprint", new string('a', 64));

        AssertNotTrusted(run);
    }

    [Fact]
    public async Task Fingerprint_None_UnsignedCertificateIsNotTrusted()
    {
        var run = await RunAsync("user", "list", "--json");

        AssertNotTrusted(run);
    }

    [Fact]
    public async Task Redirect_FromTheConsole_IsNotFollowedWithTheToken()
    {
        var run = await RunAsync("token", "list", "--fingerprint", Fingerprint);

        Assert.Equal(ExitCode.Failed, run.ExitCode);
        Assert.Equal(["/api/v1/tokens Bearer the-token"], _authorizations);
    }

    [Fact]
    public async Task Token_FromStandardInput_IsUsed()
    {
        var run = await _cli.RunAsync(["user", "list", "--url", Url, "--token-file", "-", "--fingerprint", Fingerprint], "typed-token\n");

        Assert.Equal(ExitCode.Success, run.ExitCode);
        Assert.Equal(["/api/v1/users Bearer typed-token"], _authorizations);
    }

    private Task<CliRun> RunAsync(params string[] args) => _cli.RunAsync([.. args, "--url", Url, "--token-file", "T"]);

    private void AssertNotTrusted(CliRun run)
    {
        Assert.Equal(ExitCode.Failed, run.ExitCode);
        Assert.Equal(ProblemCodes.ConsoleUnreachable, (string?)JsonNode.Parse(run.Error)!["code"]);
        Assert.Contains("certificate", run.Error, StringComparison.Ordinal);
        Assert.Empty(_authorizations);
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=node", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var made = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }
}
