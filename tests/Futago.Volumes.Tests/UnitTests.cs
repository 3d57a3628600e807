using Futago.Volumes.Units;

namespace Futago.Volumes.Tests;

public sealed class UnitTests
{
    [Fact]
    public async Task CreateImage_WithSize_AllocatesAllOfIt()
    {
        await using var node = await NodeOnDisk.StartAsync();

        var unit = await node.Catalogue.CreateImageAsync(node.PathOf("unit0.img"), NodeOnDisk.GiB + 5);

        Assert.Equal((NodeOnDisk.GiB, UnitUse.Free, UnitKind.Image), (unit.SizeBytes, unit.Use, unit.Kind));
        var blocks = long.Parse(NodeOnDisk.Run("stat", "-c", "%b", unit.Path), System.Globalization.CultureInfo.InvariantCulture);
        Assert.True(blocks * 512 >= NodeOnDisk.GiB);
    }

    [Theory]
    [InlineData("unit.img", 1L << 30, StorageCodes.UnitPathInvalid)]
    [InlineData("/nonexistent-directory/unit.img", 1L << 30, StorageCodes.UnitPathInvalid)]
    [InlineData("/dev/futago-test", 1L << 30, StorageCodes.UnitPathInvalid)]
    [InlineData("/tmp/", 1L << 30, StorageCodes.UnitPathInvalid)]
    [InlineData("", 1L << 30, StorageCodes.UnitPathInvalid)]
    [InlineData("/etc/hostname", 1L << 30, StorageCodes.UnitExists)]
    [InlineData("/tmp/futago-never-created.img", 0, StorageCodes.SizeInvalid)]
    [InlineData("/tmp/futago-never-created.img", -1, StorageCodes.SizeInvalid)]
    [InlineData("/tmp/futago-never-created.img", (512L << 20) - 1, StorageCodes.SizeTooSmall)]
    [InlineData("/tmp/futago-never-created.img", long.MaxValue, StorageCodes.UnitDiskFull)]
    public async Task CreateImage_WithBadValue_IsRefusedAndCreatesNothing(string path, long size, string code)
    {
        await using var node = await NodeOnDisk.StartAsync();

        var refused = await Assert.ThrowsAsync<StorageException>(() => node.Catalogue.CreateImageAsync(path, size));

        Assert.Equal(code, refused.Problem.Code);
        Assert.False(File.Exists("/tmp/futago-never-created.img"));
        Assert.Empty(node.Events);
    }

    [Fact]
    public async Task CreateImage_OnFullDisk_LeavesNoFile()
    {
        await using var node = await NodeOnDisk.WithGroupAsync();
        var path = Path.Combine(node.MountRoot, "vg00", "inner.img");

        var refused = await Assert.ThrowsAsync<StorageException>(() => node.Catalogue.CreateImageAsync(path, 2 * NodeOnDisk.GiB));

        Assert.Equal(StorageCodes.UnitDiskFull, refused.Problem.Code);
        Assert.False(File.Exists(path));
    }

    [Fact]
    public async Task DeleteImage_CarryingGroup_IsRefused()
    {
        await using var node = await NodeOnDisk.WithGroupAsync();
        var path = node.PathOf("unit0.img");

        var whileOnline = await Assert.ThrowsAsync<StorageException>(() => node.Catalogue.DeleteImageAsync(path, path));
        await node.Catalogue.ExportGroupAsync("vg00");
        var whileExported = await Assert.ThrowsAsync<StorageException>(() => node.Catalogue.DeleteImageAsync(path, path));

        Assert.Equal((StorageCodes.UnitInUse, StorageCodes.UnitInUse), (whileOnline.Problem.Code, whileExported.Problem.Code));
        Assert.True(File.Exists(path));
    }

    [Fact]
    public async Task DeleteImage_FreeAndConfirmed_RemovesFile()
    {
        await using var node = await NodeOnDisk.StartAsync();
        var unit = await node.Catalogue.CreateImageAsync(node.PathOf("unit0.img"), NodeOnDisk.GiB);

        await Assert.ThrowsAsync<StorageException>(() => node.Catalogue.DeleteImageAsync(unit.Path, "unit0"));
        await node.Catalogue.DeleteImageAsync(unit.Path, unit.Path);

        Assert.False(File.Exists(unit.Path));
        Assert.DoesNotContain(await node.Catalogue.ListUnitsAsync(), u => u.Path == unit.Path);
    }

    [Fact]
    public async Task ListUnits_WithForeignContent_NamesIt()
    {
        await using var node = await NodeOnDisk.StartAsync();
        var unit = await node.Catalogue.CreateImageAsync(node.PathOf("unit0.img"), NodeOnDisk.GiB);
        NodeOnDisk.Run("mkfs.ext4", "-q", "-L", "backup", unit.Path);

        var listed = Assert.Single(await node.Catalogue.ListUnitsAsync(), u => u.Path == unit.Path);

        Assert.Equal((UnitUse.ForeignData, "ext4 file system “backup”"), (listed.Use, listed.Content?.Text));
        Assert.Equal(
            (StoragePhraseCodes.ContentFileSystem, "ext4", "backup"), (listed.Content!.Code, listed.Content.Args!["type"], listed.Content.Args["label"]));
    }

    [Fact]
    public async Task ListUnits_RootDisk_IsSystemUse()
    {
        var root = NodeOnDisk.Run("findmnt", "-no", "SOURCE", "/").Trim();
        Assert.SkipUnless(root.StartsWith("/dev/", StringComparison.Ordinal) && Directory.Exists("/sys/block/" + Path.GetFileName(root)), "the root file system is on no whole disk");
        await using var node = await NodeOnDisk.StartAsync();

        var listed = Assert.Single(await node.Catalogue.ListUnitsAsync(), u => u.Path == root);
        var refused = await Assert.ThrowsAsync<StorageException>(() => node.Catalogue.CreateGroupAsync("vg00", root, overwrite: true));

        Assert.Equal((UnitUse.SystemUse, "mounted at /"), (listed.Use, listed.Content?.Text));
        Assert.Equal(StorageCodes.UnitInUse, refused.Problem.Code);
    }
}
