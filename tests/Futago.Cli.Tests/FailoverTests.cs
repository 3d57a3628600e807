using System.Text.Json;
using Futago.Console.Client.Failover;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Failover;
using Futago.Engine.Contracts.Replication;

namespace Futago.Cli.Tests;

/// <summary>What a person reads of the failover, what is waited for, and what asks first.</summary>
public class FailoverTests
{
    private const string Route = "/api/v1/failover";

    [Fact]
    public async Task Status_SaysEverythingThatIsKnown()
    {
        await using var cli = await CliFixture.StartAsync();
        cli.Console!.Answer($"GET {Route}", FailoverSamples.View);

        var run = await cli.RunAsync("failover status");

        foreach (var part in new[]
        {
            "Failover: running", "nodea, primary, active, data UpToDate", "nodeb, secondary, passive, data UpToDate", "10.77.0.10/24 on eth0, held by this node",
            "eth0: 10.77.0.1 – 10.77.0.2, up, round trip 250 µs, loss 0 %", "eth1: 10.78.0.1 – 10.78.0.2, down, round trip -, loss 12.5 %. No answer.",
            "10.77.0.254, seen here (400 µs), not seen at the peer", "10.77.0.3:7791, reachable", "replication1: vg00/lv0000", Samples.Iqn,
            "became active, automatic, term 4: 812 ms, after 5100 ms of silence", "Promote 300 ms, AddVirtualIp 12.5 ms",
        })
            Assert.Contains(part, run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Status_ConsoleDown_ComesFromTheEngine()
    {
        await using var cli = await CliFixture.StartAsync(console: false, engine: true);
        cli.Engine!.Answer("GET /v1/node", Samples.Node);
        cli.Engine.Answer("GET /v1/failover", FailoverSamples.Status);

        var run = await cli.RunAsync("failover status");

        Assert.Equal(ExitCode.Success, run.ExitCode);
        Assert.Contains("straight from the engine", run.Error, StringComparison.Ordinal);
        Assert.Contains("solo, primary, active, data UpToDate", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NetworkList_ConsoleDown_ComesFromTheEngine()
    {
        await using var cli = await CliFixture.StartAsync(console: false, engine: true);
        cli.Engine!.Answer("GET /v1/network/nics", new[] { FailoverSamples.Nic });

        var run = await cli.RunAsync("network list");

        Assert.Contains("10.77.0.1/24, 10.77.0.10/24 (virtual IP)", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_AnErrorStands_FailsWithALineForEachCheck()
    {
        await using var cli = await CliFixture.StartAsync();
        cli.Console!.Answer($"GET {Route}/check", FailoverSamples.NotReady);

        var run = await cli.RunAsync("failover check");

        Assert.Equal(ExitCode.Failed, run.ExitCode);
        var lines = run.Output.TrimEnd().Split('\n');
        Assert.Equal(4, lines.Length);
        Assert.Matches("^ok +peer +nodeb answers.$", lines[0]);
        Assert.Matches("^warning +witness +Without", lines[1]);
        Assert.Matches("^ERROR +targets +LUN 0 has write-back on.$", lines[2]);
    }

    [Fact]
    public async Task Switch_Wait_UntilTheOtherNodeServes()
    {
        await using var cli = await CliFixture.StartAsync();
        var handing = With(FailoverState.HandingOver, FailoverState.TakingOver);
        cli.Console!.Answer($"POST {Route}/switch", handing);
        var asked = 0;
        cli.Console.Answer($"GET {Route}", () => (200, Json(++asked < 3 ? handing : With(FailoverState.Passive, FailoverState.ActiveMirrored))));

        var run = await cli.RunAsync("failover switch --wait");

        Assert.Equal((ExitCode.Success, 3), (run.ExitCode, asked));
        Assert.Contains("nodea is handing over, nodeb becoming active", run.Error, StringComparison.Ordinal);
        Assert.Contains("nodeb, secondary, active", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sync_Wait_UntilBothHaveTheSameData()
    {
        await using var cli = await CliFixture.StartAsync();
        var copying = FailoverSamples.View with
        {
            Status = FailoverSamples.Status with
            {
                Peer = FailoverSamples.Status.Peer! with { Data = DataState.Inconsistent },
                Command = new FailoverCommandStatus(FailoverCommandKind.Sync, Samples.Time, null, null),
            },
        };
        cli.Console!.Answer($"POST {Route}/sync", copying);
        var asked = 0;
        cli.Console.Answer($"GET {Route}", () => (200, Json(++asked < 2 ? copying : FailoverSamples.View)));

        var run = await cli.RunAsync("failover sync --wait");

        Assert.Equal(ExitCode.Success, run.ExitCode);
        Assert.Contains("data UpToDate and Inconsistent", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wait_TheCommandFails_SaysWhy()
    {
        await using var cli = await CliFixture.StartAsync();
        var failed = FailoverSamples.View with
        {
            Status = FailoverSamples.Status with
            {
                Peer = FailoverSamples.Status.Peer! with { Data = DataState.Inconsistent },
                Command = new FailoverCommandStatus(FailoverCommandKind.Sync, Samples.Time, Samples.Time, new Problem(ProblemCodes.FailoverTimedOut, "It was not done in time.")),
            },
        };
        cli.Console!.Answer($"POST {Route}/sync", failed);
        cli.Console.Answer($"GET {Route}", failed);

        var run = await cli.RunAsync("failover sync --wait");

        Assert.Equal(ExitCode.Failed, run.ExitCode);
        Assert.Contains("It was not done in time.", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nodea", ExitCode.Success, 1)]
    [InlineData("nodeb", ExitCode.Failed, 0)]
    public async Task ServeAnyway_OnATerminal_WantsTheNameTyped(string typed, int exitCode, int sent)
    {
        await using var cli = await CliFixture.StartAsync();
        cli.IsTerminal = true;
        cli.Console!.Answer($"GET {Route}", FailoverSamples.View);
        cli.Console.Answer($"POST {Route}/serve-anyway", FailoverSamples.View);

        var run = await cli.RunAsync("failover serve-anyway", typed);

        Assert.Equal(exitCode, run.ExitCode);
        Assert.Equal(sent, cli.Console.Requests.Count(r => r.Line == $"POST {Route}/serve-anyway"));
        Assert.Contains("both nodes write", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("failover create --virtual-ip 10.77.0.10/24")]
    [InlineData("failover create --nic eth0")]
    [InlineData("failover create --virtual-ip 10.77.0.10/24 --virtual-ip 10.77.0.11/24 --virtual-ip 10.77.0.12/24 --nic eth0 --nic eth1")]
    [InlineData("failover maintenance perhaps")]
    public async Task Options_ThatDoNotGoTogether_AreUsageErrors(string line)
    {
        await using var cli = await CliFixture.StartAsync();

        var run = await cli.RunAsync(line);

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Empty(cli.Console!.Requests);
    }

    private static FailoverView With(FailoverState here, FailoverState peer) => FailoverSamples.View with
    {
        Status = FailoverSamples.Status with { State = here, Peer = FailoverSamples.Status.Peer! with { State = peer } },
    };

    private static string Json(FailoverView view) => JsonSerializer.Serialize(view, EngineJson.Options);

    [Fact]
    public async Task Create_WithVolumes_SendsThemAndSaysEachStep()
    {
        await using var cli = await CliFixture.StartAsync();
        FailoverPlanStep[] steps = [new(FailoverPlanKind.Target, FailoverStepState.Done, "Target t", new Dictionary<string, string>()), new(FailoverPlanKind.Failover, FailoverStepState.Done, "The failover", new Dictionary<string, string>())];
        cli.Console!.Answer($"POST {Route}/plan", new FailoverPlan(steps));
        cli.Console.Answer($"GET {Route}/progress", new FailoverPlan(steps));
        cli.Console.Answer($"POST {Route}", FailoverSamples.View);

        var run = await cli.RunAsync("failover create --volume vg00/lv1 --volume vg00/lv2 --size 1GiB --target iqn.2026-01.example:t --lun 1 --lun 2 --allow ALL --virtual-ip 10.77.0.10/24 --nic eth0");

        Assert.Equal(ExitCode.Success, run.ExitCode);
        var sent = JsonSerializer.Deserialize<FailoverChange>(cli.Console.Requests.Last(r => r.Line == $"POST {Route}").Body, EngineJson.Options)!;
        Assert.Equal(
            [new NewFailoverVolume("vg00/lv1", ByteSize.GiB, "iqn.2026-01.example:t", Lun: 1, Allow: "ALL"), new NewFailoverVolume("vg00/lv2", ByteSize.GiB, "iqn.2026-01.example:t", Lun: 2, Allow: "ALL")],
            sent.NewVolumes);
        Assert.Contains("done    Target t", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--size 1GiB")]
    [InlineData("--volume vg00/lv1 --target iqn.2026-01.example:t")]
    [InlineData("--volume vg00/lv1 --size 1GiB")]
    [InlineData("--volume vg00/lv1 --size much --target iqn.2026-01.example:t")]
    [InlineData("--volume vg00/lv1 --volume vg00/lv2 --size 1GiB --target iqn.2026-01.example:t --lun 1")]
    public async Task Create_VolumeOptionsThatDoNotGoTogether_AreRefusedHere(string options)
    {
        await using var cli = await CliFixture.StartAsync();

        var run = await cli.RunAsync($"failover create {options}");

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Empty(cli.Console!.Requests);
    }
}
