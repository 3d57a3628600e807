using System.ComponentModel;
using Futago.Blocks;
using Futago.Volumes.LogicalVolumes;
using Futago.Volumes.Snapshots;
using static Futago.Volumes.Tests.NodeOnDisk;

namespace Futago.Volumes.Tests;

public sealed class NasTests
{
    private static readonly StoragePhrase Tester = StoragePhrase.Share("a test");

    [Fact]
    public async Task Volume_IsMountedWithItsSentinel_FromItsCreationOn()
    {
        await using var node = await WithGroupAsync(2 * GiB);

        var volume = await CreateAsync(node);

        Assert.True(volume.Nas);
        Assert.Equal(volume.MountPoint, node.Catalogue.MountPointOf(volume.Id));
        Assert.Equal($"{volume.Id}\n", File.ReadAllText(Path.Combine(volume.MountPoint!, NasSentinel.FileName)));
        Assert.InRange(volume.FileSystem.SizeBytes, 256 * MiB, 512 * MiB);

        await node.RestartAsync(orderly: false);
        Assert.Equal($"{volume.Id}\n", File.ReadAllText(Path.Combine(node.Catalogue.MountPointOf(volume.Id)!, NasSentinel.FileName)));
    }

    [Fact]
    public async Task Create_TooSmallOrWithFileIo_IsRefused()
    {
        await using var node = await WithGroupAsync();

        var small = await Assert.ThrowsAsync<StorageException>(() => node.Catalogue.CreateVolumeAsync("vg00", "nas0", 64 * MiB, true, IoType.Block, null, nas: true));
        var cached = await Assert.ThrowsAsync<StorageException>(() => node.Catalogue.CreateVolumeAsync("vg00", "nas0", 512 * MiB, true, IoType.File, null, nas: true));

        Assert.Equal((StorageCodes.SizeTooSmall, "sizeBytes"), (small.Problem.Code, small.Problem.Field));
        Assert.Equal((StorageCodes.VolumeTypeUnsupported, "ioType"), (cached.Problem.Code, cached.Problem.Field));
        Assert.Empty(node.Catalogue.Volumes);
    }

    [Fact]
    public async Task Snapshot_MountedReadOnly_ShowsTheFilesOfItsTime()
    {
        await using var node = await WithGroupAsync(2 * GiB);
        var volume = await CreateAsync(node);
        var file = Path.Combine(volume.MountPoint!, "letter");
        File.WriteAllText(file, "first");
        var snapshot = await node.Catalogue.CreateSnapshotAsync(volume.Id, new SnapshotRequest(Temporary: true));
        File.WriteAllText(file, "second");

        var first = await node.Catalogue.MountSnapshotAsync(snapshot.Id, Tester);
        var second = await node.Catalogue.MountSnapshotAsync(snapshot.Id, StoragePhrase.DataReplication("another"));

        Assert.Equal(first.Directory, second.Directory);
        Assert.Equal("first", File.ReadAllText(Path.Combine(first.Directory, "letter")));
        Assert.Equal($"{volume.Id}\n", File.ReadAllText(Path.Combine(first.Directory, NasSentinel.FileName)));
        Assert.Throws<IOException>(() => File.WriteAllText(Path.Combine(first.Directory, "letter"), "third"));
        var used = await Assert.ThrowsAsync<StorageException>(() => node.Catalogue.DeleteSnapshotAsync(snapshot.Id));
        Assert.Equal(StorageCodes.SnapshotInUse, used.Problem.Code);

        await first.DisposeAsync();
        Assert.True(File.Exists(Path.Combine(second.Directory, "letter")));
        await second.DisposeAsync();
        Assert.Equal([volume.MountPoint], MountsBelow(node.MountRoot).Where(m => m != Path.Combine(node.MountRoot, "vg00")));
        await node.Catalogue.DeleteSnapshotAsync(snapshot.Id);
        Assert.Empty(node.Catalogue.SnapshotsOf(volume.Id));
    }

    [Fact]
    public async Task Mount_OfASnapshotOfALun_IsRefused()
    {
        await using var node = await WithGroupAsync();
        var volume = await node.Catalogue.CreateVolumeAsync("vg00", null, 16 * MiB, false, IoType.Block, null);
        var snapshot = await node.Catalogue.CreateSnapshotAsync(volume.Id, new SnapshotRequest());

        var refused = await Assert.ThrowsAsync<StorageException>(() => node.Catalogue.MountSnapshotAsync(snapshot.Id, Tester));

        Assert.Equal(StorageCodes.VolumeNotNas, refused.Problem.Code);
    }

