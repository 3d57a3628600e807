using System.Text.Json.Nodes;
using Futago.Engine.Contracts;

namespace Futago.Cli.Tests;

public class ProblemTests
{
    [Fact]
    public async Task ShareConnections_CannotBeRead_FailsAndDoesNotSayNobody()
    {
        await using var cli = await CliFixture.StartAsync(engine: true);
        cli.Console!.Answer("GET /api/v1/share-connections", new Problem(ProblemCodes.SmbConnectionsUnreadable, "The connections to shares cannot be read: smbstatus cannot be run."), 503);

        var run = await cli.RunAsync("share connections");

        Assert.Equal((ExitCode.Failed, ""), (run.ExitCode, run.Output));
        Assert.Contains("smbstatus cannot be run", run.Error, StringComparison.Ordinal);
        Assert.Empty(cli.Engine!.Requests);
    }

    [Fact]
    public async Task Refusal_Text_IsOneSentenceOnStandardError()
    {
        await using var cli = await CliFixture.StartAsync();
        cli.Console!.Answer("POST /api/v1/volumes/vg00", new Problem("size.too-large", "Only 3 GiB are free in vg00.", "sizeBytes"), 400);

        var run = await cli.RunAsync("volume create vg00 --size 10GiB");

        Assert.Equal(ExitCode.Failed, run.ExitCode);
        Assert.Equal("futago: Only 3 GiB are free in vg00.\n", run.Error);
        Assert.Equal("", run.Output);
    }

    [Fact]
    public async Task Refusal_Json_IsTheProblemOnStandardError()
    {
        await using var cli = await CliFixture.StartAsync();
        var problem = new Problem("volume.in-use", "vg00/lv0000 is LUN 1 of a started target.", null, new Dictionary<string, string> { ["lun"] = "1" });
        cli.Console!.Answer("DELETE /api/v1/volumes/vg00/lv0000", problem, 409);

        var run = await cli.RunAsync("volume delete vg00/lv0000 --yes --json");

        Assert.Equal(ExitCode.Failed, run.ExitCode);
        var expected = """{"status":409,"code":"volume.in-use","detail":"vg00/lv0000 is LUN 1 of a started target.","args":{"lun":"1"}}""";
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), JsonNode.Parse(run.Error)), run.Error);
        Assert.Equal("", run.Output);
    }

    [Theory]
    [InlineData(500, "<html>oops</html>")]
    [InlineData(502, "")]
    [InlineData(200, "this is not JSON")]
    [InlineData(200, "null")]
    [InlineData(200, "{\"no\":\"list\"}")]
    public async Task Answer_NotOurs_Fails(int status, string body)
    {
        await using var cli = await CliFixture.StartAsync();
        cli.Console!.Answer("GET /api/v1/volumes", () => (status, body));

        var run = await cli.RunAsync("volume list --json");

        Assert.Equal(ExitCode.Failed, run.ExitCode);
        Assert.Equal(ProblemCodes.Internal, (string?)JsonNode.Parse(run.Error)!["code"]);
        Assert.Equal("", run.Output);
    }

    [Fact]
    public async Task Console_Down_ChangeIsRefusedAndSaysSo()
    {
        await using var cli = await CliFixture.StartAsync(console: false, engine: true);

        var run = await cli.RunAsync("volume create vg00 --size 1GiB --json");

        Assert.Equal(ExitCode.Failed, run.ExitCode);
        Assert.Equal(ProblemCodes.ConsoleUnreachable, (string?)JsonNode.Parse(run.Error)!["code"]);
        Assert.Empty(cli.Engine!.Requests);
    }

    [Theory]
    [InlineData("volume", "volume is followed by one of")]
    [InlineData("volume creat", "does not know “creat”")]
    [InlineData("volumes list", "does not know “volumes”")]
    [InlineData("volume create vg00", "--size")]
    [InlineData("volume create vg00 --size much", "is not a size")]
    [InlineData("volume create vg00 --size -1GiB", "is not a size")]
    [InlineData("volume create vg00 --size 99999999999PiB", "is not a size")]
    [InlineData("volume create vg00/ --size 1GiB", "does not name a volume")]
    [InlineData("volume create vg00 --size 1GiB --type floppy", "floppy")]
    [InlineData("volume expand lv0000 --size 1GiB", "does not name a volume")]
    [InlineData("volume rename vg00/lv0000 vg01/lv0000", "without the group")]
    [InlineData("volume list --nonsense", "--nonsense")]
    [InlineData("lun add t --volume vg00/lv0000 --lun one", "one")]
    [InlineData("lun set t --lun 1", "Say what to change")]
    [InlineData("lun add t --iso vg00/nas0", "does not name an ISO image")]
    [InlineData("lun add t --iso vg00/nas0:/a/../b.iso", "does not name an ISO image")]
    [InlineData("lun add t --iso nas0:/a.iso", "does not name a volume")]
    [InlineData("lun add t --iso vg00/nas0:/a.iso --volume vg00/lv0000", "Say what to serve")]
    [InlineData("access allow t", "either --address or --initiator")]
    [InlineData("access allow t --address ALL --initiator i", "either --address or --initiator")]
    [InlineData("target set t", "Say what to change")]
    [InlineData("target set t --chap-user u1", "go together")]
    [InlineData("target set t --chap-secret-file F", "go together")]
    [InlineData("target set t --no-chap --chap-user u1 --chap-secret-file F", "exclude each other")]
    [InlineData("target set t --chap-user u --chap-secret-file - --mutual-user m --mutual-secret-file -", "standard input")]
    [InlineData("config set", "Say what to change")]
    [InlineData("config set --portal 3260", "is not an address")]
    [InlineData("config set --portal 10.0.0.1:99999", "is not an address")]
    [InlineData("event list --limit 501", "1 to 500")]
    [InlineData("session close seven", "seven")]
    [InlineData("user create bob --role viewer", "--password-file")]
    [InlineData("unit list --url http://x:8443 --token-file F", "each name a node")]
    public async Task Usage_Wrong_ExitsWith2AndSendsNothing(string line, string says)
    {
        await using var cli = await CliFixture.StartAsync();

        var run = await cli.RunAsync(line);

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains(says, run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.TrimEnd('\n').Split('\n'));
        Assert.Empty(cli.Console!.Requests);
    }
}
