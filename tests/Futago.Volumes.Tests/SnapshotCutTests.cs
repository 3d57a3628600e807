using Futago.Blocks;
using Futago.Volumes.LogicalVolumes;
using Futago.Volumes.Snapshots;

namespace Futago.Volumes.Tests;

public sealed class SnapshotCutTests : IAsyncDisposable
{
    private const long Length = 10 << 20;
    private const long Granule = 64 << 10;

    private readonly RecordingDevice _inner = new();

    [Fact]
    public void Cut_WithoutWrites_GoesThroughTheFileOnce()
    {
        var cut = new SnapshotCut(Length + 4096, work => work());
        long expected = 0;

        while (cut.TryNext(out var offset, out var length))
        {
            Assert.Equal(expected, offset);
            expected += length;
            cut.Cloned(offset, length);
            cut.Lengthen();
        }

        Assert.Equal(Length + 4096, expected);
    }

    [Fact]
    public void Write_ToARangeThatIsNotClonedYet_WaitsAndIsServedNext()
    {
        var cut = new SnapshotCut(Length, work => work());
        var device = Device();
        var write = new Write(5 * Granule - 512, 1024);

        Assert.True(cut.TryHold(device, write));
        Assert.True(cut.TryNext(out var offset, out var length));
        Assert.Equal((4 * Granule, 2 * Granule), (offset, length));
        Assert.Empty(_inner.Submitted);
        cut.Cloned(offset, length);

        Assert.Same(write, Assert.Single(_inner.Submitted));
        Assert.True(cut.LongestHold > TimeSpan.Zero);
        Assert.False(cut.TryHold(device, new Write(5 * Granule - 512, 1024)));
        // Then from the beginning, and not over what was done already.
        Assert.True(cut.TryNext(out offset, out length));
        Assert.Equal((0, 4 * Granule), (offset, length));
        cut.Cloned(offset, length);
        Assert.True(cut.TryNext(out offset, out _));
        Assert.Equal(6 * Granule, offset);
    }

    [Fact]
    public void Write_OverSeveralRanges_WaitsForAllOfThem()
    {
        var cut = new SnapshotCut(Length, work => work());
        var (first, end) = (70 * Granule, 100 * Granule);
        cut.TryHold(Device(), new Write(first, end - first));
        var cloned = new HashSet<long>();

        while (_inner.Submitted.Count == 0)
        {
            Assert.True(cut.TryNext(out var offset, out var length));
            for (var granule = offset; granule < offset + length; granule += Granule)
                Assert.True(cloned.Add(granule), "A granule was cloned twice.");
            cut.Cloned(offset, length);
            Assert.Equal(_inner.Submitted.Count == 1, Enumerable.Range(70, 30).All(g => cloned.Contains(g * Granule)));
        }
    }

    [Fact]
    public void Rest_WhileSomebodyAlwaysWaits_GoesOnInTurn()
    {
        var cut = new SnapshotCut(Length, work => work());
        var device = Device();
        var rest = new List<long>();
        long clonedOfRest = 0;
        var steps = 0;

        for (var end = Length; ; end -= Granule)
        {
            // From the end backwards, each where nothing has been cloned yet.
            if (end > 0)
                cut.TryHold(device, new Write(end - Granule, 512));
            if (!cut.TryNext(out var offset, out var length))
                break;
            if (offset == clonedOfRest)
            {
                rest.Add(steps);
                clonedOfRest += length;
            }
            cut.Cloned(offset, length);
            steps++;
        }

        // After every eight that waited.
        Assert.Equal([8, 17, 26], rest.Take(3));
    }

    [Fact]
    public void Cut_ThatIsGivenUp_LetsEverythingGo()
    {
        var cut = new SnapshotCut(Length, work => work());
        var device = Device();
        cut.TryHold(device, new Write(0, 512));

        cut.ReleaseAll();

        Assert.Single(_inner.Submitted);
        Assert.False(cut.TryHold(device, new Write(Granule, 512)));
    }

    [Fact]
    public void Device_ThatIsClosed_EndsWhatItHasWaitingAsOffline()
    {
        var cut = new SnapshotCut(Length, work => work());
        var (closed, other) = (Device(), Device());
        var (one, two) = (new Write(0, 512), new Write(0, 512));
        cut.TryHold(closed, one);
        cut.TryHold(other, two);

        cut.Abandon(closed);
        cut.ReleaseAll();

        Assert.Equal(BlockStatus.Offline, one.Status);
        Assert.Same(two, Assert.Single(_inner.Submitted));
    }

    public ValueTask DisposeAsync() => _inner.DisposeAsync();

    private GuardedDevice Device() => new(_inner, null, new SnapshotGate());

    private sealed class Write : BlockRequest
    {
        public Write(long offset, long length) => (Operation, OffsetBytes, LengthBytes) = (BlockOperation.Write, offset, length);

        public BlockStatus? Status { get; private set; }

        public override void OnCompleted(BlockStatus status) => Status = status;
    }

    private sealed class RecordingDevice : IBlockDevice
    {
        public List<BlockRequest> Submitted { get; } = [];

        public long LengthBytes => Length;

        public int AlignmentBytes => 512;

        public int UnmapGranularityBytes => 0;

        public event Action? Grown
        {
            add { }
            remove { }
        }

        public void Submit(BlockRequest request) => Submitted.Add(request);

        public long GetAllocation(long offsetBytes, out bool allocated)
        {
            allocated = true;
            return Length - offsetBytes;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
