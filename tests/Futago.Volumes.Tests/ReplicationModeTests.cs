using Futago.Volumes.LogicalVolumes;
using Futago.Volumes.Snapshots;

namespace Futago.Volumes.Tests;

/// <summary>The volume replication mode: kept beside the volume, a lock when it is destination, and given up last.</summary>
public sealed class ReplicationModeTests
{
    private const long MiB = NodeOnDisk.MiB;

    private static async Task<NodeOnDisk> WithVolumeAsync()
    {
        var node = await NodeOnDisk.WithGroupAsync();
        await node.Catalogue.CreateVolumeAsync("vg00", "lv0000", 16 * MiB, thin: true, IoType.Block, null);
        return node;
    }

    private static async Task<StorageProblem> RefusedAsync(Func<Task> attempt) => (await Assert.ThrowsAsync<StorageException>(attempt)).Problem;

    private static Task<VolumeStatus> SetAsync(NodeOnDisk node, ReplicationMode mode) =>
        node.Catalogue.SetReplicationModeAsync("vg00", "lv0000", mode, (_, _) => Task.CompletedTask);

    private static LogicalVolume VolumeOf(NodeOnDisk node) => node.Catalogue.FindUsable(node.Catalogue.Volumes[0].Id, out _, out _)!;

    [Theory]
    [InlineData(ReplicationMode.Source)]
    [InlineData(ReplicationMode.Destination)]
    public async Task Mode_Set_OutlivesTheEngine(ReplicationMode mode)
    {
        await using var node = await WithVolumeAsync();
        Assert.Equal(ReplicationMode.None, node.Catalogue.Volumes[0].ReplicationMode);

        await SetAsync(node, mode);
        await SetAsync(node, mode);
        await node.RestartAsync();

        Assert.Equal(mode, node.Catalogue.Volumes[0].ReplicationMode);
        Assert.Single(node.Events, e => e.Code.StartsWith("volume.mode-", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Destination_IsLocked_UntilItHasAnotherMode()
    {
        await using var node = await WithVolumeAsync();
        await node.Catalogue.CreateSnapshotAsync("vg00", "lv0000", new SnapshotRequest("before", SnapshotOrigin.Manual));
        await SetAsync(node, ReplicationMode.Destination);

        Func<Task>[] attempts =
        [
            () => node.Catalogue.DeleteVolumeAsync("vg00", "lv0000", "lv0000"),
            () => node.Catalogue.RollBackAsync("vg00", "lv0000", "before", "lv0000", whileConnected: true),
            () => node.Catalogue.DestroyGroupAsync("vg00", "vg00"),
        ];
        foreach (var attempt in attempts)
            Assert.Equal((StorageCodes.ReplicationModeDestination, "vg00/lv0000"), ((await RefusedAsync(attempt)) is var p ? (p.Code, p.Args!["volume"]) : default));
        Assert.NotNull(node.Catalogue.WhyLocked(node.Catalogue.Volumes[0].Id));

        await SetAsync(node, ReplicationMode.Source);

        Assert.Null(node.Catalogue.WhyLocked(node.Catalogue.Volumes[0].Id));
        await node.Catalogue.RollBackAsync("vg00", "lv0000", "before", "lv0000", whileConnected: false);
    }

    [Fact]
    public async Task Destination_VolumeInUse_SaysByWhom()
    {
        await using var node = await WithVolumeAsync();
        node.Users.Users[node.Catalogue.Volumes[0].Id] = new VolumeUser("iqn.2026-01.example.futago:t0", 3, Active: false);

        var refused = await RefusedAsync(() => SetAsync(node, ReplicationMode.Destination));

        Assert.Equal((StorageCodes.ReplicationDestinationInUse, "mode", "target iqn.2026-01.example.futago:t0, LUN 3"), (refused.Code, refused.Field, refused.Args!["users"]));
        Assert.Equal(ReplicationMode.None, node.Catalogue.Volumes[0].ReplicationMode);
        Assert.Equal(ReplicationMode.Source, (await SetAsync(node, ReplicationMode.Source)).ReplicationMode);
    }

    [Fact]
    public async Task Mode_OfAVolumeInATask_IsTheTasks()
    {
        await using var node = await WithVolumeAsync();
        var id = node.Catalogue.Volumes[0].Id;
        await SetAsync(node, ReplicationMode.Destination);
        node.Users.Users[id] = VolumeUser.OfReplication("replication1", inconsistent: false);

        Func<LogicalVolume, string, Task> check = (_, _) => throw new InvalidOperationException("A task has it.");
        await Assert.ThrowsAsync<InvalidOperationException>(() => node.Catalogue.SetReplicationModeAsync("vg00", "lv0000", ReplicationMode.Source, check));
        await Assert.ThrowsAsync<InvalidOperationException>(() => node.Catalogue.ClearReplicationModeAsync("vg00", "lv0000", "lv0000", check));
        Assert.Equal(ReplicationMode.Destination, node.Catalogue.Volumes[0].ReplicationMode);
        // The replication says where it is served; the lock is for what no task has.
        Assert.Null(node.Catalogue.WhyLocked(id));

        await node.Catalogue.FollowRoleAsync(id, ReplicationMode.Source);
        node.Users.Users.Clear();
        await node.RestartAsync();

        Assert.Equal(ReplicationMode.Source, node.Catalogue.Volumes[0].ReplicationMode);
    }

    [Fact]
    public async Task Role_OfAVolumeWithoutAMode_GivesItNone()
    {
        await using var node = await WithVolumeAsync();

        await node.Catalogue.FollowRoleAsync(node.Catalogue.Volumes[0].Id, ReplicationMode.Destination);

        Assert.Equal(ReplicationMode.None, node.Catalogue.Volumes[0].ReplicationMode);
    }

    [Theory]
    [InlineData(ReplicationMode.None)]
    [InlineData((ReplicationMode)7)]
    public async Task Mode_ThatIsNone_IsRefused(ReplicationMode mode)
    {
        await using var node = await WithVolumeAsync();

        Assert.Equal((StorageCodes.ReplicationModeInvalid, "mode"), ((await RefusedAsync(() => SetAsync(node, mode))) is var p ? (p.Code, p.Field) : default));
    }

    [Fact]
    public async Task Clear_NeedsTheName_AndKeepsTheModeWhenItIsCutOff()
    {
        await using var node = await WithVolumeAsync();
        await SetAsync(node, ReplicationMode.Destination);
        File.WriteAllText(VolumeOf(node).ReplicationPath, "left");

        Assert.Equal(StorageCodes.ConfirmationMismatch, (await RefusedAsync(() => node.Catalogue.ClearReplicationModeAsync("vg00", "lv0000", "lv0001", Forget))).Code);
        Assert.True(node.Catalogue.Volumes[0].ReplicationMetadata);
        await Assert.ThrowsAsync<IOException>(() => node.Catalogue.ClearReplicationModeAsync("vg00", "lv0000", "lv0000", (volume, path) =>
        {
            Forget(volume, path);
            throw new IOException("The engine is killed here.");
        }));
        await node.RestartAsync();
        Assert.Equal((ReplicationMode.Destination, false), (node.Catalogue.Volumes[0].ReplicationMode, node.Catalogue.Volumes[0].ReplicationMetadata));

        await node.Catalogue.ClearReplicationModeAsync("vg00", "lv0000", "vg00/lv0000", Forget);
        await node.RestartAsync();

        Assert.Equal((ReplicationMode.None, false), (node.Catalogue.Volumes[0].ReplicationMode, node.Catalogue.Volumes[0].ReplicationMetadata));
        Assert.Contains(node.Events, e => e.Code == "volume.mode-cleared");

        static Task Forget(LogicalVolume volume, string path)
        {
            File.Delete(volume.ReplicationPath);
            return Task.CompletedTask;
        }
    }

    /// <summary>While the metadata of a replication lies beside it, a file system is not mounted from its data file.</summary>
    [Fact]
    public async Task Clear_NasVolumeWithLeftMetadata_MountsIt()
    {
        await using var node = await NodeOnDisk.WithGroupAsync();
        var volume = await node.Catalogue.CreateVolumeAsync("vg00", "nas0", 512 * MiB, thin: true, IoType.Block, null, nas: true);
        File.WriteAllText(VolumeOf(node).ReplicationPath, "left");
        await node.RestartAsync();
        Assert.Null(node.Catalogue.MountPointOf(volume.Id));

        var cleared = await node.Catalogue.ClearReplicationModeAsync("vg00", "nas0", "nas0", (v, _) =>
        {
            File.Delete(v.ReplicationPath);
            return Task.CompletedTask;
        });

        Assert.NotNull(cleared.MountPoint);
    }
}
