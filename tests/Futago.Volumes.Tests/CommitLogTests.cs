using Futago.Blocks;
using Futago.Volumes.LogicalVolumes;

namespace Futago.Volumes.Tests;

/// <summary>What a loss of power leaves of a volume with a commit log, on real XFS.</summary>
public sealed class CommitLogTests
{
    private const int BlockBytes = 4096;
    private const int LogStart = 4096;

    private readonly BlockBuffer _buffer = new BlockBufferPool(1 << 20).TryRent(BlockBytes)!;

    [Fact]
    public async Task Power_CutWhileWritesAreInTheLogOnly_LosesNone()
    {
        await using var node = await NodeOnDisk.WithGroupAsync();
        var (data, written) = await WriteAndCutPowerAsync(node);

        await node.RestartAsync(orderly: false);

        Assert.Null(Assert.Single(node.Catalogue.Volumes).Problem);
        Assert.Equal(written, Read(data, written.Length));
        // Brought to its place for good: it is still there when the log is not looked at any more.
        Assert.False(IsInUse(data));
    }

    [Fact]
    public async Task DamagedLog_KeepsTheVolumeFromBeingUsed_ButASnapshotCanBeCloned()
    {
        await using var node = await NodeOnDisk.WithGroupAsync();
        var (data, _) = await WriteAndCutPowerAsync(node, snapshotFirst: true);
        await node.RestartAsync(orderly: false);
        var log = LogOf(data);
        var bytes = await File.ReadAllBytesAsync(log);
        bytes[16] ^= 1;
        await File.WriteAllBytesAsync(log, bytes);

        await node.RestartAsync();

        var problem = Assert.Single(node.Catalogue.Volumes).Problem;
        Assert.Equal((StorageCodes.VolumeLogUnusable, log), (problem!.Code, problem.Args!["log"]));
        Assert.StartsWith($"The log of acknowledged writes, {log}, is damaged.", problem.Detail, StringComparison.Ordinal);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(log));

        Assert.Null((await node.Catalogue.CloneSnapshotAsync("vg00", "lv0000", "before", "again", thin: true)).Problem);
        File.Delete(log);
        await node.RestartAsync();
        Assert.All(node.Catalogue.Volumes, v => Assert.Null(v.Problem));
    }

    [Fact]
    public async Task RollBack_DropsTheLogOfTheContentThatGoes()
    {
        await using var node = await NodeOnDisk.WithGroupAsync();
        var (data, _) = await WriteAndCutPowerAsync(node, snapshotFirst: true);
        await node.RestartAsync(orderly: false);
        Assert.True(File.Exists(LogOf(data)));

        await node.Catalogue.RollBackAsync("vg00", "lv0000", "before", "lv0000", whileConnected: false);

        Assert.False(File.Exists(LogOf(data)));
        Assert.DoesNotContain(Read(data, BlockBytes), b => b != 0);
    }

    /// <summary>Durable writes until the log is in use, and some more; then nothing that the kernel still has to write comes to the medium.</summary>
    private async Task<(string Data, byte[] Written)> WriteAndCutPowerAsync(NodeOnDisk node, bool snapshotFirst = false)
    {
        var created = await node.Catalogue.CreateVolumeAsync("vg00", "lv0000", 64 * NodeOnDisk.MiB, thin: true, IoType.File, null);
        if (snapshotFirst)
            await node.Catalogue.CreateSnapshotAsync("vg00", "lv0000", new Snapshots.SnapshotRequest("before"));
        var volume = node.Catalogue.FindUsable(created.Id, out _, out _)!;
        var written = new MemoryStream();
        await using var device = FileBlockDevice.Open(volume.DataPath, new FileBlockDeviceOptions { CacheMode = CacheMode.PageCache, CommitLogPath = volume.CommitLogPath });
        for (var more = 100; more > 0; more -= IsInUse(volume.DataPath) ? 1 : 0)
        {
            _buffer.GetSpan().Fill((byte)(1 + written.Position / BlockBytes % 250));
            Assert.Equal(BlockStatus.Ok, await device.RunAsync(BlockOperation.Write, written.Position, BlockBytes, _buffer, durable: true));
            written.Write(_buffer.GetSpan());
        }
        NodeOnDisk.Run("xfs_io", "-x", "-c", "shutdown", Path.Combine(node.MountRoot, "vg00"));
        return (volume.DataPath, written.ToArray());
    }

    private static string LogOf(string data) => Path.Combine(Path.GetDirectoryName(data)!, "commit.log");

    private static bool IsInUse(string data)
    {
        if (!File.Exists(LogOf(data)))
            return false;
        using var log = File.OpenHandle(LogOf(data));
        Span<byte> first = stackalloc byte[8];
        RandomAccess.Read(log, first, LogStart);
        return first.SequenceEqual("FUTAGOCR"u8);
    }

    private static byte[] Read(string path, int length)
    {
        using var file = File.OpenHandle(path);
        var content = new byte[length];
        RandomAccess.Read(file, content, 0);
        return content;
    }
}
