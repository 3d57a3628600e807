namespace Futago.Blocks.Tests.Files;

/// <summary>The device on real media, compared with an array of bytes. Needs root: mounts and loop devices of its own.</summary>
public sealed class RealFileTests : IDisposable
{
    private const int LengthBytes = 4 << 20;

    private readonly BlockBufferPool _pool = new(64 << 20);

    public static TheoryData<string, CacheMode> Media { get; } = new()
    {
        { "plain", CacheMode.PageCache },
        { "plain", CacheMode.Direct },
        { "xfs512", CacheMode.PageCache },
        { "xfs512", CacheMode.Direct },
        { "xfs4096", CacheMode.Direct },
        { "raw512", CacheMode.Direct },
        { "raw4096", CacheMode.Direct },
        { "raw4096", CacheMode.PageCache },
    };

    public void Dispose() => GC.KeepAlive(_pool);

    private static TemporaryFileSystem CreateMedium(string medium) => medium switch
    {
        "plain" => TemporaryFileSystem.CreatePlain(),
        "xfs512" => TemporaryFileSystem.CreateXfs(512),
        "xfs4096" => TemporaryFileSystem.CreateXfs(4096),
        "raw512" => TemporaryFileSystem.CreateRaw(512, LengthBytes),
        "raw4096" => TemporaryFileSystem.CreateRaw(4096, LengthBytes),
        _ => throw new ArgumentOutOfRangeException(nameof(medium)),
    };

    private static string CreateFile(TemporaryFileSystem fs, string medium, long length = LengthBytes)
    {
        if (medium.StartsWith("raw", StringComparison.Ordinal))
            return fs.Loop;
        var path = Path.Combine(fs.Path, "volume");
        using var file = File.Create(path);
        file.SetLength(length);
        return path;
    }

    /// <summary>To note a time takes a transaction, and has the kernel refuse writes that could have been done at once.</summary>
    [Theory]
    [InlineData(CacheMode.PageCache)]
    [InlineData(CacheMode.Direct)]
    public async Task Write_OnXfs_LeavesTheTimesOfTheFileAlone(CacheMode mode)
    {
        using var fs = TemporaryFileSystem.CreateXfs(512);
        var path = CreateFile(fs, "xfs512");
        File.SetLastWriteTimeUtc(path, DateTime.UnixEpoch);
        var buffer = _pool.TryRent(4096)!;
        buffer.GetSpan().Fill(0x5A);
        await using (var device = FileBlockDevice.Open(path, new FileBlockDeviceOptions { CacheMode = mode }))
            Assert.Equal(BlockStatus.Ok, await device.RunAsync(BlockOperation.Write, 4096, 4096, buffer, durable: true));
        _pool.Return(buffer);

        Assert.Equal(0x5A, (await File.ReadAllBytesAsync(path))[4096]);
        Assert.Equal(DateTime.UnixEpoch, File.GetLastWriteTimeUtc(path));
    }

    [Theory, MemberData(nameof(Media))]
    public async Task RandomOperations_MatchAnArrayOfBytes(string medium, CacheMode mode)
    {
        using var fs = CreateMedium(medium);
        var path = CreateFile(fs, medium);
        var model = new byte[LengthBytes];
        var random = new Random(20260101);
        var options = new FileBlockDeviceOptions { CacheMode = mode };
        await using (var device = FileBlockDevice.Open(path, options))
        {
            Assert.Equal(LengthBytes, device.LengthBytes);
            var write = _pool.TryRent(256 * 1024)!;
            var read = _pool.TryRent(256 * 1024)!;
            for (var i = 0; i < 600; i++)
            {
                var length = 512 * random.Next(1, random.Next(2, 400));
                var offset = 512L * random.Next(0, (LengthBytes - length) / 512 + 1);
                // Data does not always start at an aligned address.
                var at = 64 * random.Next(0, 4);
                var range = model.AsMemory((int)offset, length);
                BlockStatus status;
                switch (random.Next(8))
                {
                    case 0:
                        status = await device.RunAsync(BlockOperation.Unmap, offset, length);
                        range.Span.Clear();
                        break;
                    case 1:
                        status = await device.RunAsync(BlockOperation.WriteZeroes, offset, length, durable: random.Next(2) == 0);
                        range.Span.Clear();
                        break;
                    case 2:
                        status = await device.RunAsync(BlockOperation.Flush, 0, 0);
                        break;
                    case < 6:
                        random.NextBytes(write.Slice(at, length));
                        write.Slice(at, length).CopyTo(range.Span);
                        status = await device.RunAsync(BlockOperation.Write, offset, length, write, random.Next(4) == 0, at);
                        break;
                    default:
                        status = await device.RunAsync(BlockOperation.Read, offset, length, read, bufferOffset: at);
                        Assert.True(read.Slice(at, length).SequenceEqual(range.Span), $"round {i}");
                        break;
                }
                Assert.True(status == BlockStatus.Ok, $"round {i}: {status}");
            }
        }

        await using var again = FileBlockDevice.Open(path, options with { ReadOnly = true });
        var all = _pool.TryRent(LengthBytes)!;
        Assert.Equal(BlockStatus.Ok, await again.RunAsync(BlockOperation.Read, 0, LengthBytes, all));
        Assert.True(all.Slice(0, LengthBytes).SequenceEqual(model));
    }

