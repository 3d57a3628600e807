using Futago.Testing.Processes;

namespace Futago.Interop.Tests;

/// <summary>Every bad input is refused with one sentence that names what is wrong, and changes nothing.</summary>
[Collection(OneNode.Name)]
public sealed class BadInputTests(NodeFixture fixture, StartedTarget started) : IClassFixture<StartedTarget>
{
    [Theory]
    [InlineData("volume create vg00/bad --type iscsi --size 0", "size")]
    [InlineData("volume create vg00/bad --type iscsi --size -1GiB", "size")]
    [InlineData("volume create vg00/bad --type iscsi --size 10PiB", "at most 1 PiB")]
    [InlineData("volume create vg00/bad --type iscsi --size 100GiB", "free")]
    [InlineData("volume create vg00/bad --type iscsi --size 99999999999999999999GiB", "size")]
    [InlineData("volume create vg00/bad --type iscsi --size much", "size")]
    [InlineData("volume create vg99/bad --type iscsi --size 1GiB", "vg99")]
    [InlineData("volume create vg00/b@d --type iscsi --size 64MiB", "name")]
    [InlineData("target create iqn.2026-13.example:x", "iqn")]
    [InlineData("target create not-an-iqn", "iqn")]
    [InlineData("group create vg01 --unit /dev/null", "/dev/null")]
    [InlineData("unit create-image /proc/nowhere/x.img --size 1GiB", "/proc/nowhere")]
    [InlineData("config set --portal 127.0.0.1:99999", "port")]
    public async Task Command_BadValue_IsRefusedWithAReason(string line, string reason)
    {
        var before = await StateAsync();

        var result = await fixture.Node.TryCliAsync(line.Split(' '));

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains(reason, result.Error, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(before, await StateAsync());
    }

    [Theory]
    [InlineData("lun add {0} --volume {1} --lun 2", "already")]
    [InlineData("lun add {0} --volume vg00/none --lun 2", "vg00/none")]
    [InlineData("lun set {0} --lun 1 --new-lun 256", "255")]
    [InlineData("access allow {0} --address 10.0.0.0/33", "prefix length")]
    [InlineData("access allow {0} --address not-an-address", "address")]
    [InlineData("target create {0}", "There is a target {0} already")]
    [InlineData("volume delete {1} --yes", "{0}")]
    [InlineData("volume expand {1} --size 1MiB", "cannot be made smaller")]
    [InlineData("volume expand {1} --size 1PiB", "free")]
    [InlineData("group destroy vg00 --yes", "{0}")]
    public async Task Command_AgainstAStartedTarget_IsRefusedWithAReason(string line, string reason)
    {
        var target = started.Target;
        var before = await StateAsync();

        var result = await fixture.Node.TryCliAsync(Fill(line).Split(' '));

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains(Fill(reason), result.Error, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(before, await StateAsync());

        string Fill(string text) => text.Replace("{0}", target.Name, StringComparison.Ordinal).Replace("{1}", target.Volume, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("short")]
    [InlineData("a-secret-far-too-long")]
    public async Task ChapSecret_OutsideTwelveToSixteenCharacters_IsRefused(string secret)
    {
        var target = started.Target;
        var file = Path.Combine(fixture.Node.DataDirectory, "bad-secret");
        await File.WriteAllTextAsync(file, secret);

        var result = await fixture.Node.TryCliAsync("target", "set", target.Name, "--chap-user", "u1", "--chap-secret-file", file);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("12", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Group_OnAUnitWithAFileSystem_NamesWhatIsOnIt()
    {
        var image = Path.Combine(fixture.Node.DataDirectory, "foreign.img");
        await fixture.Node.CliAsync("unit", "create-image", image, "--size", "600MiB");
        await Command.RunOkAsync("mkfs.ext4", "-q", "-L", "holiday", image);

        var result = await fixture.Node.TryCliAsync("group", "create", "vg01", "--unit", image);

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("ext4", result.Error, StringComparison.Ordinal);
        Assert.Contains("holiday", result.Error, StringComparison.Ordinal);
        Assert.Contains("holiday", await Command.RunOkAsync("blkid", "-p", image), StringComparison.Ordinal);
    }

    private async Task<string> StateAsync() =>
        await fixture.Node.CliAsync("--json", "volume", "list") + (await ConfiguredTargetsAsync()) + await fixture.Node.CliAsync("--json", "group", "list");

    private async Task<string> ConfiguredTargetsAsync()
    {
        var targets = await fixture.Node.CliJsonAsync("target", "list");
        return string.Join('\n', targets.EnumerateArray().Select(t => $"{t.GetProperty("name")} {t.GetProperty("luns")} {t.GetProperty("accessRules")}"));
    }
}
