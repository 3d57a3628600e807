using Futago.Blocks;
using Futago.Volumes.Linux;
using Futago.Volumes.LogicalVolumes;

namespace Futago.Volumes.Tests;

public sealed class VolumeTests
{
    private const long MiB = NodeOnDisk.MiB;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task CreateVolume_ThickOrThin_TakesItsSpaceOrNone(bool thin)
    {
        await using var node = await NodeOnDisk.WithGroupAsync();
        var before = node.Catalogue.Groups[0].Space;

        var volume = await node.Catalogue.CreateVolumeAsync("vg00", null, 100 * MiB - 5, thin, IoType.Block, null);

        var after = node.Catalogue.Groups[0].Space;
        Assert.Equal(("lv0000", 100 * MiB, thin ? 0 : 100 * MiB), (volume.Name, volume.SizeBytes, volume.AllocatedBytes));
        Assert.Equal(thin ? 0 : 100 * MiB, after.Volumes - before.Volumes);
        Assert.InRange(before.Free - after.Free, thin ? 0 : 100 * MiB, (thin ? 0 : 100 * MiB) + 2 * MiB);
        Assert.Equal(100 * MiB, new FileInfo(node.Catalogue.FindUsable(volume.Id, out _, out _)!.DataPath).Length);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ThinVolume_WrittenInAnyOrder_LiesInPieces(bool rolledBack)
    {
        const int BlockBytes = 4096;
        const int Blocks = 1024;
        const long Pieces = Blocks * BlockBytes / VolumeDirectory.ThinPieceBytes;
        await using var node = await NodeOnDisk.WithGroupAsync();
        var volume = await node.Catalogue.CreateVolumeAsync("vg00", "thin", 10 * MiB, thin: true, IoType.Block, null);
        if (rolledBack)
        {
            await node.Catalogue.CreateSnapshotAsync("vg00", "thin", new Snapshots.SnapshotRequest("empty"));
            await node.Catalogue.RollBackAsync("vg00", "thin", "empty", "thin", whileConnected: false);
        }
        var path = node.Catalogue.FindUsable(volume.Id, out _, out _)!.DataPath;
        var content = new byte[Blocks * BlockBytes];
        new Random(5).NextBytes(content);
        var order = Enumerable.Range(0, Blocks).ToArray();
        new Random(6).Shuffle(order);

        foreach (var block in order)
            await WriteAsync(path, block * (long)BlockBytes, content.AsMemory(block * BlockBytes, BlockBytes));

        var extents = 0;
        FileExtents.Read(path, (_, _, _) => extents++);
        Assert.InRange(extents, 1, Pieces);
        Assert.Equal(content, (await File.ReadAllBytesAsync(path))[..content.Length]);
        // The list of extents may need a block of its own.
        Assert.InRange(node.Catalogue.Volumes.Single().AllocatedBytes, content.Length, content.Length + BlockBytes);
    }

    [Fact]
    public async Task ThinVolume_ABlockOfIt_TakesAPiece()
    {
        await using var node = await NodeOnDisk.WithGroupAsync();
        var volume = await node.Catalogue.CreateVolumeAsync("vg00", "thin", 10 * MiB, thin: true, IoType.Block, null);
        var path = node.Catalogue.FindUsable(volume.Id, out _, out _)!.DataPath;

        await WriteAsync(path, MiB + 8192, new byte[4096]);

        Assert.Equal(VolumeDirectory.ThinPieceBytes, node.Catalogue.Volumes.Single().AllocatedBytes);
    }

    [Theory]
    [InlineData(0, StorageCodes.SizeInvalid)]
    [InlineData(-1, StorageCodes.SizeInvalid)]
    [InlineData(long.MinValue, StorageCodes.SizeInvalid)]
    [InlineData((1 << 20) - 1, StorageCodes.SizeTooSmall)]
    [InlineData(2L << 30, StorageCodes.SizeTooLarge)]
    [InlineData(long.MaxValue, StorageCodes.SizeTooLarge)]
    public async Task CreateVolume_WithBadSize_IsRefusedAndLeavesNothing(long size, string code)
    {
        await using var node = await NodeOnDisk.WithGroupAsync();
        var free = node.Catalogue.Groups[0].Space.Free;

        var refused = await Assert.ThrowsAsync<StorageException>(
            () => node.Catalogue.CreateVolumeAsync("vg00", null, size, thin: false, IoType.Block, null));

        Assert.Equal((code, "sizeBytes"), (refused.Problem.Code, refused.Problem.Field));
        Assert.Empty(node.Catalogue.Volumes);
        Assert.Equal(free, node.Catalogue.Groups[0].Space.Free);
    }

    [Fact]
    public async Task CreateVolume_OfAllFreeSpace_FitsExactlyOnce()
    {
        await using var node = await NodeOnDisk.WithGroupAsync();
        var free = node.Catalogue.Groups[0].Space.Free;

        await node.Catalogue.CreateVolumeAsync("vg00", null, free, thin: false, IoType.Block, null);
        var refused = await Assert.ThrowsAsync<StorageException>(
            () => node.Catalogue.CreateVolumeAsync("vg00", null, 10 * MiB, thin: false, IoType.Block, null));

        Assert.Equal(StorageCodes.SizeTooLarge, refused.Problem.Code);
        Assert.Equal(free, Assert.Single(node.Catalogue.Volumes).AllocatedBytes);
    }

    [Theory]
    [InlineData("0lv")]
    [InlineData("lv/0")]
    [InlineData("")]
    [InlineData("lv 0")]
    [InlineData("a23456789012345678901234567890123")]
    public async Task CreateVolume_WithBadName_IsRefused(string name)
    {
        await using var node = await NodeOnDisk.WithGroupAsync();

        var refused = await Assert.ThrowsAsync<StorageException>(
            () => node.Catalogue.CreateVolumeAsync("vg00", name, MiB, thin: true, IoType.Block, null));

        Assert.Equal((StorageCodes.NameInvalid, "name"), (refused.Problem.Code, refused.Problem.Field));
    }

    [Fact]
    public async Task CreateVolume_InUnknownGroup_IsNotFound()
    {
        await using var node = await NodeOnDisk.StartAsync();

        var refused = await Assert.ThrowsAsync<StorageException>(
            () => node.Catalogue.CreateVolumeAsync("vg00", null, MiB, thin: true, IoType.Block, null));

        Assert.Equal((StorageCodes.GroupNotFound, RefusalKind.NotFound), (refused.Problem.Code, refused.Kind));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task UpdateVolume_ExpandAndRename_SurvivesRestart(bool thin)
    {
        await using var node = await NodeOnDisk.WithGroupAsync();
        var volume = await node.Catalogue.CreateVolumeAsync("vg00", null, 10 * MiB, thin, IoType.Block, null);

        await node.Catalogue.UpdateVolumeAsync("vg00", "lv0000", "data", 50 * MiB, null);
        await node.RestartAsync();

        var after = Assert.Single(node.Catalogue.Volumes);
        Assert.Equal((volume.Id, "data", 50 * MiB, thin ? 0 : 50 * MiB), (after.Id, after.Name, after.SizeBytes, after.AllocatedBytes));
        Assert.Equal([(volume.Id, 50 * MiB)], node.Users.Grown);
    }

    [Fact]
    public async Task UpdateVolume_ShrinkTooLargeOrTakenName_IsRefusedAsAWhole()
    {
        await using var node = await NodeOnDisk.WithGroupAsync();
        await node.Catalogue.CreateVolumeAsync("vg00", "one", 10 * MiB, thin: false, IoType.Block, null);
        await node.Catalogue.CreateVolumeAsync("vg00", "two", 10 * MiB, thin: false, IoType.Block, null);

        var shrink = await Assert.ThrowsAsync<StorageException>(() => node.Catalogue.UpdateVolumeAsync("vg00", "one", "other", 5 * MiB, null));
        var large = await Assert.ThrowsAsync<StorageException>(() => node.Catalogue.UpdateVolumeAsync("vg00", "one", "other", 2L << 30, null));
        var taken = await Assert.ThrowsAsync<StorageException>(() => node.Catalogue.UpdateVolumeAsync("vg00", "one", "two", 20 * MiB, null));

        Assert.Equal(
            (StorageCodes.SizeShrink, StorageCodes.SizeTooLarge, StorageCodes.NameTaken),
            (shrink.Problem.Code, large.Problem.Code, taken.Problem.Code));
        Assert.Equal([("one", 10 * MiB), ("two", 10 * MiB)], node.Catalogue.Volumes.Select(v => (v.Name, v.SizeBytes)));
    }

    [Fact]
    public async Task DeleteVolume_ConfirmedAndUnused_GivesSpaceBack()
    {
        await using var node = await NodeOnDisk.WithGroupAsync();
        var free = node.Catalogue.Groups[0].Space.Free;
        await node.Catalogue.CreateVolumeAsync("vg00", null, 100 * MiB, thin: false, IoType.Block, null);

        var unconfirmed = await Assert.ThrowsAsync<StorageException>(() => node.Catalogue.DeleteVolumeAsync("vg00", "lv0000", "lv0001"));
        await node.Catalogue.DeleteVolumeAsync("vg00", "lv0000", "vg00/lv0000");

        Assert.Equal(StorageCodes.ConfirmationMismatch, unconfirmed.Problem.Code);
        Assert.Empty(node.Catalogue.Volumes);
        Assert.InRange(node.Catalogue.Groups[0].Space.Free, free - 2 * MiB, free);
    }

    [Fact]
    public async Task DeleteVolume_ServedByTarget_IsRefusedNamingIt()
    {
        await using var node = await NodeOnDisk.WithGroupAsync();
        var volume = await node.Catalogue.CreateVolumeAsync("vg00", null, MiB, thin: true, IoType.Block, null);
        node.Users.Users[volume.Id] = new VolumeUser("iqn.2026-01.example:t0", 7, Active: true);

        var refused = await Assert.ThrowsAsync<StorageException>(() => node.Catalogue.DeleteVolumeAsync("vg00", "lv0000", "lv0000"));

        Assert.Equal(StorageCodes.VolumeInUse, refused.Problem.Code);
        Assert.Equal(("iqn.2026-01.example:t0", "7"), (refused.Problem.Args!["target"], refused.Problem.Args["lun"]));
        Assert.Equal(["target iqn.2026-01.example:t0, LUN 7"], Assert.Single(node.Catalogue.Volumes).UsedBy.Select(u => u.Text));
    }

    [Fact]
    public async Task Restart_WithHalfMadeAndHalfDeletedVolumes_SweepsThem()
    {
        await using var node = await NodeOnDisk.WithGroupAsync();
        await node.Catalogue.CreateVolumeAsync("vg00", "kept", MiB, thin: false, IoType.Block, null);
        var volumes = Path.Combine(node.MountRoot, "vg00", "volumes");
        foreach (var leftover in new[] { $".creating-{Guid.NewGuid()}", $".deleting-{Guid.NewGuid()}" })
        {
            Directory.CreateDirectory(Path.Combine(volumes, leftover));
            await File.WriteAllTextAsync(Path.Combine(volumes, leftover, "data"), "half");
        }

        await node.RestartAsync(orderly: false);

        Assert.Equal("kept", Assert.Single(node.Catalogue.Volumes).Name);
        Assert.Single(Directory.GetDirectories(volumes));
    }

    [Fact]
    public async Task Restart_WithUnconfirmedExpansion_CutsItBack()
    {
        await using var node = await NodeOnDisk.WithGroupAsync();
        var volume = await node.Catalogue.CreateVolumeAsync("vg00", null, 10 * MiB, thin: false, IoType.Block, null);
        var path = node.Catalogue.FindUsable(volume.Id, out _, out _)!.DataPath;
        NodeOnDisk.Run("fallocate", "-l", "50MiB", path);

        await node.RestartAsync();

        Assert.Equal(10 * MiB, new FileInfo(path).Length);
        Assert.Equal((10 * MiB, 10 * MiB), (node.Catalogue.Volumes[0].SizeBytes, node.Catalogue.Volumes[0].AllocatedBytes));
    }

    [Theory]
    [InlineData("volume.json", "")]
    [InlineData("volume.json", "{}")]
    [InlineData("data", "short")]
    public async Task Restart_WithDamagedVolume_ShowsItFailedAndKeepsItsFiles(string file, string content)
    {
        await using var node = await NodeOnDisk.WithGroupAsync();
        var volume = await node.Catalogue.CreateVolumeAsync("vg00", null, 10 * MiB, thin: false, IoType.Block, null);
        var directory = Path.GetDirectoryName(node.Catalogue.FindUsable(volume.Id, out _, out _)!.DataPath)!;
        await File.WriteAllTextAsync(Path.Combine(directory, file), content);

        await node.RestartAsync();

        var shown = Assert.Single(node.Catalogue.Volumes);
        Assert.Equal((volume.Id, StorageCodes.VolumeFailed), (shown.Id, shown.Problem?.Code));
        Assert.Null(node.Catalogue.FindUsable(volume.Id, out _, out var problem));
        Assert.Equal(StorageCodes.VolumeFailed, problem?.Code);
        Assert.Equal(content, await File.ReadAllTextAsync(Path.Combine(directory, file)));
    }

    /// <summary>So that it lies on the medium before anything else is written.</summary>
    private static async Task WriteAsync(string path, long offset, ReadOnlyMemory<byte> data)
    {
        await using var file = new FileStream(path, new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.Write, BufferSize = 0 });
        file.Position = offset;
        await file.WriteAsync(data);
        FileSync.Sync(file);
    }
}