    [Theory]
    [InlineData(CacheMode.Direct), InlineData(CacheMode.PageCache)]
    public async Task FullFileSystem_IsNoSpace(CacheMode mode)
    {
        using var fs = TemporaryFileSystem.CreateTiny(1 << 20);
        var path = CreateFile(fs, "tiny");
        await using var device = FileBlockDevice.Open(path, new FileBlockDeviceOptions { CacheMode = mode });
        var buffer = _pool.TryRent(1 << 20)!;

        var statuses = new List<BlockStatus>();
        for (var i = 0; i < 4; i++)
            statuses.Add(await device.RunAsync(BlockOperation.Write, (long)i << 20, 1 << 20, buffer));

        Assert.Equal(BlockStatus.NoSpace, statuses[^1]);
        Assert.DoesNotContain(BlockStatus.WriteError, statuses);
        Assert.Equal(BlockStatus.Ok, await device.RunAsync(BlockOperation.Read, 0, 4096, buffer));
    }

    [Fact]
    public async Task Allocation_OfASparseFile_FollowsWritesAndUnmaps()
    {
        using var fs = TemporaryFileSystem.CreateXfs(512);
        await using var device = FileBlockDevice.Open(CreateFile(fs, "xfs512"), new FileBlockDeviceOptions());
        var buffer = _pool.TryRent(65536)!;
        Assert.Equal(BlockStatus.Ok, await device.RunAsync(BlockOperation.Write, 1 << 20, 65536, buffer));

        var before = device.GetAllocation(0, out var holeBefore);
        var data = device.GetAllocation(1 << 20, out var allocated);
        Assert.Equal(BlockStatus.Ok, await device.RunAsync(BlockOperation.Unmap, 1 << 20, 65536));
        var after = device.GetAllocation(4096, out var holeAfter);

        Assert.Equal((1 << 20, false), (before, holeBefore));
        Assert.Equal((65536, true), (data, allocated));
        Assert.Equal((LengthBytes - 4096, false), (after, holeAfter));
        Assert.True(device.UnmapGranularityBytes > 0);
    }

    [Fact]
    public async Task Grow_OffersTheNewBytesAndSaysSo()
    {
        using var fs = TemporaryFileSystem.CreatePlain();
        var path = CreateFile(fs, "plain");
        await using var device = FileBlockDevice.Open(path, new FileBlockDeviceOptions());
        var grown = 0;
        device.Grown += () => grown++;
        var buffer = _pool.TryRent(4096)!;

        Assert.Throws<IOException>(() => device.GrowTo(LengthBytes * 2));
        Assert.Equal(BlockStatus.OutOfRange, await device.RunAsync(BlockOperation.Read, LengthBytes, 4096, buffer));
        using (var file = new FileStream(path, FileMode.Open))
            file.SetLength(LengthBytes * 2);
        device.GrowTo(LengthBytes * 2);

        Assert.Equal(1, grown);
        Assert.Equal(LengthBytes * 2, device.LengthBytes);
        Assert.Equal(BlockStatus.Ok, await device.RunAsync(BlockOperation.Read, LengthBytes, 4096, buffer));
        Assert.Throws<ArgumentOutOfRangeException>(() => device.GrowTo(LengthBytes));
    }

    [Fact]
    public async Task ShrunkFile_IsAReadError()
    {
        using var fs = TemporaryFileSystem.CreatePlain();
        var path = CreateFile(fs, "plain");
        await using var device = FileBlockDevice.Open(path, new FileBlockDeviceOptions { CacheMode = CacheMode.PageCache });
        using (var file = new FileStream(path, FileMode.Open))
            file.SetLength(4096);

        Assert.Equal(BlockStatus.ReadError, await device.RunAsync(BlockOperation.Read, 8192, 4096, _pool.TryRent(4096)!));
    }

    [Fact]
    public void Open_WhatIsNoMedium_NamesIt()
    {
        using var fs = TemporaryFileSystem.CreatePlain();

        var missing = Assert.Throws<IOException>(() => FileBlockDevice.Open(Path.Combine(fs.Path, "none"), new FileBlockDeviceOptions()));
        var directory = Assert.Throws<IOException>(() => FileBlockDevice.Open(fs.Path, new FileBlockDeviceOptions { ReadOnly = true, CacheMode = CacheMode.PageCache }));
        var character = Assert.Throws<IOException>(() => FileBlockDevice.Open("/dev/null", new FileBlockDeviceOptions { CacheMode = CacheMode.PageCache }));

        Assert.Contains("none", missing.Message, StringComparison.Ordinal);
        Assert.Contains("neither", directory.Message, StringComparison.Ordinal);
        Assert.Contains("/dev/null", character.Message, StringComparison.Ordinal);
    }
}
