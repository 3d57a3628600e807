using Futago.Blocks;
using Futago.Volumes.LogicalVolumes;
using Futago.Volumes.Snapshots;
using static Futago.Volumes.Tests.NodeOnDisk;

namespace Futago.Volumes.Tests;

public sealed class SnapshotTests
{
    [Theory]
    [InlineData(true, IoType.Block)]
    [InlineData(false, IoType.Block)]
    [InlineData(true, IoType.File)]
    public async Task Snapshot_OfAVolumeThatChanges_KeepsWhatWasThere(bool thin, IoType ioType)
    {
        await using var node = await WithGroupAsync();
        var data = await VolumeAsync(node, 64 * MiB, thin, ioType);
        Write(data, 0, 8 * (int)MiB, 1);

        var snapshot = await node.Catalogue.CreateSnapshotAsync("vg00", "lv0000", new SnapshotRequest());
        Write(data, 4 * MiB, 8 * (int)MiB, 2);

        Assert.Equal("snap0000", snapshot.Name);
        Assert.Equal(64 * MiB, snapshot.SizeBytes);
        Assert.True(snapshot.Pause > TimeSpan.Zero);
        var kept = Path.Combine(Path.GetDirectoryName(data)!, "snapshots", snapshot.Id.ToString(), "data");
        Assert.True(Holds(kept, 0, 8 * (int)MiB, 1));
        Assert.True(Holds(kept, 8 * MiB, (int)MiB, 0));
        Assert.True(Holds(data, 4 * MiB, 8 * (int)MiB, 2));
        Assert.Contains(node.Events, e => e.Code == "snapshot.created" && e.Object == "vg00/lv0000@snap0000");
    }

    /// <summary>Two events of every run would bury the others; by name a person deletes it.</summary>
    [Fact]
    public async Task Snapshot_ThatBelongsToARun_IsNoEventUnlessAPersonDeletesIt()
    {
        await using var node = await WithGroupAsync();
        await VolumeAsync(node, 16 * MiB);
        var volume = node.Catalogue.Volumes.Single().Id;

        var ofARun = await node.Catalogue.CreateSnapshotAsync(volume, new SnapshotRequest(Temporary: true));
        await node.Catalogue.DeleteSnapshotAsync(ofARun.Id);
        Assert.DoesNotContain(node.Events, e => e.Code is "snapshot.created" or "snapshot.deleted");
        var leftBehind = await node.Catalogue.CreateSnapshotAsync(volume, new SnapshotRequest(Temporary: true));
        await node.Catalogue.DeleteSnapshotAsync("vg00", "lv0000", leftBehind.Name, leftBehind.Name);
        var kept = await node.Catalogue.CreateSnapshotAsync(volume, new SnapshotRequest());
        await node.Catalogue.DeleteSnapshotAsync(kept.Id);

        Assert.Equal(["snapshot.deleted", "snapshot.created", "snapshot.deleted"], node.Events.Select(e => e.Code).Where(c => c is "snapshot.created" or "snapshot.deleted"));
        Assert.Empty(node.Catalogue.Snapshots);
    }

    [Fact]
    public async Task Create_WithABadOrTakenName_ChangesNothing()
    {
        await using var node = await WithGroupAsync();
        await VolumeAsync(node, 16 * MiB);
        await node.Catalogue.CreateSnapshotAsync("vg00", "lv0000", new SnapshotRequest("before-update"));

        var taken = await Assert.ThrowsAsync<StorageException>(() => node.Catalogue.CreateSnapshotAsync("vg00", "lv0000", new SnapshotRequest("before-update")));
        var invalid = await Assert.ThrowsAsync<StorageException>(() => node.Catalogue.CreateSnapshotAsync("vg00", "lv0000", new SnapshotRequest("../up")));
        var noVolume = await Assert.ThrowsAsync<StorageException>(() => node.Catalogue.CreateSnapshotAsync("vg00", "other", new SnapshotRequest()));

        Assert.Equal((StorageCodes.NameTaken, "name"), (taken.Problem.Code, taken.Problem.Field));
        Assert.Equal((StorageCodes.NameInvalid, "name"), (invalid.Problem.Code, invalid.Problem.Field));
        Assert.Equal(StorageCodes.VolumeNotFound, noVolume.Problem.Code);
        Assert.Single(node.Catalogue.Snapshots);
    }

