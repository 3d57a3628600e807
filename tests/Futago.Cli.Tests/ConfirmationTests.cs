using Futago.Console.Client.Volumes;

namespace Futago.Cli.Tests;

public class ConfirmationTests
{
    public static TheoryData<string> DestructiveLines => new(
        "unit delete-image unit0.img",
        "group destroy vg00",
        "group create vg01 --unit unit0.img --overwrite",
        "volume delete vg00/lv0000",
        $"target delete {Samples.Iqn}",
        "user delete bob");

    [Theory]
    [MemberData(nameof(DestructiveLines))]
    public async Task Destructive_NoTerminalAndNoYes_RefusedWithoutRequest(string line)
    {
        await using var cli = await CliFixture.StartAsync();

        var run = await cli.RunAsync(line, "vg00\nlv0000\nbob\n");

        Assert.Equal(ExitCode.Failed, run.ExitCode);
        Assert.Contains("--yes", run.Error, StringComparison.Ordinal);
        Assert.Empty(cli.Console!.Requests);
    }

    [Theory]
    [MemberData(nameof(DestructiveLines))]
    public async Task Destructive_OtherNameTyped_ChangesNothing(string line)
    {
        await using var cli = await CliFixture.StartAsync();
        cli.IsTerminal = true;
        Prepare(cli, blocked: false);

        var run = await cli.RunAsync(line, "y\n");

        Assert.Equal(ExitCode.Failed, run.ExitCode);
        Assert.Contains("nothing was changed", run.Error, StringComparison.Ordinal);
        Assert.All(cli.Console!.Requests, request => Assert.StartsWith("GET ", request.Line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Destructive_NameTyped_ShowsLossesAndSendsIt()
    {
        await using var cli = await CliFixture.StartAsync();
        cli.IsTerminal = true;
        Prepare(cli, blocked: false);
        cli.Console!.Answer("DELETE /api/v1/volumes/vg00/lv0000", null, 204);

        var run = await cli.RunAsync("volume delete vg00/lv0000", "lv0000\n");

        Assert.Equal(ExitCode.Success, run.ExitCode);
        Assert.Contains("Lost: 1 GiB of data", run.Error, StringComparison.Ordinal);
        Assert.Equal(new RecordedRequest("DELETE /api/v1/volumes/vg00/lv0000", """{"confirm":"lv0000"}"""), cli.Console.Requests[^1]);
    }

    [Fact]
    public async Task VolumeDelete_UsedByStartedTarget_RefusedBeforeAsking()
    {
        await using var cli = await CliFixture.StartAsync();
        cli.IsTerminal = true;
        Prepare(cli, blocked: true);

        var run = await cli.RunAsync("volume delete vg00/lv0000", "lv0000\n");

        Assert.Equal(ExitCode.Failed, run.ExitCode);
        Assert.Contains("in use by target t0, LUN 1", run.Error, StringComparison.Ordinal);
        Assert.Single(cli.Console!.Requests);
    }

    private static void Prepare(CliFixture cli, bool blocked)
    {
        cli.Console!.Answer("GET /api/v1/units", new[] { Samples.Unit("/u/unit0.img") });
        cli.Console.Answer("GET /api/v1/volumes", new[] { Samples.Volume() });
        cli.Console.Answer(
            "GET /api/v1/volumes/vg00/lv0000/deletion-preview",
            new DeletionPreview("vg00/lv0000", 1L << 30, ["1 GiB of data"], ["target t0, LUN 1"], blocked));
    }
}
