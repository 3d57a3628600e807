using System.Text.Json;
using System.Text.Json.Nodes;
using Futago.Console.Client.Node;
using Futago.Engine.Contracts;

namespace Futago.Cli.Tests;

public class FallbackTests
{
    [Theory]
    [InlineData("session list", "GET /v1/sessions")]
    [InlineData("volume list", "GET /v1/volumes")]
    [InlineData("volume show vg00/lv0000", "GET /v1/volumes")]
    [InlineData("target list", "GET /v1/targets")]
    [InlineData("group list", "GET /v1/groups")]
    [InlineData("unit list", "GET /v1/units")]
    public async Task Reading_ConsoleDown_ComesFromTheEngineAndSaysSo(string line, string request)
    {
        await using var cli = await CliFixture.StartAsync(console: false, engine: true);
        PrepareEngine(cli);

        var run = await cli.RunAsync(line);

        Assert.Equal(ExitCode.Success, run.ExitCode);
        Assert.Contains("straight from the engine", run.Error, StringComparison.Ordinal);
        Assert.NotEqual("", run.Output);
        Assert.Equal(request, Assert.Single(cli.Engine!.Requests).Line);
    }

    [Fact]
    public async Task Reading_DatabaseDown_ComesFromTheEngine()
    {
        await using var cli = await CliFixture.StartAsync(engine: true);
        PrepareEngine(cli);
        cli.Console!.Answer("GET /api/v1/targets", new Problem(ProblemCodes.DatabaseUnreachable, "The database is starting."), 503);

        var run = await cli.RunAsync("target list --json");

        Assert.Equal(ExitCode.Success, run.ExitCode);
        Assert.Equal(JsonSerializer.Serialize(new[] { Samples.Status }, EngineJson.Options), run.Output.TrimEnd());
    }

    [Fact]
    public async Task Reading_NeitherAnswers_FailsWithTheConsolesProblem()
    {
        await using var cli = await CliFixture.StartAsync(console: false);

        var run = await cli.RunAsync("volume list --json");

        Assert.Equal(ExitCode.Failed, run.ExitCode);
        Assert.Equal(ProblemCodes.ConsoleUnreachable, (string?)JsonNode.Parse(run.Error)!["code"]);
    }

    [Fact]
    public async Task Reading_ConsoleRefuses_DoesNotAskTheEngine()
    {
        await using var cli = await CliFixture.StartAsync(engine: true);
        PrepareEngine(cli);
        cli.Console!.Answer("GET /api/v1/volumes", new Problem(ProblemCodes.Forbidden, "No."), 403);

        var run = await cli.RunAsync("volume list");

        Assert.Equal(ExitCode.Failed, run.ExitCode);
        Assert.Empty(cli.Engine!.Requests);
    }

    [Fact]
    public async Task Status_ConsoleDown_SucceedsFromTheEngine()
    {
        await using var cli = await CliFixture.StartAsync(console: false, engine: true);
        PrepareEngine(cli);

        var text = await cli.RunAsync("status");
        var json = await cli.RunAsync("status --json");

        Assert.Equal(ExitCode.Success, text.ExitCode);
        Assert.Contains("vg00/lv0000 online, 1 GiB", text.Output, StringComparison.Ordinal);
        Assert.Contains("there is no such socket", text.Output, StringComparison.Ordinal);
        var report = JsonNode.Parse(json.Output)!;
        Assert.False((bool?)report["consoleReachable"]);
        Assert.True((bool?)report["engineReachable"]);
        Assert.Equal("vg00", (string?)report["groups"]![0]!["name"]);
    }

    [Fact]
    public async Task Status_EngineDown_FailsAndSaysWhy()
    {
        await using var cli = await CliFixture.StartAsync();
        cli.Console!.Answer("GET /api/v1/node", new NodeView("solo", "0.1.0", 5, null, "The engine stopped.", true));

        var run = await cli.RunAsync("status");

        Assert.Equal(ExitCode.Failed, run.ExitCode);
        Assert.Contains("The engine stopped.", run.Output, StringComparison.Ordinal);
        Assert.Contains("Console:  running", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Status_EngineSocketUnknown_AsksTheConsole()
    {
        await using var cli = await CliFixture.StartAsync();
        cli.Console!.Answer("GET /api/v1/node", new NodeView("solo", "0.1.0", 5, Samples.Node, null, true));
        cli.Console.Answer("GET /api/v1/groups", new[] { Samples.Group });
        cli.Console.Answer("GET /api/v1/volumes", new[] { Samples.Volume() });
        cli.Console.Answer("GET /api/v1/targets", new[] { Samples.Target });

        var run = await cli.RunAsync(["status", "--socket", cli.ConsoleSocket]);

        Assert.Equal(ExitCode.Success, run.ExitCode);
        Assert.Contains("running, sessions: 1", run.Output, StringComparison.Ordinal);
    }

    private static void PrepareEngine(CliFixture cli)
    {
        cli.Engine!.Answer("GET /v1/node", Samples.Node);
        cli.Engine.Answer("GET /v1/units", new[] { Samples.Unit("/u/unit0.img") });
        cli.Engine.Answer("GET /v1/groups", new[] { Samples.Group });
        cli.Engine.Answer("GET /v1/volumes", new[] { Samples.Volume() });
        cli.Engine.Answer("GET /v1/targets", new[] { Samples.Status });
        cli.Engine.Answer("GET /v1/sessions", new[] { Samples.Session });
    }
}