    [Fact]
    public async Task Expand_WhileFilesAreOpen_GrowsTheFileSystem()
    {
        await using var node = await WithGroupAsync(2 * GiB);
        var volume = await CreateAsync(node);
        await using var open = File.Create(Path.Combine(volume.MountPoint!, "open"));

        var expanded = await node.Catalogue.UpdateVolumeAsync("vg00", "nas0", null, GiB, null);

        Assert.InRange(expanded.FileSystem.SizeBytes, 800 * MiB, GiB);
        open.WriteByte(1);
        FileSync.Sync(open);
    }

    [Fact]
    public async Task RollBack_BringsTheFilesBack()
    {
        await using var node = await WithGroupAsync(2 * GiB);
        var volume = await CreateAsync(node);
        File.WriteAllText(Path.Combine(volume.MountPoint!, "letter"), "first");
        await node.Catalogue.CreateSnapshotAsync("vg00", "nas0", new SnapshotRequest("before-update"));
        File.Delete(Path.Combine(volume.MountPoint!, "letter"));
        await node.Catalogue.UpdateVolumeAsync("vg00", "nas0", null, 768 * MiB, null);

        var (_, safety) = await node.Catalogue.RollBackAsync("vg00", "nas0", "before-update", "nas0", whileConnected: false);

        var after = node.Catalogue.Volumes[0];
        Assert.Equal("first", File.ReadAllText(Path.Combine(after.MountPoint!, "letter")));
        Assert.InRange(after.FileSystem.SizeBytes, 600 * MiB, 768 * MiB);
        await using var mount = await node.Catalogue.MountSnapshotAsync(safety.Id, Tester);
        Assert.False(File.Exists(Path.Combine(mount.Directory, "letter")));
    }

    [Fact]
    public async Task RollBack_WhileAFileIsHeldOpen_IsRefusedAndServesOn()
    {
        await using var node = await WithGroupAsync(2 * GiB);
        var volume = await CreateAsync(node);
        await node.Catalogue.CreateSnapshotAsync("vg00", "nas0", new SnapshotRequest("before-update"));
        await using (var open = File.Create(Path.Combine(volume.MountPoint!, "open")))
        {
            var refused = await Assert.ThrowsAsync<StorageException>(
                () => node.Catalogue.RollBackAsync("vg00", "nas0", "before-update", "nas0", whileConnected: false));

            Assert.Equal(StorageCodes.VolumeInUse, refused.Problem.Code);
            open.WriteByte(1);
            FileSync.Sync(open);
        }
        Assert.Null(node.Catalogue.Volumes[0].Problem);
        Assert.True(File.Exists(Path.Combine(volume.MountPoint!, "open")));
    }

    [Fact]
    public async Task Clone_HasTheFilesAndASentinelOfItsOwn()
    {
        await using var node = await WithGroupAsync(2 * GiB);
        var volume = await CreateAsync(node);
        File.WriteAllText(Path.Combine(volume.MountPoint!, "letter"), "first");
        await node.Catalogue.CreateSnapshotAsync("vg00", "nas0", new SnapshotRequest("good"));

        var clone = await node.Catalogue.CloneSnapshotAsync("vg00", "nas0", "good", "copy", thin: true);

        Assert.Equal("first", File.ReadAllText(Path.Combine(clone.MountPoint!, "letter")));
        Assert.Equal($"{clone.Id}\n", File.ReadAllText(Path.Combine(clone.MountPoint!, NasSentinel.FileName)));
        Assert.Equal($"{volume.Id}\n", File.ReadAllText(Path.Combine(volume.MountPoint!, NasSentinel.FileName)));
    }

    /// <summary>What a kill between freeze and thaw leaves: the next start thaws, or nothing could be unmounted or written again.</summary>
    [Fact]
    public async Task Start_WithAFrozenFileSystem_ThawsIt()
    {
        await using var node = await WithGroupAsync(2 * GiB);
        var volume = await CreateAsync(node);
        Run("fsfreeze", "--freeze", volume.MountPoint!);

        await node.RestartAsync(orderly: false);

        File.WriteAllText(Path.Combine(node.Catalogue.MountPointOf(volume.Id)!, "letter"), "written");
    }

