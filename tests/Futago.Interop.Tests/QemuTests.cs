using Futago.Testing.Processes;

namespace Futago.Interop.Tests;

/// <summary>QEMU's tools as initiators: whole images written and read back.</summary>
[Collection(OneNode.Name)]
public sealed class QemuTests(NodeFixture fixture) : IDisposable
{
    private readonly DirectoryInfo _scratch = Directory.CreateTempSubdirectory("futago-qemu-");

    public void Dispose() => _scratch.Delete(recursive: true);

    [Theory]
    [InlineData("512", "block", "thick")]
    [InlineData("512", "file", "thick")]
    [InlineData("512", "block", "thin")]
    [InlineData("4096", "block", "thick")]
    public async Task Convert_FileSystemImage_ReadsBackIdentical(string blockSize, string ioType, string provisioning)
    {
        var image = await MakeFileSystemAsync("256M");
        var back = Path.Combine(_scratch.FullName, "back.img");
        await using var target = await fixture.CreateTargetAsync("256MiB",
            ["--io-type", ioType, .. provisioning == "thin" ? new[] { "--thin" } : []], ["--block-size", blockSize]);

        await Command.RunOkAsync("qemu-img", "convert", "-n", "-f", "raw", "-O", "raw", image, target.Url);
        await Command.RunOkAsync("qemu-img", "convert", "-f", "raw", "-O", "raw", target.Url, back);

        await Command.RunOkAsync("cmp", image, back);
        await Command.RunOkAsync("e2fsck", "-fn", back);
    }

    [Fact]
    public async Task Compare_AfterRestartOfTheNode_IsStillIdentical()
    {
        var image = await MakeFileSystemAsync("64M");
        await using var target = await fixture.CreateTargetAsync("64MiB");
        await Command.RunOkAsync("qemu-img", "convert", "-n", "-f", "raw", "-O", "raw", image, target.Url);

        await fixture.Node.StopAsync();
        await fixture.Node.StartAgainAsync();

        await Command.RunOkAsync("qemu-img", "compare", "-f", "raw", "-F", "raw", image, target.Url);
    }

    [Fact]
    public async Task WriteZeroesAndDiscard_ThinVolume_ReadZerosAndGiveSpaceBack()
    {
        await using var target = await fixture.CreateTargetAsync("64MiB", ["--thin"]);
        await Command.RunOkAsync("qemu-io", "-f", "raw", "-c", "write -P 0xa5 0 32M", "-c", "flush", target.Url);
        var full = await AllocatedAsync(target);

        await Command.RunOkAsync("qemu-io", "-f", "raw", "-d", "unmap", "-c", "discard 0 16M", "-c", "write -z -u 16M 8M", "-c", "flush",
            "-c", "read -P 0 0 24M", "-c", "read -P 0xa5 24M 8M", target.Url);

        var left = await AllocatedAsync(target);
        Assert.InRange(full, 32L << 20, 40L << 20);
        Assert.InRange(left, 8L << 20, 24L << 20);
    }

    private async Task<long> AllocatedAsync(TestTarget target)
    {
        var volumes = await fixture.Node.CliJsonAsync("volume", "list");
        return volumes.EnumerateArray().Single(v => $"{v.GetProperty("group").GetString()}/{v.GetProperty("name").GetString()}" == target.Volume)
            .GetProperty("allocatedBytes").GetInt64();
    }

    /// <summary>A real ext4 file system with the machine's own files in it.</summary>
    private async Task<string> MakeFileSystemAsync(string size)
    {
        var image = Path.Combine(_scratch.FullName, "source.img");
        await Command.RunOkAsync("mkfs.ext4", "-q", "-d", "/usr/share/dotnet/sdk-manifests", image, size);
        return image;
    }
}
