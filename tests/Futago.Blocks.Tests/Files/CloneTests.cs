namespace Futago.Blocks.Tests.Files;

/// <summary>Sharing space between the files of two devices.</summary>
public sealed class CloneTests
{
    private const int LengthBytes = 64 << 20;

    private readonly BlockBufferPool _pool = new(16 << 20);

    [Theory]
    [InlineData(CacheMode.Direct)]
    [InlineData(CacheMode.PageCache)]
    public async Task Clone_OnXfs_CopiesWithoutNewSpace(CacheMode mode)
    {
        using var fs = TemporaryFileSystem.CreateXfs(512);
        await using var source = Open(fs, "source", mode);
        await using var destination = Open(fs, "destination", mode);
        await FillAsync(source, 32 << 20, 7);
        var free = new DriveInfo(fs.Path).AvailableFreeSpace;

        var status = await destination.CloneAsync(8 << 20, 32 << 20, source.CloneableFile!, 0);
        Assert.Equal(BlockStatus.Ok, await destination.RunAsync(BlockOperation.Flush, 0, 0));

        Assert.Equal(BlockStatus.Ok, status);
        Assert.Equal(7, await ByteAtAsync(destination, 8 << 20));
        Assert.Equal(7, await ByteAtAsync(destination, (40 << 20) - 512));
        Assert.Equal(0, await ByteAtAsync(destination, 40 << 20));
        Assert.InRange(free - new DriveInfo(fs.Path).AvailableFreeSpace, long.MinValue, 4 << 20);
        // Both take the space up; it is there once.
        Assert.InRange(source.GetSpace()!.Value.UsedBytes, 32 << 20, 40 << 20);
        Assert.InRange(destination.GetSpace()!.Value.UsedBytes, 32 << 20, 40 << 20);
        Assert.InRange(destination.GetSpace()!.Value.AvailableBytes, 1, 400L << 20);
        // What is written afterwards belongs to one of the two only.
        await FillAsync(source, 1 << 20, 9);
        Assert.Equal(7, await ByteAtAsync(destination, 8 << 20));
    }

    [Fact]
    public async Task Clone_WithinOneFile_Copies()
    {
        using var fs = TemporaryFileSystem.CreateXfs(512);
        await using var device = Open(fs, "volume", CacheMode.Direct);
        await FillAsync(device, 1 << 20, 5);

        Assert.Equal(BlockStatus.Ok, await device.CloneAsync(32 << 20, 1 << 20, device.CloneableFile!, 0));
        Assert.Equal(5, await ByteAtAsync(device, (33 << 20) - 512));
        Assert.Equal(BlockStatus.NotSupported, await device.CloneAsync(4096, 8192, device.CloneableFile!, 0));
    }

    [Fact]
    public async Task Clone_FileSystemWithoutReflinks_CopiesInTheKernel()
    {
        using var fs = TemporaryFileSystem.CreateTiny(256 << 20);
        await using var source = Open(fs, "source", CacheMode.PageCache);
        await using var destination = Open(fs, "destination", CacheMode.PageCache);
        await FillAsync(source, 2 << 20, 3);

        Assert.Equal(BlockStatus.Ok, await destination.CloneAsync(0, 2 << 20, source.CloneableFile!, 0));
        Assert.Equal(3, await ByteAtAsync(destination, (2 << 20) - 512));
    }

    [Fact]
    public async Task Clone_OtherFileSystemOrUnaligned_IsNotSupported()
    {
        using var fs = TemporaryFileSystem.CreateXfs(512);
        using var other = TemporaryFileSystem.CreateXfs(512);
        await using var source = Open(fs, "source", CacheMode.Direct);
        await using var destination = Open(other, "destination", CacheMode.Direct);
        await using var near = Open(fs, "near", CacheMode.Direct);

        Assert.False(destination.CloneableFile!.MayShareWith(source.CloneableFile!));
        Assert.Equal(BlockStatus.NotSupported, await destination.CloneAsync(0, 1 << 20, source.CloneableFile!, 0));
        Assert.Equal(BlockStatus.NotSupported, await near.CloneAsync(512, 1 << 20, source.CloneableFile!, 0));
        Assert.Equal(BlockStatus.NotSupported, await near.CloneAsync(0, 1 << 20, source.CloneableFile!, 512));
        Assert.Equal(BlockStatus.OutOfRange, await near.CloneAsync(LengthBytes, 4096, source.CloneableFile!, 0));
    }

    private static FileBlockDevice Open(TemporaryFileSystem fs, string name, CacheMode mode)
    {
        var path = Path.Combine(fs.Path, name);
        using (var file = File.Create(path))
            file.SetLength(LengthBytes);
        return FileBlockDevice.Open(path, new FileBlockDeviceOptions { CacheMode = mode });
    }

    private async Task FillAsync(FileBlockDevice device, int length, byte value)
    {
        var buffer = _pool.TryRent(1 << 20)!;
        buffer.GetSpan().Fill(value);
        for (var at = 0; at < length; at += 1 << 20)
            Assert.Equal(BlockStatus.Ok, await device.RunAsync(BlockOperation.Write, at, 1 << 20, buffer, durable: true));
        _pool.Return(buffer);
    }

    private async Task<byte> ByteAtAsync(FileBlockDevice device, long offset)
    {
        var buffer = _pool.TryRent(4096)!;
        Assert.Equal(BlockStatus.Ok, await device.RunAsync(BlockOperation.Read, offset, 512, buffer));
        var value = buffer.GetSpan()[0];
        _pool.Return(buffer);
        return value;
    }
}
