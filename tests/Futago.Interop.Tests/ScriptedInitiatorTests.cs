using System.Net;
using Futago.Testing.Iscsi;
using Futago.Testing.Processes;

namespace Futago.Interop.Tests;

/// <summary>The scripted initiator against a real node: what the ready-made tools do not show.</summary>
[Collection(OneNode.Name)]
public sealed class ScriptedInitiatorTests(NodeFixture fixture) : IDisposable
{
    private const byte Lun = 1;
    private const int CapacityDataHasChanged = 0x2A09;

    private readonly DirectoryInfo _scratch = Directory.CreateTempSubdirectory("futago-scripted-");

    public void Dispose() => _scratch.Delete(recursive: true);

    [Fact]
    public async Task Expand_WhileLoggedIn_IsAnnouncedOnceAndTheNewCapacityRead()
    {
        await using var target = await fixture.CreateTargetAsync("64MiB");
        using var initiator = LogIn(target);
        var before = initiator.ReadCapacityBytes(Lun);

        await fixture.Node.CliAsync("volume", "expand", target.Volume, "--size", "96MiB");
        var first = initiator.Execute(Lun, new byte[6]);
        var second = initiator.Execute(Lun, new byte[6]);

        Assert.Equal(64L << 20, before);
        Assert.Equal((2, 6, CapacityDataHasChanged), (first.Status, first.SenseKey, first.AdditionalSense));
        Assert.Equal((0, 0), (second.Status, second.AdditionalSense));
        Assert.Equal(96L << 20, initiator.ReadCapacityBytes(Lun));
    }

    [Theory]
    [InlineData("thick", "512", "0x00", "Block limits")]
    [InlineData("thick", "512", "0x80", "Unit serial number")]
    [InlineData("thick", "512", "0x83", "NAA")]
    [InlineData("thick", "512", "0x86", "SIMPSUP=1")]
    [InlineData("thin", "512", "0x8f", "Block device zero")]
    [InlineData("thick", "512", "0xb0", "Maximum transfer length")]
    [InlineData("thin", "512", "0xb0", "Maximum unmap LBA count")]
    [InlineData("thin", "4096", "0xb0", "Maximum unmap LBA count")]
    [InlineData("thick", "512", "0xb1", "Medium rotation rate")]
    [InlineData("thin", "512", "0xb2", "Unmap command supported (LBPU): 1")]
    public async Task VitalProductDataPage_DecodedBySgVpd_IsWellFormed(string provisioning, string blockSize, string page, string expected)
    {
        await using var target = await fixture.CreateTargetAsync("64MiB", provisioning == "thin" ? ["--thin"] : [], ["--block-size", blockSize]);
        using var initiator = LogIn(target);
        var data = initiator.Inquire(Lun, Convert.ToByte(page, 16));

        var result = await DecodeAsync(data, "sg_vpd", $"--page={page}");

        AssertWithoutComplaint(result, expected);
    }

    [Theory]
    [InlineData("--block-size=512", "RMB=0")]
    [InlineData("--removable", "RMB=1")]
    public async Task StandardInquiry_DecodedBySgInq_IsWellFormed(string lunOption, string expected)
    {
        await using var target = await fixture.CreateTargetAsync("64MiB", lunOptions: lunOption.Split('='));
        using var initiator = LogIn(target);
        var data = initiator.Inquire(Lun);

        var result = await DecodeAsync(data, "sg_inq");

        AssertWithoutComplaint(result, expected);
        Assert.Contains("Vendor identification: FUTAGO", result.Output, StringComparison.Ordinal);
    }

    private ScriptedInitiator LogIn(TestTarget target)
    {
        var initiator = new ScriptedInitiator(new IPEndPoint(IPAddress.Loopback, fixture.Node.IscsiPort));
        Assert.Equal(0, initiator.LoginNormal(target.Name).LoginStatus);
        initiator.TakeAttentions(Lun);
        return initiator;
    }

    private async Task<CommandResult> DecodeAsync(byte[] data, string tool, params string[] options)
    {
        var file = Path.Combine(_scratch.FullName, "response.hex");
        await File.WriteAllTextAsync(file, string.Join(' ', data.Select(b => b.ToString("x2", System.Globalization.CultureInfo.InvariantCulture))) + "\n");
        return await Command.RunAsync(tool, [$"--inhex={file}", .. options]);
    }

    private static void AssertWithoutComplaint(CommandResult result, string expected)
    {
        Assert.True(result.ExitCode == 0 && result.Error.Length == 0, $"{result.CommandLine}: exit code {result.ExitCode}\n{result.Output}{result.Error}");
        Assert.Contains(expected, result.Output, StringComparison.OrdinalIgnoreCase);
        // "[invalid]" is what the tools say of an alignment whose valid bit (UGAVALID) is 0, as it belongs on a thick unit.
        foreach (var complaint in new[] { "malformed", "too short", "truncated", "unexpected", "bad ", "<<" })
            Assert.DoesNotContain(complaint, result.Output, StringComparison.OrdinalIgnoreCase);
    }
}
