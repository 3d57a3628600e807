using Futago.Blocks;
using Futago.Volumes.LogicalVolumes;

namespace Futago.Volumes.Tests;

public sealed class InitialisationTests
{
    private const long MiB = NodeOnDisk.MiB;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task ThickFileVolume_WhenInitialised_HasNoUnwrittenExtents()
    {
        await using var node = await NodeOnDisk.WithGroupAsync();
        var done = Ended(node);

        var volume = await node.Catalogue.CreateVolumeAsync("vg00", null, 64 * MiB, thin: false, IoType.File, null);
        await done.Task.WaitAsync(Patience);

        var path = node.Catalogue.FindUsable(volume.Id, out _, out _)!.DataPath;
        Assert.DoesNotContain("unwritten", NodeOnDisk.Run("filefrag", "-v", path), StringComparison.Ordinal);
        Assert.Null(Assert.Single(node.Catalogue.Volumes).Initialisation);
    }

    [Theory]
    [InlineData(true, IoType.File)]
    [InlineData(false, IoType.Block)]
    public async Task OtherVolumes_AreNotInitialised(bool thin, IoType ioType)
    {
        await using var node = await NodeOnDisk.WithGroupAsync();

        var volume = await node.Catalogue.CreateVolumeAsync("vg00", null, 64 * MiB, thin, ioType, null);

        Assert.Null(volume.Initialisation);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Writes_DuringInitialisation_AreNeverLost(int seed)
    {
        const int size = (int)(48 * MiB);
        var random = new Random(seed);
        await using var node = await NodeOnDisk.WithGroupAsync();
        var done = Ended(node);
        // Slow at first, so that the writes meet the initialisation from its beginning to its end.
        var created = await node.Catalogue.CreateVolumeAsync("vg00", null, size, thin: false, IoType.File, 20 * MiB);
        var volume = node.Catalogue.FindUsable(created.Id, out _, out _)!;
        await using var device = volume.Guard(FileBlockDevice.Open(volume.DataPath, new FileBlockDeviceOptions { CacheMode = CacheMode.PageCache }));
        var model = new byte[size];
        var pool = new BlockBufferPool(64 * MiB);

        var writes = 0;
        while (!done.Task.IsCompleted || writes < 200)
        {
            var batch = new List<(Task<BlockStatus> Status, BlockBuffer Buffer)>();
            var taken = new List<(int Start, int End)>();
            for (var i = 0; i < 16; i++)
            {
                var length = random.Next(1, 512) * 512;
                var offset = random.Next(0, (size - length) / 512) * 512;
                if (taken.Exists(t => offset < t.End && offset + length > t.Start))
                    continue;
                taken.Add((offset, offset + length));
                var buffer = pool.TryRent(length)!;
                random.NextBytes(buffer.Slice(0, length));
                buffer.Slice(0, length).CopyTo(model.AsSpan(offset));
                batch.Add((device.RunAsync(BlockOperation.Write, offset, length, buffer), buffer));
            }
            foreach (var (status, buffer) in batch)
            {
                Assert.Equal(BlockStatus.Ok, await status.WaitAsync(Patience));
                pool.Return(buffer);
            }
            writes += batch.Count;
            if (writes > 400)
                await node.Catalogue.UpdateVolumeAsync("vg00", "lv0000", null, null, 0);
        }
        await done.Task.WaitAsync(Patience);
        Assert.Equal(BlockStatus.Ok, await device.RunAsync(BlockOperation.Flush, 0, 0));

        var stored = await File.ReadAllBytesAsync(volume.DataPath);
        Assert.True(model.AsSpan().SequenceEqual(stored), $"data differs, seed {seed}");
        Assert.DoesNotContain("unwritten", NodeOnDisk.Run("filefrag", "-v", volume.DataPath), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Initialisation_AfterRestart_GoesOnAndKeepsItsLimit()
    {
        await using var node = await NodeOnDisk.WithGroupAsync();
        var volume = await node.Catalogue.CreateVolumeAsync("vg00", null, 256 * MiB, thin: false, IoType.File, 64 << 10);
        Assert.True(SpinWait.SpinUntil(() => node.Catalogue.Volumes[0].Initialisation!.DoneBytes > 0, Patience));
        await node.Catalogue.StopAsync();

        await node.RestartAsync(orderly: false);
        var resumed = Assert.Single(node.Catalogue.Volumes);
        var done = Ended(node);
        await node.Catalogue.UpdateVolumeAsync("vg00", "lv0000", null, null, 0);
        await done.Task.WaitAsync(Patience);

        Assert.Equal((256 * MiB, 64L << 10), (resumed.Initialisation!.TotalBytes, resumed.Initialisation.SpeedLimitBytesPerSecond));
        Assert.InRange(resumed.Initialisation.DoneBytes, 1, 256 * MiB - 1);
        Assert.DoesNotContain(
            "unwritten", NodeOnDisk.Run("filefrag", "-v", node.Catalogue.FindUsable(volume.Id, out _, out _)!.DataPath), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Expand_OfInitialisedVolume_InitialisesTheNewPartOnly()
    {
        await using var node = await NodeOnDisk.WithGroupAsync();
        var first = Ended(node);
        var volume = await node.Catalogue.CreateVolumeAsync("vg00", null, 32 * MiB, thin: false, IoType.File, null);
        await first.Task.WaitAsync(Patience);
        var second = Ended(node);
        await node.Catalogue.UpdateVolumeAsync("vg00", "lv0000", null, null, 64 << 10);

        var expanded = await node.Catalogue.UpdateVolumeAsync("vg00", "lv0000", null, 64 * MiB, null);
        await node.Catalogue.UpdateVolumeAsync("vg00", "lv0000", null, null, 0);
        await second.Task.WaitAsync(Patience);

        Assert.InRange(expanded.Initialisation!.DoneBytes, 32 * MiB, 64 * MiB - 1);
        Assert.DoesNotContain(
            "unwritten", NodeOnDisk.Run("filefrag", "-v", node.Catalogue.FindUsable(volume.Id, out _, out _)!.DataPath), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Delete_DuringInitialisation_StopsIt()
    {
        await using var node = await NodeOnDisk.WithGroupAsync();
        await node.Catalogue.CreateVolumeAsync("vg00", null, 256 * MiB, thin: false, IoType.File, 64 << 10);

        await node.Catalogue.DeleteVolumeAsync("vg00", "lv0000", "lv0000").WaitAsync(Patience);

        Assert.Empty(node.Catalogue.Volumes);
        Assert.DoesNotContain(node.Events, e => e.Code == "volume.initialised");
    }

    private static TaskCompletionSource Ended(NodeOnDisk node)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        node.Catalogue.Happened += e =>
        {
            if (e.Code == "volume.initialised")
                ended.TrySetResult();
        };
        return ended;
    }
}
