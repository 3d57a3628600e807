using Futago.Volumes.Groups;
using Futago.Volumes.LogicalVolumes;
using Futago.Volumes.Units;

namespace Futago.Volumes.Tests;

public sealed class GroupTests
{
    [Fact]
    public async Task CreateGroup_OnFreeImage_IsOnlineAndItsSpaceAddsUp()
    {
        await using var node = await NodeOnDisk.WithGroupAsync();

        var group = Assert.Single(node.Catalogue.Groups);

        Assert.Equal(("vg00", GroupState.Online, NodeOnDisk.GiB), (group.Name, group.State, group.SizeBytes));
        Assert.Equal(group.SizeBytes, group.Space.Volumes + group.Space.System + group.Space.Free);
        Assert.InRange(group.Space.Free, NodeOnDisk.GiB / 2, NodeOnDisk.GiB);
        Assert.Contains(node.Events, e => e.Code == "group.created");
    }

    [Fact]
    public async Task CreateGroup_WithoutName_TakesNextDefault()
    {
        await using var node = await NodeOnDisk.WithGroupAsync();
        var image = await node.Catalogue.CreateImageAsync(node.PathOf("unit1.img"), NodeOnDisk.GiB / 2);

        var group = await node.Catalogue.CreateGroupAsync(null, image.Path, overwrite: false);

        Assert.Equal("vg01", group.Name);
    }

    [Fact]
    public async Task CreateGroup_WithTakenOrBadName_IsRefused()
    {
        await using var node = await NodeOnDisk.WithGroupAsync();
        var image = await node.Catalogue.CreateImageAsync(node.PathOf("unit1.img"), NodeOnDisk.GiB / 2);

        var taken = await Assert.ThrowsAsync<StorageException>(() => node.Catalogue.CreateGroupAsync("vg00", image.Path, overwrite: false));
        var bad = await Assert.ThrowsAsync<StorageException>(() => node.Catalogue.CreateGroupAsync("../vg", image.Path, overwrite: false));

        Assert.Equal((StorageCodes.NameTaken, "name"), (taken.Problem.Code, taken.Problem.Field));
        Assert.Equal((StorageCodes.NameInvalid, "name"), (bad.Problem.Code, bad.Problem.Field));
        Assert.Equal(UnitUse.Free, Assert.Single(await node.Catalogue.ListUnitsAsync(), u => u.Path == image.Path).Use);
    }

    [Fact]
    public async Task CreateGroup_OnUnitWithData_NamesItAndNeedsOverwrite()
    {
        await using var node = await NodeOnDisk.StartAsync();
        var image = await node.Catalogue.CreateImageAsync(node.PathOf("unit0.img"), NodeOnDisk.GiB);
        NodeOnDisk.Run("mkswap", image.Path);

        var refused = await Assert.ThrowsAsync<StorageException>(() => node.Catalogue.CreateGroupAsync("vg00", image.Path, overwrite: false));
        var group = await node.Catalogue.CreateGroupAsync("vg00", image.Path, overwrite: true);

        Assert.Equal((StorageCodes.UnitHasData, "unitPath"), (refused.Problem.Code, refused.Problem.Field));
        Assert.Contains("swap space", refused.Message, StringComparison.Ordinal);
        Assert.Equal(GroupState.Online, group.State);
    }

