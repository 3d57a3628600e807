using System.Buffers.Binary;
using Futago.Blocks;
using Futago.Blocks.Atomic;
using Futago.Volumes.LogicalVolumes;
using Futago.Volumes.Snapshots;
using static Futago.Volumes.Tests.NodeOnDisk;

namespace Futago.Volumes.Tests;

/// <summary>
/// Snapshots while initiators write. Each writer puts a growing number first into one place and, when that is acknowledged, into another
/// far away: at no instant is the second one ahead of the first. A snapshot that tears time apart would show it so.
/// </summary>
public sealed class SnapshotConsistencyTests
{
    private const int Writers = 8;
    private const int Snapshots = 25;
    private const int BlockBytes = 4096;

    [Theory]
    [InlineData(IoType.Block)]
    [InlineData(IoType.File)]
    public async Task Snapshot_UnderLoad_IsOneInstant(IoType ioType)
    {
        await using var node = await WithGroupAsync();
        var volume = await node.Catalogue.CreateVolumeAsync("vg00", null, 64 * MiB, thin: true, ioType, null);
        await node.Catalogue.UpdateVolumeAsync("vg00", "lv0000", null, null, null, VolumeCatalogue.SnapshotReserveMaximumPercent);
        var logical = node.Catalogue.FindUsable(volume.Id, out _, out _)!;
        var data = logical.DataPath;
        using var stop = new CancellationTokenSource();
        var acknowledged = new long[Writers];
        await using (var device = logical.Guard(FileBlockDevice.Open(data, new FileBlockDeviceOptions { CacheMode = ioType == IoType.Block ? CacheMode.Direct : CacheMode.PageCache })))
        {
            var writers = Enumerable.Range(0, Writers).Select(w => Task.Run(() => WriteAsync(device, w, acknowledged, stop.Token))).ToList();
            for (var i = 0; i < Snapshots; i++)
            {
                var before = acknowledged.Select((_, w) => Volatile.Read(ref acknowledged[w])).ToArray();
                var snapshot = await node.Catalogue.CreateSnapshotAsync(volume.Id, new SnapshotRequest());
                Check(data, snapshot, before);
                // The next one is of another time: every writer has gone on.
                Assert.True(SpinWait.SpinUntil(() => acknowledged.Select((_, w) => Volatile.Read(ref acknowledged[w])).Zip(before).All(p => p.First > p.Second), TimeSpan.FromMinutes(1)));
            }
            await stop.CancelAsync();
            await Task.WhenAll(writers);
        }
        Assert.Equal(Snapshots, node.Catalogue.Snapshots.Count);
    }

    /// <summary>WRITE ATOMIC over many ranges that a snapshot clones one by one: a snapshot holds all of one write.</summary>
    [Fact]
    public async Task Snapshot_DuringAtomicWrites_HoldsNoneOfThemInPart()
    {
        await using var node = await WithGroupAsync();
        var volume = await node.Catalogue.CreateVolumeAsync("vg00", null, 64 * MiB, thin: true, IoType.Block, null);
        await node.Catalogue.UpdateVolumeAsync("vg00", "lv0000", null, null, null, VolumeCatalogue.SnapshotReserveMaximumPercent);
        var logical = node.Catalogue.FindUsable(volume.Id, out _, out _)!;
        var written = 0;
        using var stop = new CancellationTokenSource();
        await using (var device = logical.Guard(FileBlockDevice.Open(logical.DataPath, new FileBlockDeviceOptions { CacheMode = CacheMode.Direct })))
        {
            using var journal = new AtomicWriteJournal(Path.Combine(Path.GetDirectoryName(logical.DataPath)!, AtomicWriteJournal.FileName), device);
            logical.AtomicWrites = journal;
            var writer = Task.Run(async () =>
            {
                var buffer = new BlockBufferPool((int)MiB).TryRent((int)MiB)!;
                for (byte round = 1; !stop.IsCancellationRequested; round++)
                {
                    buffer.GetSpan().Fill(round);
                    // Not on the border of a range.
                    Assert.Equal(BlockStatus.Ok, await journal.WriteAsync(20 * MiB + BlockBytes, (int)MiB, buffer, 0));
                    Interlocked.Increment(ref written);
                }
            });
            for (var i = 0; i < Snapshots; i++)
            {
                var before = Volatile.Read(ref written);
                Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref written) > before || writer.IsCompleted, TimeSpan.FromMinutes(1)));
                var snapshot = await node.Catalogue.CreateSnapshotAsync(volume.Id, new SnapshotRequest());
                var bytes = new byte[MiB];
                await using var file = File.OpenRead(Path.Combine(Path.GetDirectoryName(logical.DataPath)!, "snapshots", snapshot.Id.ToString(), "data"));
                file.Position = 20 * MiB + BlockBytes;
                await file.ReadExactlyAsync(bytes);
                Assert.True(bytes.AsSpan().IndexOfAnyExcept(bytes[0]) < 0, "The snapshot holds two writes in part.");
            }
            await stop.CancelAsync();
            await writer;
        }
    }

    private static void Check(string data, SnapshotStatus snapshot, long[] acknowledgedBefore)
    {
        using var file = File.OpenRead(Path.Combine(Path.GetDirectoryName(data)!, "snapshots", snapshot.Id.ToString(), "data"));
        for (var writer = 0; writer < Writers; writer++)
        {
            var (first, second) = (ReadAt(file, First(writer)), ReadAt(file, Second(writer)));
            Assert.InRange(first - second, 0, 1);
            Assert.True(second >= acknowledgedBefore[writer], $"writer {writer}: {second} in the snapshot, {acknowledgedBefore[writer]} acknowledged before it");
        }
    }

    private static async Task WriteAsync(IBlockDevice device, int writer, long[] acknowledged, CancellationToken stop)
    {
        var pool = new BlockBufferPool(BlockBytes);
        var buffer = pool.TryRent(BlockBytes)!;
        for (long number = 1; !stop.IsCancellationRequested; number++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(buffer.GetSpan(), number);
            Assert.Equal(BlockStatus.Ok, await device.RunAsync(BlockOperation.Write, First(writer), BlockBytes, buffer));
            Assert.Equal(BlockStatus.Ok, await device.RunAsync(BlockOperation.Write, Second(writer), BlockBytes, buffer));
            Volatile.Write(ref acknowledged[writer], number);
        }
        pool.Return(buffer);
    }

    private static long First(int writer) => writer * 2L * MiB;

    private static long Second(int writer) => 63 * MiB - writer * 2L * MiB;

    private static long ReadAt(FileStream file, long offset)
    {
        Span<byte> bytes = stackalloc byte[8];
        file.Position = offset;
        file.ReadExactly(bytes);
        return BinaryPrimitives.ReadInt64LittleEndian(bytes);
    }
}
