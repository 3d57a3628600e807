using System.Collections.Concurrent;
using Futago.Blocks.Native;

namespace Futago.Blocks.Tests.Files;

/// <summary>Reads through io_uring on a real file, and the same through I/O threads where the kernel has none.</summary>
public sealed class RingReadsTests : IDisposable
{
    private const int FileBytes = 4 << 20;
    private const int ReadBytes = 4096;
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    private readonly TemporaryFileSystem _fs = TemporaryFileSystem.CreatePlain();
    private readonly BlockBufferPool _pool = new(64 << 20);
    private readonly byte[] _content = new byte[FileBytes];
    private readonly string _path;

    public RingReadsTests()
    {
        new Random(11).NextBytes(_content);
        _path = Path.Combine(_fs.Path, "volume");
        File.WriteAllBytes(_path, _content);
    }

    public void Dispose() => _fs.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Reads_ManyAtOnce_BringWhatIsThere(bool ring)
    {
        // Direct access: every read waits for the medium.
        await using var device = FileBlockDevice.Open(_path, new FileBlockDeviceOptions { CacheMode = CacheMode.Direct, UseRing = ring });
        var reads = Enumerable.Range(0, 1000).Select(i => Read((i * 7919L % (FileBytes / ReadBytes)) * ReadBytes)).ToList();

        foreach (var read in reads)
            device.Submit(read);
        await Task.WhenAll(reads.Select(r => r.Completion)).WaitAsync(_patience);

        Assert.All(reads, AssertRight);
    }

    [Fact]
    public async Task Ring_MoreReadsThanItTakesAtOnce_EndsEachOnce()
    {
        using var file = Open();
        var rest = new ConcurrentQueue<BlockRequest>();
        var ring = Create(file, rest.Enqueue);
        var reads = Enumerable.Range(0, 2000).Select(i => Read(i % (FileBytes / ReadBytes) * (long)ReadBytes)).ToList();

        using (CompletionBatch.Begin())
            reads.ForEach(ring.Enqueue);
        await Task.WhenAll(reads.Select(r => r.Completion)).WaitAsync(_patience);
        ring.Close();

        Assert.All(reads, AssertRight);
        Assert.Empty(rest);
    }

    [Fact]
    public void Ring_ReadBeyondTheEnd_LeavesTheRestToOthers()
    {
        using var file = Open();
        var rest = new BlockingCollection<BlockRequest>();
        var ring = Create(file, rest.Add);
        var read = new ProbeRequest(BlockOperation.Read, FileBytes - 512, ReadBytes, _pool.TryRent(ReadBytes));

        ring.Enqueue(read);

        Assert.True(rest.TryTake(out var left, _patience));
        Assert.Same(read, left);
        Assert.Equal(512, left.DoneBytes);
        Assert.Equal(0, read.CompletionCount);
        ring.Close();
    }

    [Fact]
    public void Ring_FailedRead_LeavesAllOfItToOthers()
    {
        using var file = Open();
        var rest = new BlockingCollection<BlockRequest>();
        var ring = Create(file, rest.Add);
        // Not a multiple of the sector: direct access refuses it.
        var read = new ProbeRequest(BlockOperation.Read, 1, ReadBytes, _pool.TryRent(ReadBytes));

        ring.Enqueue(read);

        Assert.True(rest.TryTake(out var left, _patience));
        Assert.Equal(0, left.DoneBytes);
        ring.Close();
    }

    [Fact]
    public async Task Close_WhileOthersRead_EndsEveryReadOnce()
    {
        for (var round = 0; round < 50; round++)
        {
            using var file = Open();
            var ring = Create(file, request => request.OnCompleted(BlockStatus.ReadError));
            var reads = Enumerable.Range(0, 300).Select(i => Read(i * (long)ReadBytes)).ToList();

            var submitting = Task.Run(() => reads.ForEach(ring.Enqueue));
            ring.Close();
            await submitting;

            await Task.WhenAll(reads.Select(r => r.Completion)).WaitAsync(_patience);
            Assert.All(reads, r => Assert.Equal(1, r.CompletionCount));
            Assert.All(reads, r => Assert.True(r.Status is BlockStatus.Ok or BlockStatus.Offline));
            reads.ForEach(r => _pool.Return(r.Buffer!));
        }
    }

    private LinuxBlockFile Open() => LinuxBlockFile.Open(_path, direct: true, readOnly: true);

    private static RingReads Create(LinuxBlockFile file, Action<BlockRequest> rest)
    {
        var ring = RingReads.TryCreate(file, "read test", rest);
        Assert.SkipWhen(ring is null, "This kernel does not offer io_uring; the I/O threads are tested all the same.");
        return ring!;
    }

    private ProbeRequest Read(long offset) => new(BlockOperation.Read, offset, ReadBytes, _pool.TryRent(ReadBytes)!);

    private void AssertRight(ProbeRequest read)
    {
        Assert.Equal((BlockStatus.Ok, 1), (read.Status!.Value, read.CompletionCount));
        Assert.True(read.Buffer!.Slice(0, ReadBytes).SequenceEqual(_content.AsSpan((int)read.OffsetBytes, ReadBytes)), $"at {read.OffsetBytes}");
    }
}