    [Fact]
    public async Task CreateGroup_OnUnitOfAnotherGroup_IsRefusedByName()
    {
        await using var node = await NodeOnDisk.WithGroupAsync();

        var refused = await Assert.ThrowsAsync<StorageException>(() => node.Catalogue.CreateGroupAsync("vg01", node.PathOf("unit0.img"), overwrite: true));

        Assert.Equal(StorageCodes.UnitInUse, refused.Problem.Code);
        Assert.Contains("“vg00”", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CreateGroup_OnUnknownFile_IsRefused()
    {
        await using var node = await NodeOnDisk.StartAsync();
        File.WriteAllText(node.PathOf("letter.txt"), "dear all");

        var refused = await Assert.ThrowsAsync<StorageException>(() => node.Catalogue.CreateGroupAsync("vg00", node.PathOf("letter.txt"), overwrite: true));

        Assert.Equal(StorageCodes.UnitNotFound, refused.Problem.Code);
        Assert.Equal("dear all", File.ReadAllText(node.PathOf("letter.txt")));
    }

    [Fact]
    public async Task ExportAndImport_OnAnotherNode_KeepsVolumesAndData()
    {
        await using var node = await NodeOnDisk.WithGroupAsync();
        var volume = await node.Catalogue.CreateVolumeAsync("vg00", null, 10 * NodeOnDisk.MiB, thin: false, IoType.Block, null);
        var path = node.Catalogue.FindUsable(volume.Id, out _, out _)!.DataPath;
        await File.WriteAllTextAsync(path + ".probe", "x");
        File.Delete(path + ".probe");
        using (var data = new FileStream(path, FileMode.Open))
            data.Write("kept"u8);
        await node.Catalogue.ExportGroupAsync("vg00");
        await using var other = await NodeOnDisk.StartAsync();

        var group = await other.Catalogue.ImportGroupAsync(node.PathOf("unit0.img"), "moved");

        Assert.Empty(node.Catalogue.Groups);
        Assert.Equal("moved", group.Name);
        var imported = Assert.Single(other.Catalogue.Volumes);
        Assert.Equal((volume.Id, "lv0000", 10 * NodeOnDisk.MiB), (imported.Id, imported.Name, imported.SizeBytes));
        Assert.StartsWith("kept", File.ReadAllText(other.Catalogue.FindUsable(volume.Id, out _, out _)!.DataPath), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Import_WithTakenName_IsRefusedUntilRenamed()
    {
        await using var node = await NodeOnDisk.WithGroupAsync();
        await using var other = await NodeOnDisk.WithGroupAsync();
        await other.Catalogue.ExportGroupAsync("vg00");

        var refused = await Assert.ThrowsAsync<StorageException>(() => node.Catalogue.ImportGroupAsync(other.PathOf("unit0.img"), null));
        var group = await node.Catalogue.ImportGroupAsync(other.PathOf("unit0.img"), "vg01");

        Assert.Equal(StorageCodes.NameTaken, refused.Problem.Code);
        Assert.Equal(("vg01", 2), (group.Name, node.Catalogue.Groups.Count));
    }

    [Fact]
    public async Task Import_CopyOfOnlineGroup_IsRefused()
    {
        await using var node = await NodeOnDisk.WithGroupAsync(NodeOnDisk.GiB / 2);
        NodeOnDisk.Run("sync", "-f", Path.Combine(node.MountRoot, "vg00"));
        NodeOnDisk.Run("cp", "--sparse=always", node.PathOf("unit0.img"), node.PathOf("copy.img"));

        var refused = await Assert.ThrowsAsync<StorageException>(() => node.Catalogue.ImportGroupAsync(node.PathOf("copy.img"), "copy"));

        Assert.Equal("vg00", Assert.Single(node.Catalogue.Groups).Name);
        Assert.Contains(refused.Problem.Code, new[] { StorageCodes.UnitInUse, StorageCodes.GroupDamaged });
        Assert.DoesNotContain(node.Catalogue.Units, u => u.Path == node.PathOf("copy.img"));
    }

    [Fact]
    public async Task Import_UnitWithoutGroup_IsRefused()
    {
        await using var node = await NodeOnDisk.StartAsync();
        var image = await node.Catalogue.CreateImageAsync(node.PathOf("unit0.img"), NodeOnDisk.GiB);

        var refused = await Assert.ThrowsAsync<StorageException>(() => node.Catalogue.ImportGroupAsync(image.Path, null));

        Assert.Equal(StorageCodes.UnitNoGroup, refused.Problem.Code);
    }

    [Fact]
    public async Task Import_GroupOfKilledNode_ReplaysItsLog()
    {
        await using var node = await NodeOnDisk.WithGroupAsync(NodeOnDisk.GiB / 2);
        await node.Catalogue.CreateVolumeAsync("vg00", null, 10 * NodeOnDisk.MiB, thin: false, IoType.Block, null);
        // What a machine that lost power leaves: the log is on the medium, the structures that it describes are not.
        NodeOnDisk.Run("cp", node.PathOf("unit0.img"), node.PathOf("dead.img"));
        await node.Catalogue.DestroyGroupAsync("vg00", "vg00");

        await node.Catalogue.ImportGroupAsync(node.PathOf("dead.img"), null);

        Assert.Equal("lv0000", Assert.Single(node.Catalogue.Volumes).Name);
    }

    [Fact]
    public async Task DestroyGroup_Confirmed_FreesTheUnit()
    {
        await using var node = await NodeOnDisk.WithGroupAsync();

        var unconfirmed = await Assert.ThrowsAsync<StorageException>(() => node.Catalogue.DestroyGroupAsync("vg00", "vg0"));
        await node.Catalogue.DestroyGroupAsync("vg00", "vg00");

        Assert.Equal(StorageCodes.ConfirmationMismatch, unconfirmed.Problem.Code);
        Assert.Equal(UnitUse.Free, Assert.Single(await node.Catalogue.ListUnitsAsync(), u => u.Path == node.PathOf("unit0.img")).Use);
        Assert.Empty(NodeOnDisk.MountsBelow(node.Root));
    }

    [Fact]
    public async Task ExportOrDestroy_WhileServed_IsRefusedNamingTheTarget()
    {
        await using var node = await NodeOnDisk.WithGroupAsync();
        var volume = await node.Catalogue.CreateVolumeAsync("vg00", null, 10 * NodeOnDisk.MiB, thin: true, IoType.Block, null);
        node.Users.Users[volume.Id] = new VolumeUser("iqn.2026-01.example:t0", 3, Active: true);

        var export = await Assert.ThrowsAsync<StorageException>(() => node.Catalogue.ExportGroupAsync("vg00"));
        var destroy = await Assert.ThrowsAsync<StorageException>(() => node.Catalogue.DestroyGroupAsync("vg00", "vg00"));

        Assert.Equal((StorageCodes.GroupBusy, StorageCodes.GroupBusy), (export.Problem.Code, destroy.Problem.Code));
        Assert.Contains("target iqn.2026-01.example:t0, LUN 3", export.Message, StringComparison.Ordinal);
        Assert.Equal(GroupState.Online, Assert.Single(node.Catalogue.Groups).State);
    }

    [Fact]
    public async Task Unit_ThatDisappearsAndReturns_TakesItsGroupOfflineAndBack()
    {
        await using var node = await NodeOnDisk.WithGroupAsync();
        var volume = await node.Catalogue.CreateVolumeAsync("vg00", null, 10 * NodeOnDisk.MiB, thin: false, IoType.Block, null);
        File.Move(node.PathOf("unit0.img"), node.PathOf("away.img"));

        await node.Catalogue.CheckUnitsAsync();
        var missing = Assert.Single(node.Catalogue.Groups);
        var unusable = node.Catalogue.FindUsable(volume.Id, out _, out var problem);
        File.Move(node.PathOf("away.img"), node.PathOf("unit0.img"));
        await node.Catalogue.CheckUnitsAsync();

        Assert.Equal((GroupState.Missing, StorageCodes.GroupMissing), (missing.State, missing.Problem?.Code));
        Assert.Equal((null, StorageCodes.GroupOffline), (unusable, problem?.Code));
        Assert.Contains(volume.Id, node.Users.Released);
        Assert.Equal(GroupState.Online, Assert.Single(node.Catalogue.Groups).State);
        Assert.NotNull(node.Catalogue.FindUsable(volume.Id, out _, out _));
        Assert.Equal(["group.missing", "group.online"], node.Events.Select(e => e.Code).Where(c => c is "group.missing" or "group.online"));
    }

    /// <summary>Whoever sees the group as failed and asks what goes on without it gets the right answer: else a LUN would be taken from its initiators.</summary>
    [Fact]
    public async Task DeadGroup_IsShownAsFailed_OnlyWhenItsUsersGoOnWithoutIt()
    {
        await using var node = await NodeOnDisk.WithGroupAsync();
        var volume = await node.Catalogue.CreateVolumeAsync("vg00", null, 10 * NodeOnDisk.MiB, thin: false, IoType.Block, null);
        GroupState? shown = null;
        node.Users.OnMediumLost = lost =>
        {
            shown = Assert.Single(node.Catalogue.Groups).State;
            return lost;
        };
        NodeOnDisk.Run("xfs_io", "-x", "-c", "shutdown", Path.Combine(node.MountRoot, "vg00"));

        await node.Catalogue.CheckUnitsAsync();

        Assert.Equal(GroupState.Online, shown);
        Assert.Equal(GroupState.Failed, Assert.Single(node.Catalogue.Groups).State);
        Assert.DoesNotContain(volume.Id, node.Users.Released);
    }

    [Fact]
    public async Task Restart_AfterOrderlyStop_FindsEverythingAgain()
    {
        await using var node = await NodeOnDisk.WithGroupAsync();
        await node.Catalogue.CreateVolumeAsync("vg00", "data", 10 * NodeOnDisk.MiB, thin: true, IoType.File, null);

        await node.RestartAsync();

        Assert.Equal(GroupState.Online, Assert.Single(node.Catalogue.Groups).State);
        var volume = Assert.Single(node.Catalogue.Volumes);
        Assert.Equal(("vg00", "data", true, IoType.File), (volume.Group, volume.Name, volume.Thin, volume.IoType));
    }

    [Fact]
    public async Task Restart_AfterKill_CleansMountsAndFindsEverythingAgain()
    {
        await using var node = await NodeOnDisk.WithGroupAsync();

        await node.RestartAsync(orderly: false);

        Assert.Equal(GroupState.Online, Assert.Single(node.Catalogue.Groups).State);
        Assert.Single(NodeOnDisk.MountsBelow(node.Root));
    }

    [Fact]
    public async Task Restart_AfterKillWithMountStillInUse_AdoptsIt()
    {
        await using var node = await NodeOnDisk.WithGroupAsync();
        using (File.Open(Path.Combine(node.MountRoot, "vg00", "futago.json"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite))
        {
            await node.RestartAsync(orderly: false);

            Assert.Equal(GroupState.Online, Assert.Single(node.Catalogue.Groups).State);
            Assert.Single(NodeOnDisk.MountsBelow(node.Root));
        }
    }

    [Fact]
    public async Task Start_WithDamagedGroupMetadata_ReportsFailedAndTouchesNothing()
    {
        await using var node = await NodeOnDisk.WithGroupAsync();
        var file = Path.Combine(node.MountRoot, "vg00", "futago.json");
        File.WriteAllText(file, File.ReadAllText(file).Replace("vg00", "vg99", StringComparison.Ordinal));

        await node.RestartAsync();

        var group = Assert.Single(node.Catalogue.Groups);
        Assert.Equal((GroupState.Failed, StorageCodes.GroupDamaged), (group.State, group.Problem?.Code));
        Assert.Empty(NodeOnDisk.MountsBelow(node.Root));
        Assert.Contains(node.Events, e => e.Code == "group.failed");
    }

    [Fact]
    public async Task BlockDevice_AsUnit_WorksLikeAnImage()
    {
        await using var node = await NodeOnDisk.StartAsync();
        var file = node.PathOf("disk");
        using (var stream = File.Create(file))
            stream.SetLength(NodeOnDisk.GiB / 2);
        var device = NodeOnDisk.Run("losetup", "--find", "--show", file).Trim();
        try
        {
            var listed = Assert.Single(await node.Catalogue.ListUnitsAsync(), u => u.Path == device);
            var group = await node.Catalogue.CreateGroupAsync(null, device, overwrite: false);
            await node.RestartAsync();
            var online = Assert.Single(node.Catalogue.Groups);
            await node.Catalogue.DestroyGroupAsync(group.Name, group.Name);

            Assert.Equal((UnitKind.BlockDevice, UnitUse.Free, NodeOnDisk.GiB / 2), (listed.Kind, listed.Use, listed.SizeBytes));
            Assert.Equal((group.Id, GroupState.Online), (online.Id, online.State));
        }
        finally
        {
            await node.Catalogue.StopAsync();
            NodeOnDisk.Run("losetup", "-d", device);
        }
    }
}
