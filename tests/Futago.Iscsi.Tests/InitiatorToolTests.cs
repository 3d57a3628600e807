using System.Diagnostics;

namespace Futago.Iscsi.Tests;

/// <summary>Initiators that others wrote: libiscsi's tools and QEMU (Debian packages libiscsi-bin, qemu-utils, qemu-block-extra).</summary>
public sealed class InitiatorToolTests
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    private static async Task<string> Run(string tool, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(tool, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        using var timeout = new CancellationTokenSource(_patience);
        var output = process.StandardOutput.ReadToEndAsync(timeout.Token);
        var error = process.StandardError.ReadToEndAsync(timeout.Token);
        try
        {
            await process.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
        Assert.True(process.ExitCode == 0, $"{tool} failed: {await error}{await output}");
        return await output;
    }

    [Fact]
    public async Task IscsiLs_WithLuns_ListsTheTarget()
    {
        await using var server = new ServerUnderTest();

        var output = await Run("iscsi-ls", "-s", $"iscsi://{server.EndPoint}/");

        Assert.Contains($"Target:{ServerUnderTest.TargetName} Portal:{server.EndPoint},1", output, StringComparison.Ordinal);
        Assert.Contains("Lun:0", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task IscsiLs_WithChap_ListsTheTargetAndItsLuns()
    {
        await using var server = new ServerUnderTest(chap: new ChapAccount("alice", "a-long-secret", null, null));

        var output = await Run("iscsi-ls", "-s", $"iscsi://alice%a-long-secret@{server.EndPoint}/");

        Assert.Contains($"Target:{ServerUnderTest.TargetName} Portal:{server.EndPoint},1", output, StringComparison.Ordinal);
        Assert.Contains("Lun:0", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task IscsiInq_WithChap_LogsIn()
    {
        await using var server = new ServerUnderTest(chap: new ChapAccount("alice", "a-long-secret", null, null));

        var output = await Run("iscsi-inq", $"iscsi://alice%a-long-secret@{server.EndPoint}/{ServerUnderTest.TargetName}/0");

        Assert.Contains("FUTAGO", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("crc32c")]
    public async Task QemuIo_WriteAndRead_Verifies(string digest)
    {
        await using var server = new ServerUnderTest();
        var image = $"file.driver=iscsi,file.transport=tcp,file.portal={server.EndPoint},file.target={ServerUnderTest.TargetName},file.lun=0,file.header-digest={digest}";

        var output = await Run(
            "qemu-io", "-c", "open -o driver=raw," + image,
            "-c", "write -P 0xa5 0 1M", "-c", "write -P 0x5a 4k 300k", "-c", "flush",
            "-c", "read -P 0xa5 0 4k", "-c", "read -P 0x5a 4k 300k", "-c", "read -P 0xa5 304k 720k");

        Assert.DoesNotContain("Pattern verification failed", output, StringComparison.Ordinal);
        Assert.Equal(0xA5, server.Scsi.Medium[0]);
        Assert.Equal(0x5A, server.Scsi.Medium[4096]);
    }
}