    [Fact]
    public async Task Snapshots_AfterARestart_AreThereAsTheyWere()
    {
        await using var node = await WithGroupAsync();
        await VolumeAsync(node, 16 * MiB);
        var first = await node.Catalogue.CreateSnapshotAsync("vg00", "lv0000", new SnapshotRequest(Owner: "nightly", Origin: SnapshotOrigin.Schedule));
        await node.Catalogue.ProtectSnapshotAsync("vg00", "lv0000", first.Name, isProtected: true);
        await node.Catalogue.CreateSnapshotAsync("vg00", "lv0000", new SnapshotRequest());

        await node.RestartAsync(orderly: false);

        Assert.Equal(["snap0000", "snap0001"], node.Catalogue.Snapshots.Select(s => s.Name));
        Assert.Equal(first with { Protected = true, UsedBytes = null }, node.Catalogue.Snapshots[0] with { UsedBytes = null, UsedBy = first.UsedBy });
    }

    [Fact]
    public async Task RollBack_GivesTheOldContentBackAndKeepsTheNewOne()
    {
        await using var node = await WithGroupAsync();
        var data = await VolumeAsync(node, 16 * MiB);
        Write(data, 0, (int)MiB, 1);
        await node.Catalogue.CreateSnapshotAsync("vg00", "lv0000", new SnapshotRequest("good"));
        Write(data, 0, (int)MiB, 2);
        await node.Catalogue.UpdateVolumeAsync("vg00", "lv0000", null, 32 * MiB, null);
        Write(data, 20 * MiB, (int)MiB, 3);

        var (to, safety) = await node.Catalogue.RollBackAsync("vg00", "lv0000", "good", "lv0000", whileConnected: false);

        Assert.Equal("good", to.Name);
        Assert.Equal(("rollback0000", SnapshotOrigin.Rollback), (safety.Name, safety.Origin));
        Assert.True(Holds(data, 0, (int)MiB, 1));
        Assert.True(Holds(data, 20 * MiB, (int)MiB, 0));
        Assert.Equal(32 * MiB, new FileInfo(data).Length);
        Assert.True(Holds(DataOf(data, safety), 0, (int)MiB, 2));
        Assert.True(Holds(DataOf(data, safety), 20 * MiB, (int)MiB, 3));
        // A thick volume has all its space again, whatever the snapshot had.
        Assert.True(node.Catalogue.Volumes[0].AllocatedBytes >= 32 * MiB);
        Assert.Null(node.Catalogue.Volumes[0].Problem);
        Assert.Contains(safety.VolumeId, node.Users.Released);

        await node.Catalogue.RollBackAsync("vg00", "lv0000", safety.Name, "vg00/lv0000", whileConnected: false);
        Assert.True(Holds(data, 20 * MiB, (int)MiB, 3));
    }

