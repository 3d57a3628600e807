using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Futago.Console.Client.Events;
using Futago.Console.Client.Targets;
using Futago.Console.Client.Users;
using Futago.Console.Security;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Events;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Futago.Console.Tests.Api;

public sealed class ApiTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const string Name = "iqn.2026-01.example.futago:t0";

    [Fact]
    public async Task Socket_Root_IsAdministratorAndNamedInTheAudit()
    {
        await using var console = await RunningConsole.StartAsync(postgres.Server);
        using var cli = console.Local();

        using var created = await cli.PostAsJsonAsync("api/v1/targets", new CreateTargetRequest(Name), EngineJson.Options);
        var events = await cli.GetStringAsync("api/v1/events?source=audit");

        Assert.Equal(HttpStatusCode.OK, created.StatusCode);
        Assert.Contains("root (CLI)", events, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Socket_AnotherUser_IsNobody()
    {
        Assert.SkipWhen(PeerCredentials.OwnUser() != 0, "Only root can become another user.");
        await using var console = await RunningConsole.StartAsync(postgres.Server);
        // The directory is private to root; here everyone may walk into it, as in a runtime directory.
        File.SetUnixFileMode(Path.GetDirectoryName(console.Socket)!, (UnixFileMode)0b111_101_101);

        var status = await StatusAsNobodyAsync(console.Socket);

        Assert.StartsWith("HTTP/1.1 401", status, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0u, 1000u, true)]
    [InlineData(1000u, 1000u, true)]
    [InlineData(1001u, 1000u, false)]
    [InlineData(null, 0u, false)]
    public void PeerCredentials_OnlyRootAndOwnUser_AreTrusted(uint? peer, uint own, bool trusted) =>
        Assert.Equal(trusted, PeerCredentials.IsTrusted(peer, own));

    [Theory]
    [InlineData("/api/v1/targets")]
    [InlineData("/api/v1/events")]
    [InlineData("/api/v1/openapi.json")]
    public async Task Https_NotSignedIn_IsUnauthorized(string path)
    {
        await using var console = await RunningConsole.StartAsync(postgres.Server);
        using var browser = console.Browser();

        using var response = await browser.GetAsync(path);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        var problem = await response.Content.ReadFromJsonAsync<Problem>(EngineJson.Options);
        Assert.Equal(ProblemCodes.Unauthorized, problem!.Code);
    }

    [Fact]
    public async Task Token_OfEachRole_MayDoWhatTheRoleMay()
    {
        await using var console = await RunningConsole.StartAsync(postgres.Server, adminPassword: "correct-horse-9");
        using var cli = console.Local();
        using var created = await cli.PostAsJsonAsync("api/v1/targets", new CreateTargetRequest(Name), EngineJson.Options);
        var viewer = await TokenAsync(cli, UserRole.Viewer);
        var @operator = await TokenAsync(cli, UserRole.Operator);
        var administrator = await TokenAsync(cli, UserRole.Administrator);

        Assert.Equal("200, 403, 403, 403", await TryAsync(console, viewer));
        Assert.Equal("200, 200, 403, 403", await TryAsync(console, @operator));
        Assert.Equal("200, 200, 200, 200", await TryAsync(console, administrator));
        Assert.Equal("401, 401, 401, 401", await TryAsync(console, "futago_wrong"));
    }

    [Fact]
    public async Task Routes_ThatChangeSomething_NeedMoreThanAViewer()
    {
        await using var console = await RunningConsole.StartAsync(postgres.Server);
        var routes = console.App.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(e => e.RoutePattern.RawText?.StartsWith("/api/v1/", StringComparison.Ordinal) == true && e.Metadata.GetMetadata<HttpMethodMetadata>() is not null)
            .ToList();

        var open = routes
            .Where(e => e.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Any(m => m != "GET"))
            .Where(e => e.Metadata.GetOrderedMetadata<IAuthorizeData>().All(a => a.Policy is not (Policies.Operator or Policies.Administrator)))
            .Select(e => e.DisplayName);

        Assert.True(routes.Count > 30, $"Only {routes.Count} routes were found.");
        // One's own password; more than that the use case refuses.
        Assert.Equal(["HTTP: PATCH /api/v1/users/{name}"], open);
    }

    [Theory]
    [InlineData("POST", "targets", """{"name":"t0"}""", 400, ProblemCodes.TargetNameInvalid, "name")]
    [InlineData("POST", "targets", """{"name":5}""", 400, ProblemCodes.RequestMalformed, null)]
    [InlineData("POST", "targets", "{", 400, ProblemCodes.RequestMalformed, null)]
    [InlineData("POST", "targets", "", 400, ProblemCodes.RequestMalformed, null)]
    [InlineData("PATCH", "settings", """{"nodeName":"-"}""", 400, ProblemCodes.NameInvalid, "nodeName")]
    [InlineData("PATCH", "settings", """{"portals":[{"address":"x","port":1}]}""", 400, ProblemCodes.PortalInvalid, "portals")]
    [InlineData("PATCH", "settings", """{"portals":[{"address":null,"port":1}]}""", 400, ProblemCodes.PortalInvalid, "portals")]
    [InlineData("POST", "users", """{"name":"a","password":"short","role":"viewer"}""", 400, ProblemCodes.PasswordInvalid, "password")]
    [InlineData("POST", "users", """{"name":"a","password":"long-enough-1","role":"king"}""", 400, ProblemCodes.RequestMalformed, null)]
    [InlineData("POST", "users", """{"password":"long-enough-1","role":"viewer"}""", 400, ProblemCodes.NameInvalid, "name")]
    [InlineData("GET", "events?limit=501", null, 400, ProblemCodes.RequestMalformed, "limit")]
    [InlineData("GET", "events?minimumSeverity=loud", null, 400, ProblemCodes.RequestMalformed, "minimumSeverity")]
    [InlineData("GET", "events?minimumSeverity=1", null, 400, ProblemCodes.RequestMalformed, "minimumSeverity")]
    [InlineData("GET", "events?limit=x", null, 400, ProblemCodes.RequestMalformed, null)]
    [InlineData("GET", "targets/none", null, 404, ProblemCodes.TargetNotFound, null)]
    [InlineData("GET", "volumes", null, 503, ProblemCodes.EngineUnreachable, null)]
    [InlineData("GET", "volume-replications/none", null, 404, ProblemCodes.VolumeReplicationNotFound, null)]
    [InlineData("POST", "volume-replications/none/switch", "{}", 404, ProblemCodes.VolumeReplicationNotFound, null)]
    [InlineData("POST", "volume-replications/none/discard-side", """{"side":"both","confirm":"none"}""", 400, ProblemCodes.RequestMalformed, null)]
    [InlineData("POST", "volume-replications", """{"name":"r","source":"vg00/lv0000","destination":"vg00/lv0000"}""", 409, ProblemCodes.PairNotPaired, null)]
    [InlineData("POST", "volume-replications", """{"name":"r","source":"vg00/lv0000","destination":"lv0000"}""", 400, ProblemCodes.NameInvalid, "destination")]
    [InlineData("POST", "volume-replications", """{"name":"r","source":"vg00/lv0000","destination":"vg00/lv0000","resyncLimitBytesPerSecond":1}""", 400, ProblemCodes.VolumeReplicationLimitInvalid, "resyncLimitBytesPerSecond")]
    [InlineData("GET", "volume-replication-destinations", null, 400, ProblemCodes.RequestMalformed, null)]
    [InlineData("GET", "nothing", null, 404, ProblemCodes.RequestMalformed, null)]
    [InlineData("DELETE", "tokens/00000000-0000-0000-0000-000000000000", null, 404, ProblemCodes.TokenNotFound, null)]
    public async Task Request_Bad_GetsAProblemDocument(string method, string path, string? body, int status, string code, string? field)
    {
        await using var console = await RunningConsole.StartAsync(postgres.Server);
        using var cli = console.Local();
        using var request = new HttpRequestMessage(new HttpMethod(method), "api/v1/" + path);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");

        using var response = await cli.SendAsync(request);

        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        using var document = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        Assert.Equal((status, code), ((int)response.StatusCode, document.RootElement.GetProperty("code").GetString()));
        Assert.Equal(field, document.RootElement.TryGetProperty("field", out var value) ? value.GetString() : null);
        Assert.Equal(status, document.RootElement.GetProperty("status").GetInt32());
        Assert.NotEmpty(document.RootElement.GetProperty("title").GetString()!);
    }

    [Theory]
    [InlineData("warning")]
    [InlineData("Warning")]
    [InlineData("WARNING")]
    public async Task Events_MinimumSeverity_IgnoresCase(string severity)
    {
        await using var console = await RunningConsole.StartAsync(postgres.Server, "long-enough-1");
        using var cli = console.Local();

        using var all = await cli.GetAsync("api/v1/events");
        using var filtered = await cli.GetAsync($"api/v1/events?minimumSeverity={severity}");

        var events = await all.Content.ReadFromJsonAsync<List<EventView>>(EngineJson.Options);
        var shown = await filtered.Content.ReadFromJsonAsync<List<EventView>>(EngineJson.Options);
        Assert.Contains(events!, e => e.Severity == EventSeverity.Info);
        Assert.DoesNotContain(shown!, e => e.Severity == EventSeverity.Info);
    }

    [Fact]
    public async Task OwnPassword_ChangedWithAViewersToken_Works()
    {
        await using var console = await RunningConsole.StartAsync(postgres.Server);
        using var cli = console.Local();
        using var program = console.Browser();
        program.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await TokenAsync(cli, UserRole.Viewer));

        using var own = await program.PatchAsJsonAsync("/api/v1/users/user-Viewer", new UpdateUserRequest("another-password"), EngineJson.Options);
        using var role = await program.PatchAsJsonAsync("/api/v1/users/user-Viewer", new UpdateUserRequest(Role: UserRole.Administrator), EngineJson.Options);
        using var another = await program.PatchAsJsonAsync("/api/v1/users/admin", new UpdateUserRequest("another-password"), EngineJson.Options);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden), (own.StatusCode, role.StatusCode, another.StatusCode));
    }

    [Fact]
    public async Task OpenApi_DescribesEveryRouteOfTheApi()
    {
        await using var console = await RunningConsole.StartAsync(postgres.Server);
        using var cli = console.Local();

        using var document = JsonDocument.Parse(await cli.GetStringAsync("api/v1/openapi.json"));

        var described = document.RootElement.GetProperty("paths").EnumerateObject().Select(p => p.Name).ToHashSet();
        Assert.Contains("/api/v1/targets/{name}/luns/{lun}", described);
        Assert.Contains("/api/v1/volumes/{group}/{name}/deletion-preview", described);
        Assert.True(described.Count >= 25, $"Only {described.Count} paths are described.");
        List<string> incomplete = [];
        foreach (var path in document.RootElement.GetProperty("paths").EnumerateObject())
        {
            foreach (var operation in path.Value.EnumerateObject())
            {
                var responses = operation.Value.GetProperty("responses");
                var answered = responses.TryGetProperty("204", out _)
                    || (responses.TryGetProperty("200", out var ok) && ok.TryGetProperty("content", out var body) && body.EnumerateObject().All(c => c.Value.TryGetProperty("schema", out _)));
                var refused = responses.TryGetProperty("default", out var problem)
                    && problem.GetProperty("content").GetProperty("application/problem+json").GetProperty("schema").TryGetProperty("$ref", out _);
                var asked = !operation.Value.TryGetProperty("requestBody", out var request) || request.GetProperty("content").GetProperty("application/json").TryGetProperty("schema", out _);
                if (!answered || !refused || !asked)
                    incomplete.Add($"{operation.Name} {path.Name}: {operation.Value}");
            }
        }
        Assert.Empty(incomplete);
        Assert.Contains("detail", document.RootElement.GetProperty("components").GetProperty("schemas").GetProperty("ProblemDocument").GetProperty("properties").EnumerateObject().Select(p => p.Name));
    }

    [Fact]
    public async Task Health_IsOpenAndScriptIsServedWithItsTag()
    {
        await using var console = await RunningConsole.StartAsync(postgres.Server);
        using var browser = console.Browser();

        var health = await browser.GetStringAsync("/healthz");
        using var script = await browser.GetAsync("/_framework/blazor.web.js");
        using var again = new HttpRequestMessage(HttpMethod.Get, "/_framework/blazor.web.js");
        again.Headers.IfNoneMatch.Add(script.Headers.ETag!);
        using var unchanged = await browser.SendAsync(again);

        Assert.Contains("\"up\"", health, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, script.StatusCode);
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
        Assert.Contains("frame-ancestors 'none'", script.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task DataDirectory_InUse_IsRefusedInOneSentence()
    {
        await using var console = await RunningConsole.StartAsync(postgres.Server);

        var refusal = Assert.Throws<StartupException>(() => DataDirectory.Open(console.DataDirectoryPath));

        Assert.Contains("Another console is running", refusal.Message, StringComparison.Ordinal);
    }

    private static async Task<string> TryAsync(RunningConsole console, string token)
    {
        using var program = console.Browser();
        program.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var read = await program.GetAsync("/api/v1/targets");
        using var start = await program.PostAsync($"/api/v1/targets/{Name}/start", null);
        using var change = await program.PatchAsJsonAsync($"/api/v1/targets/{Name}", new UpdateTargetRequest(Alias: "a"), EngineJson.Options);
        using var users = await program.GetAsync("/api/v1/users");
        return $"{(int)read.StatusCode}, {(int)start.StatusCode}, {(int)change.StatusCode}, {(int)users.StatusCode}";
    }

    private static async Task<string> TokenAsync(HttpClient cli, UserRole role)
    {
        using var user = await cli.PostAsJsonAsync("api/v1/users", new CreateUserRequest($"user-{role}", "long-enough-1", role), EngineJson.Options);
        Assert.Equal(HttpStatusCode.OK, user.StatusCode);
        using var token = await cli.PostAsJsonAsync("api/v1/tokens", new { user = $"user-{role}", name = "test" }, EngineJson.Options);
        return (await token.Content.ReadFromJsonAsync<TokenView>(EngineJson.Options))!.Value!;
    }

    private static async Task<string> StatusAsNobodyAsync(string socket)
    {
        const string script = "my $s = IO::Socket::UNIX->new(Peer => $ARGV[0]) or die $!; print $s \"GET /api/v1/targets HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\n\\r\\n\"; print scalar <$s>;";
        using var process = Process.Start(new ProcessStartInfo("setpriv",
            ["--reuid", "65534", "--regid", "65534", "--clear-groups", "perl", "-MIO::Socket::UNIX", "-e", script, socket])
        { RedirectStandardOutput = true })!;
        var line = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return line;
    }
}