    /// <summary>Two mounts of one file would not know of each other and destroy it.</summary>
    [Fact]
    public async Task Start_WithAFileSystemThatIsStillInUse_TakesItOverAndMountsItNoSecondTime()
    {
        await using var node = await WithGroupAsync(2 * GiB);
        var volume = await CreateAsync(node);
        using (var held = new FileStream(Path.Combine(volume.MountPoint!, "held"), FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite))
        {
            await node.RestartAsync(orderly: false);
            held.Write("written by the one before"u8);
            FileSync.Sync(held);

            var mountPoint = node.Catalogue.MountPointOf(volume.Id)!;
            Assert.Single(File.ReadLines("/proc/self/mountinfo"), l => l.Split(' ')[4] == mountPoint);
            Assert.Equal("written by the one before", File.ReadAllText(Path.Combine(mountPoint, "held")));
            await node.Catalogue.CreateSnapshotAsync(volume.Id, new SnapshotRequest("after"));
        }

        await node.RestartAsync(orderly: false);
        Assert.Equal("written by the one before", File.ReadAllText(Path.Combine(node.Catalogue.MountPointOf(volume.Id)!, "held")));
    }

    [Fact]
    public async Task Delete_LeavesNoMountAndNoLoopDevice()
    {
        await using var node = await WithGroupAsync(2 * GiB);
        var volume = await CreateAsync(node);
        var snapshot = await node.Catalogue.CreateSnapshotAsync(volume.Id, new SnapshotRequest());
        await (await node.Catalogue.MountSnapshotAsync(snapshot.Id, Tester)).DisposeAsync();
        await node.Catalogue.DeleteSnapshotAsync(snapshot.Id);

        await node.Catalogue.DeleteVolumeAsync("vg00", "nas0", "nas0");

        Assert.Equal([Path.Combine(node.MountRoot, "vg00")], MountsBelow(node.MountRoot));
        await LoopsGoneAsync(node.MountRoot);
    }

    [Fact]
    public async Task Export_OfTheGroup_TakesItsFileSystemsOffline()
    {
        await using var node = await WithGroupAsync(2 * GiB);
        var volume = await CreateAsync(node);
        File.WriteAllText(Path.Combine(volume.MountPoint!, "letter"), "first");

        await node.Catalogue.ExportGroupAsync("vg00");
        Assert.Empty(MountsBelow(node.MountRoot));
        await node.Catalogue.ImportGroupAsync(node.PathOf("unit0.img"), null);

        Assert.Equal("first", File.ReadAllText(Path.Combine(node.Catalogue.MountPointOf(volume.Id)!, "letter")));
    }

    [Fact]
    public async Task DamagedFileSystem_FailsItsVolumeAlone()
    {
        await using var node = await WithGroupAsync(2 * GiB);
        var volume = await CreateAsync(node);
        var data = Path.Combine(node.MountRoot, "vg00", "volumes", volume.Id.ToString(), "data");
        await node.Catalogue.StopAsync();
        Run("mount", "-o", "loop", node.PathOf("unit0.img"), Directory.CreateDirectory(Path.Combine(node.MountRoot, "vg00")).FullName);
        await using (var file = File.OpenWrite(data))
            file.Write(new byte[1 << 20]);
        Run("umount", Path.Combine(node.MountRoot, "vg00"));

        await node.RestartAsync(orderly: false);

        Assert.Equal(StorageCodes.VolumeFailed, node.Catalogue.Volumes[0].Problem?.Code);
        Assert.Null(node.Catalogue.MountPointOf(volume.Id));
        Assert.Contains(node.Events, e => e.Code == "volume.mount-failed");
        Assert.Equal(Groups.GroupState.Online, node.Catalogue.Groups[0].State);
    }

    private static Task<VolumeStatus> CreateAsync(NodeOnDisk node) =>
        node.Catalogue.CreateVolumeAsync("vg00", "nas0", 512 * MiB, thin: false, IoType.Block, null, nas: true);

    /// <summary>The kernel detaches a loop device a moment after its last user is gone.</summary>
    private static async Task LoopsGoneAsync(string root)
    {
        for (var attempt = 0; Run("losetup", "--list", "--noheadings", "--output", "BACK-FILE").Contains(root, StringComparison.Ordinal); attempt++)
        {
            if (attempt == 600)
                throw new Win32Exception($"A loop device on a file below {root} is still there.");
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }
}
