using Futago.Testing.Processes;

namespace Futago.Interop.Tests;

/// <summary>libiscsi's command-line tools against a running node.</summary>
[Collection(OneNode.Name)]
public sealed class IscsiToolsTests(NodeFixture fixture)
{
    [Fact]
    public async Task Discovery_StartedTarget_ListsItWithItsLun()
    {
        await using var target = await fixture.CreateTargetAsync("64MiB");

        var output = await Command.RunOkAsync("iscsi-ls", "-s", target.Portal);

        Assert.Contains($"Target:{target.Name}", output, StringComparison.Ordinal);
        Assert.Contains("Lun:1", output, StringComparison.Ordinal);
        // The tool counts in whole MiB of the last block's number.
        Assert.Contains("Size:63M", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Discovery_StoppedTarget_DoesNotListIt()
    {
        await using var target = await fixture.CreateTargetAsync("64MiB");
        await fixture.Node.CliAsync("target", "stop", target.Name);

        var output = await Command.RunOkAsync("iscsi-ls", target.Portal);

        Assert.DoesNotContain(target.Name, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Inquiry_Disk_NamesTheProduct()
    {
        await using var target = await fixture.CreateTargetAsync("64MiB");

        var output = await Command.RunOkAsync("iscsi-inq", target.Url);

        Assert.Contains("Vendor:FUTAGO", output, StringComparison.Ordinal);
        Assert.Contains("VIRTUAL-DISK", output, StringComparison.Ordinal);
    }

    [Theory]
    // The tool reads decimal numbers only.
    [InlineData("0", "BLOCK_LIMITS")]
    [InlineData("128", "Unit Serial Number")]
    [InlineData("131", "Designator Type:(3) NAA")]
    [InlineData("176", "maximum transfer length")]
    public async Task Inquiry_VitalProductDataPage_IsUnderstood(string page, string expected)
    {
        await using var target = await fixture.CreateTargetAsync("64MiB");

        var output = await Command.RunOkAsync("iscsi-inq", "-e", "1", "-c", page, target.Url);

        Assert.Contains(expected, output, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("512", "Total size:67108864")]
    [InlineData("4096", "Total size:67108864")]
    public async Task ReadCapacity_BlockSize_ReportsTheVolumesSize(string blockSize, string expected)
    {
        await using var target = await fixture.CreateTargetAsync("64MiB", lunOptions: ["--block-size", blockSize]);

        var output = await Command.RunOkAsync("iscsi-readcapacity16", target.Url);

        Assert.Contains(expected, output, StringComparison.Ordinal);
        Assert.Contains($"LBA size:{blockSize}", output.Replace("block length in bytes", "LBA size", StringComparison.OrdinalIgnoreCase), StringComparison.OrdinalIgnoreCase);
    }
}