    [Fact]
    public async Task RollBack_WithoutAnInformedYes_ChangesNothing()
    {
        await using var node = await WithGroupAsync();
        var data = await VolumeAsync(node, 16 * MiB);
        await node.Catalogue.CreateSnapshotAsync("vg00", "lv0000", new SnapshotRequest("good"));
        Write(data, 0, (int)MiB, 2);
        node.Users.Connections[node.Catalogue.Volumes[0].Id] = "initiator iqn.2026-01.example:host on target iqn.2026-01.example:t0, LUN 0";

        var connected = await Assert.ThrowsAsync<StorageException>(() => node.Catalogue.RollBackAsync("vg00", "lv0000", "good", "lv0000", whileConnected: false));
        var unconfirmed = await Assert.ThrowsAsync<StorageException>(() => node.Catalogue.RollBackAsync("vg00", "lv0000", "good", "good", whileConnected: true));

        Assert.Equal(StorageCodes.VolumeConnected, connected.Problem.Code);
        Assert.Contains("iqn.2026-01.example:host", connected.Problem.Detail, StringComparison.Ordinal);
        Assert.Equal(StorageCodes.ConfirmationMismatch, unconfirmed.Problem.Code);
        Assert.True(Holds(data, 0, (int)MiB, 2));
        Assert.Single(node.Catalogue.Snapshots);

        await node.Catalogue.RollBackAsync("vg00", "lv0000", "good", "lv0000", whileConnected: true);
        Assert.True(Holds(data, 0, (int)MiB, 0));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Clone_IsAVolumeOfItsOwn(bool thin)
    {
        await using var node = await WithGroupAsync();
        var data = await VolumeAsync(node, 16 * MiB);
        Write(data, 0, (int)MiB, 1);
        await node.Catalogue.CreateSnapshotAsync("vg00", "lv0000", new SnapshotRequest("good"));
        Write(data, 0, (int)MiB, 2);

        var clone = await node.Catalogue.CloneSnapshotAsync("vg00", "lv0000", "good", "copy", thin);
        var cloneData = DataOf(node, clone.Id);
        Assert.True(Holds(cloneData, 0, (int)MiB, 1));
        Write(cloneData, 0, (int)MiB, 3);

        Assert.Equal((thin, 16 * MiB, "copy"), (clone.Thin, clone.SizeBytes, clone.Name));
        Assert.True(Holds(data, 0, (int)MiB, 2));
        await node.RestartAsync(orderly: false);
        Assert.Equal(2, node.Catalogue.Volumes.Count);
        Assert.True(Holds(cloneData, 0, (int)MiB, 3));
    }

    [Fact]
    public async Task Delete_OfAProtectedOrUsedSnapshot_IsRefused()
    {
        await using var node = await WithGroupAsync();
        await VolumeAsync(node, 16 * MiB);
        var snapshot = await node.Catalogue.CreateSnapshotAsync("vg00", "lv0000", new SnapshotRequest(Protected: true));

        var whileProtected = await Assert.ThrowsAsync<StorageException>(() => node.Catalogue.DeleteSnapshotAsync("vg00", "lv0000", snapshot.Name, snapshot.Name));
        await node.Catalogue.ProtectSnapshotAsync("vg00", "lv0000", snapshot.Name, isProtected: false);
        node.Users.Users[snapshot.Id] = new VolumeUser("iqn.2026-01.example:t0", 1, Active: true);
        var whileUsed = await Assert.ThrowsAsync<StorageException>(() => node.Catalogue.DeleteSnapshotAsync("vg00", "lv0000", snapshot.Name, snapshot.Name));
        var volume = await Assert.ThrowsAsync<StorageException>(() => node.Catalogue.DeleteVolumeAsync("vg00", "lv0000", "lv0000"));

        Assert.Equal(StorageCodes.SnapshotProtected, whileProtected.Problem.Code);
        Assert.Equal(StorageCodes.SnapshotInUse, whileUsed.Problem.Code);
        Assert.Equal(StorageCodes.VolumeHasSnapshots, volume.Problem.Code);

        node.Users.Users.Clear();
        await node.Catalogue.DeleteSnapshotAsync("vg00", "lv0000", snapshot.Name, $"vg00/lv0000@{snapshot.Name}");
        Assert.Empty(node.Catalogue.Snapshots);
        await node.Catalogue.DeleteVolumeAsync("vg00", "lv0000", "lv0000");
    }

    /// <summary>Every state that a kill can leave on the disk, made by hand: after the next start it is as if nothing had been begun.</summary>
    [Fact]
    public async Task Start_AfterAKillAtAnyStep_SweepsWhatWasBegun()
    {
        await using var node = await WithGroupAsync();
        var data = await VolumeAsync(node, 16 * MiB);
        Write(data, 0, (int)MiB, 1);
        var kept = await node.Catalogue.CreateSnapshotAsync("vg00", "lv0000", new SnapshotRequest("kept"));
        await node.Catalogue.CreateSnapshotAsync("vg00", "lv0000", new SnapshotRequest("of-a-run", Temporary: true));
        var snapshots = Path.Combine(Path.GetDirectoryName(data)!, "snapshots");
        var creating = Directory.CreateDirectory(Path.Combine(snapshots, $".creating-{Guid.NewGuid()}")).FullName;
        File.Copy(data, Path.Combine(creating, "data"));
        var deleting = Directory.CreateDirectory(Path.Combine(snapshots, $".deleting-{Guid.NewGuid()}")).FullName;
        File.Copy(Path.Combine(snapshots, kept.Id.ToString(), "snapshot.json"), Path.Combine(deleting, "snapshot.json"));
        File.Copy(data, Path.Combine(Path.GetDirectoryName(data)!, "data.replacement"));

        await node.RestartAsync(orderly: false);

        Assert.Equal(["kept"], node.Catalogue.Snapshots.Select(s => s.Name));
        Assert.Equal([kept.Id.ToString()], Directory.GetFileSystemEntries(snapshots).Select(Path.GetFileName));
        Assert.False(File.Exists(Path.Combine(Path.GetDirectoryName(data)!, "data.replacement")));
        Assert.True(Holds(data, 0, (int)MiB, 1));
    }

    [Fact]
    public async Task DamagedSnapshot_IsShownAndStandsInNobodysWay()
    {
        await using var node = await WithGroupAsync();
        var data = await VolumeAsync(node, 16 * MiB);
        var snapshot = await node.Catalogue.CreateSnapshotAsync("vg00", "lv0000", new SnapshotRequest());
        await node.Catalogue.StopAsync();
        await node.RestartAsync(orderly: false);
        File.AppendAllText(Path.Combine(Path.GetDirectoryName(DataOf(data, snapshot))!, "snapshot.json"), "x");

        await node.RestartAsync(orderly: false);

        var damaged = Assert.Single(node.Catalogue.Snapshots);
        Assert.Equal(StorageCodes.SnapshotDamaged, damaged.Problem?.Code);
        var refused = await Assert.ThrowsAsync<StorageException>(() => node.Catalogue.RollBackAsync("vg00", "lv0000", damaged.Name, "lv0000", whileConnected: false));
        Assert.Equal(StorageCodes.SnapshotDamaged, refused.Problem.Code);
        await node.Catalogue.DeleteSnapshotAsync("vg00", "lv0000", damaged.Name, damaged.Name);
        Assert.Empty(node.Catalogue.Snapshots);
    }

    [Fact]
    public async Task Reserve_WhenItIsExceeded_CostsTheOldestUnprotectedSnapshots()
    {
        await using var node = await WithGroupAsync();
        var data = await VolumeAsync(node, 64 * MiB);
        Write(data, 0, 64 * (int)MiB, 1);
        await node.Catalogue.CreateSnapshotAsync("vg00", "lv0000", new SnapshotRequest("protected", Protected: true));
        Write(data, 0, 2 * (int)MiB, 2);
        await node.Catalogue.CreateSnapshotAsync("vg00", "lv0000", new SnapshotRequest("older"));
        Write(data, 2 * MiB, 2 * (int)MiB, 3);
        await node.Catalogue.CreateSnapshotAsync("vg00", "lv0000", new SnapshotRequest("newer"));
        await node.Catalogue.CheckSnapshotSpaceAsync();
        var within = node.Catalogue.Volumes[0];
        Assert.Equal(4 * MiB, within.SnapshotUsedBytes);
        Assert.Equal(3, within.SnapshotCount);

        Write(data, 4 * MiB, 8 * (int)MiB, 4);
        await node.Catalogue.UpdateVolumeAsync("vg00", "lv0000", null, null, null, snapshotReservePercent: 0);
        await node.RestartAsync(orderly: false);
        await node.Catalogue.CheckSnapshotSpaceAsync();

        Assert.Equal(["protected"], node.Catalogue.Snapshots.Select(s => s.Name));
        Assert.Equal(["vg00/lv0000@older", "vg00/lv0000@newer"], node.Events.Where(e => e.Code == "snapshot.dropped").Select(e => e.Object));
        Assert.Single(node.Events, e => e.Code == "snapshot.reserve-exceeded");
        Assert.Equal(12 * MiB, node.Catalogue.Snapshots[0].UsedBytes);
        Assert.True(Holds(data, 4 * MiB, 8 * (int)MiB, 4));
    }

    [Fact]
    public async Task Write_ThatFindsNoSpaceBecauseOfSnapshots_GetsIt()
    {
        await using var node = await WithGroupAsync(512 * MiB);
        var free = node.Catalogue.Groups[0].Space.Free;
        var data = await VolumeAsync(node, free / 2 / MiB * MiB);
        var length = new FileInfo(data).Length;
        Write(data, 0, (int)length, 1);
        await node.Catalogue.CreateSnapshotAsync("vg00", "lv0000", new SnapshotRequest("first"));
        Write(data, 0, (int)length, 2);
        await node.Catalogue.CreateSnapshotAsync("vg00", "lv0000", new SnapshotRequest("second"));

        // The group has not the space to write the volume once more, unless a snapshot goes.
        var volumeId = node.Catalogue.Volumes[0].Id;
        await using var device = Blocks.FileBlockDevice.Open(data, new Blocks.FileBlockDeviceOptions { MakeRoom = () => node.Catalogue.TryMakeRoom(volumeId) });
        using var pool = new PoolOf(4 * (int)MiB, fill: 3);
        for (long offset = 0; offset < length; offset += pool.Buffer.Capacity)
        {
            var count = Math.Min(pool.Buffer.Capacity, length - offset);
            Assert.Equal(Blocks.BlockStatus.Ok, await Blocks.BlockDeviceTasks.RunAsync(device, Blocks.BlockOperation.Write, offset, count, pool.Buffer));
        }

        Assert.Contains(node.Events, e => e.Code == "snapshot.dropped" && e.Object == "vg00/lv0000@first");
        Assert.True(Holds(data, 0, (int)length, 3));
    }

    [Fact]
    public async Task Space_OfAGroupWithSnapshots_AddsUp()
    {
        await using var node = await WithGroupAsync();
        var data = await VolumeAsync(node, 64 * MiB);
        Write(data, 0, 64 * (int)MiB, 1);
        var before = node.Catalogue.Groups[0].Space;

        await node.Catalogue.CreateSnapshotAsync("vg00", "lv0000", new SnapshotRequest());
        Write(data, 0, 2 * (int)MiB, 2);
        await node.Catalogue.CheckSnapshotSpaceAsync();

        var group = node.Catalogue.Groups[0];
        Assert.Equal(64 * MiB / 10, group.Space.Snapshots, 1.0 * MiB);
        Assert.True(group.Space.Free < before.Free);
        Assert.Equal(group.SizeBytes, group.Space.Volumes + group.Space.Snapshots + group.Space.System + group.Space.Free);
    }

    private static async Task<string> VolumeAsync(NodeOnDisk node, long size, bool thin = false, IoType ioType = IoType.Block)
    {
        var volume = await node.Catalogue.CreateVolumeAsync("vg00", null, size, thin, ioType, null);
        return DataOf(node, volume.Id);
    }

    private static string DataOf(NodeOnDisk node, Guid volume) => Path.Combine(node.MountRoot, "vg00", "volumes", volume.ToString(), "data");

    private static string DataOf(string volumeData, SnapshotStatus snapshot) =>
        Path.Combine(Path.GetDirectoryName(volumeData)!, "snapshots", snapshot.Id.ToString(), "data");

    private static void Write(string path, long offset, int count, byte value)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        file.Position = offset;
        var content = new byte[count];
        content.AsSpan().Fill(value);
        file.Write(content);
        FileSync.Sync(file);
    }

    private static bool Holds(string path, long offset, int count, byte value)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        file.Position = offset;
        var content = new byte[count];
        file.ReadExactly(content);
        return content.AsSpan().IndexOfAnyExcept(value) < 0;
    }

    private sealed class PoolOf : IDisposable
    {
        private readonly Blocks.BlockBufferPool _pool;

        public PoolOf(int bytes, byte fill)
        {
            _pool = new Blocks.BlockBufferPool(bytes);
            Buffer = _pool.TryRent(bytes)!;
            Buffer.GetSpan().Fill(fill);
        }

        public Blocks.BlockBuffer Buffer { get; }

        public void Dispose() => _pool.Return(Buffer);
    }
}
