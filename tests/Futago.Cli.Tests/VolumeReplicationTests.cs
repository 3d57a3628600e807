using Futago.Console.Client.Tasks;
using Futago.Console.Client.VolumeReplication;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Replication;

namespace Futago.Cli.Tests;

/// <summary>What takes its time, what asks first, and what a person reads.</summary>
public class VolumeReplicationTests
{
    private const string Route = "/api/v1/volume-replications/replication1";

    private static readonly VolumeReplicationView Synced = Samples.Replication;

    private static readonly VolumeReplicationView Resyncing = Synced with
    {
        Status = Synced.Status! with
        {
            PeerData = DataState.Inconsistent,
            Resync = new ResyncProgress(ResyncState.Source, 256L << 20, 1L << 30, 96L << 20, 8),
        },
    };

    [Fact]
    public async Task Show_SaysConnectionRolesStatesAndBytes()
    {
        await using var cli = await CliFixture.StartAsync();
        cli.Console!.Answer($"GET {Route}", Resyncing with { Status = Resyncing.Status! with { OutOfSyncBytes = 768L << 20 } });

        var run = await cli.RunAsync("volume-replication show replication1");

        Assert.Contains("Connection:     connected", run.Output, StringComparison.Ordinal);
        Assert.Contains("Role:           source", run.Output, StringComparison.Ordinal);
        Assert.Contains("Role of peer:   destination", run.Output, StringComparison.Ordinal);
        Assert.Contains("vg00/lv0000, 1 GiB, UpToDate", run.Output, StringComparison.Ordinal);
        Assert.Contains("vg00/lv0000 on nodeb, Inconsistent", run.Output, StringComparison.Ordinal);
        Assert.Contains("Out of sync:    768 MiB (805306368 bytes)", run.Output, StringComparison.Ordinal);
        Assert.Contains("resync 25.0 %, 256 MiB of 1 GiB, 96 MiB/s, 00:00:08 left", run.Output, StringComparison.Ordinal);
        Assert.Contains("10.78.0.1:40112 to 10.78.0.2:7789", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_WaitSynced_ShowsProgressUntilBothSidesAreTheSame()
    {
        await using var cli = await CliFixture.StartAsync();
        cli.Console!.Answer($"POST {Route}/start", Resyncing);
        var asked = 0;
        cli.Console.Answer($"GET {Route}", () => (200, Json(++asked < 2 ? Resyncing : Synced)));

        var run = await cli.RunAsync("volume-replication start replication1 --wait-synced");

        Assert.Equal(ExitCode.Success, run.ExitCode);
        Assert.Contains("resync 25.0 %", run.Error, StringComparison.Ordinal);
        Assert.Contains("Connection:     connected", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_WaitSynced_GivesUpOnWhatOnlyAPersonCanMend()
    {
        await using var cli = await CliFixture.StartAsync();
        var split = Synced with
        {
            Status = Synced.Status! with
            {
                Connection = ReplicationConnection.StandAlone,
                SplitBrain = new SplitBrainInfo(Samples.Time, 4096, 8192, false),
                Problem = new Problem(ProblemCodes.VolumeReplicationSplitBrain, "Both sides have data that the other lacks."),
            },
        };
        cli.Console!.Answer($"POST {Route}/start", split);
        cli.Console.Answer($"GET {Route}", split);

        var run = await cli.RunAsync("volume-replication start replication1 --wait-synced");

        Assert.Equal(ExitCode.Failed, run.ExitCode);
        Assert.Contains("Split brain:", run.Output, StringComparison.Ordinal);
        Assert.Contains("4 KiB written here, 8 KiB on the peer", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, false, ExitCode.Success, "both sides are the same")]
    [InlineData(8192, false, ExitCode.Failed, "8 KiB differ of 1 GiB")]
    [InlineData(0, true, ExitCode.Failed, "ended early")]
    public async Task Verify_Wait_TellsTheResultOfThisVerifyAndNotOfTheLastOne(long different, bool aborted, int exitCode, string said)
    {
        await using var cli = await CliFixture.StartAsync();
        var last = Report(Samples.Time.AddDays(-1), 4096, false);
        var now = Report(Samples.Time, different, aborted);
        cli.Console!.Answer($"POST {Route}/verify", With(last));
        var asked = 0;
        cli.Console.Answer($"GET {Route}", () => (200, Json(With(++asked switch
        {
            <= 2 => last,
            3 => now with { FinishedAt = null, CheckedBytes = 1 << 20 },
            _ => now,
        }))));

        var run = await cli.RunAsync("volume-replication verify replication1 --wait");

        Assert.Equal(exitCode, run.ExitCode);
        Assert.Contains(said, run.Output, StringComparison.Ordinal);
        Assert.Contains("1 MiB of 1 GiB compared", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("create replication1 --source vg00/lv0000 --destination vg00/lv0001", "Overwriting all that is on vg00/lv0001")]
    [InlineData("switch replication1", "Switching the roles")]
    [InlineData("heal replication1", "Overwriting the blocks")]
    [InlineData("delete replication1", "Deleting the task")]
    [InlineData("clear-metadata replication1", "Clearing the replication metadata")]
    [InlineData("discard-side replication1", "Giving up this node's side")]
    [InlineData("force-source replication1", "by force")]
    public async Task Decision_NobodyToAsk_SendsNothing(string line, string reason)
    {
        await using var cli = await CliFixture.StartAsync();

        var run = await cli.RunAsync($"volume-replication {line}");

        Assert.Equal(ExitCode.Failed, run.ExitCode);
        Assert.Contains(reason, run.Error, StringComparison.Ordinal);
        Assert.Contains("--yes", run.Error, StringComparison.Ordinal);
        Assert.Empty(cli.Console!.Requests);
    }

    [Fact]
    public async Task Stop_PeerAway_SaysThatOnlyThisNodeStopped()
    {
        await using var cli = await CliFixture.StartAsync();
        cli.Console!.Answer($"POST {Route}/stop", new VolumeReplicationResult(Synced with { Started = false }, new Problem(ProblemCodes.PairUnreachable, "nodeb does not answer.")));

        var run = await cli.RunAsync("volume-replication stop replication1");

        Assert.Equal(ExitCode.Success, run.ExitCode);
        Assert.Contains("Only this node has the change; the peer could not be told: nodeb does not answer.", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Changes_AreDrawnForBothSides()
    {
        await using var cli = await CliFixture.StartAsync();
        var (here, there) = (new long[ChangeMap.Parts], new long[ChangeMap.Parts]);
        (here[0], there[0], there[199]) = (4096, 4096, (1L << 30) / 200);
        cli.Console!.Answer($"GET {Route}/changes", new ReplicationChanges(new ChangeMap(1L << 30, here), new ChangeMap(1L << 30, there), null));

        var run = await cli.RunAsync("volume-replication changes replication1");

        Assert.Contains("This node: 4 KiB in 1 of 200 parts", run.Output, StringComparison.Ordinal);
        Assert.Contains("    -" + new string('.', 49) + Environment.NewLine, run.Output, StringComparison.Ordinal);
        Assert.Contains("    -" + new string('.', 48) + "-", run.Output, StringComparison.Ordinal);
        Assert.Contains("Changed on both sides: 1 of 200 parts.", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Show_SaysScheduleStagesAndLink()
    {
        await using var cli = await CliFixture.StartAsync();
        cli.Console!.Answer($"GET {Route}", Synced with
        {
            VerifySchedule = new TaskView(Guid.NewGuid(), "replication1 verify", TaskKind.VolumeReplicationVerify, "Sun 02:00", true, null, null, null, []),
            Status = Synced.Status! with
            {
                Counters = Synced.Status.Counters with
                {
                    Stages = [new StageLatency(ReplicationStage.PeerWrite, 100, 12, 321, 654.3, 987), new StageLatency(ReplicationStage.LocalFlush, 0, 0, 0, 0, 0)],
                    Link = new LinkCounters(1234, 567, 3, 10 << 20, 1024, null),
                },
            },
        });

        var run = await cli.RunAsync("volume-replication show replication1");

        Assert.Contains("Schedule:       Sun 02:00", run.Output, StringComparison.Ordinal);
        Assert.Contains("654.3 µs", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("flush here", run.Output, StringComparison.Ordinal);
        Assert.Contains("10 MiB/s sent, 1 KiB/s received, 1234 and 567 frames, 3 waiting", run.Output, StringComparison.Ordinal);
    }

    private static VerifyReport Report(DateTimeOffset started, long different, bool aborted) => new(
        started, started.AddMinutes(1), 1L << 30, 1L << 30, different, different == 0 ? [] : [new ByteRange(4096, different)], aborted);

    private static VolumeReplicationView With(VerifyReport report) => Synced with { Status = Synced.Status! with { Verify = report } };

    private static string Json(VolumeReplicationView view) => System.Text.Json.JsonSerializer.Serialize(view, EngineJson.Options);
}
