using Futago.Blocks.Native;

namespace Futago.Blocks.Tests.Files;

/// <summary>The device over a scripted file: durability, group commit, errors, closing. No real I/O.</summary>
public sealed class FileBlockDeviceTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly BlockBufferPool _pool = new(64 << 20);
    private readonly BlockBuffer _buffer;

    public FileBlockDeviceTests() => _buffer = _pool.TryRent(1 << 20)!;

    public void Dispose() => _pool.Return(_buffer);

    private static FileBlockDevice Device(FakeBlockFile file, CacheMode mode = CacheMode.PageCache, bool readOnly = false, int threads = 8) =>
        new("fake", file, new FileBlockDeviceOptions { CacheMode = mode, ReadOnly = readOnly, MaximumThreads = threads });

    [Fact]
    public async Task DurableWrite_CompletesOnlyAfterASyncThatBeganAfterIt()
    {
        var file = new FakeBlockFile(65536) { HoldSyncs = true };
        await using var device = Device(file);

        var write = device.RunAsync(BlockOperation.Write, 0, 4096, _buffer, durable: true);
        await file.SyncEntered.WaitAsync(Patience);

        Assert.False(write.IsCompleted);
        Assert.Equal(["write 0+4096", "sync"], file.Calls);
        file.ReleaseSync();
        Assert.Equal(BlockStatus.Ok, await write);
    }

    [Fact]
    public async Task DurableWrites_DuringASync_ShareTheNextOne()
    {
        // Cached writes join before Submit returns, so that it is known who has joined.
        var file = new FakeBlockFile(1 << 20) { HoldSyncs = true, CacheError = 0 };
        await using var device = Device(file);
        var first = device.RunAsync(BlockOperation.Write, 0, 4096, _buffer, durable: true);
        await file.SyncEntered.WaitAsync(Patience);

        var others = Enumerable.Range(1, 20).Select(i => device.RunAsync(BlockOperation.Write, i * 4096, 4096, _buffer, durable: true)).ToArray();
        file.ReleaseSync();
        Assert.Equal(BlockStatus.Ok, await first.WaitAsync(Patience));
        await file.SyncEntered.WaitAsync(Patience);
        Assert.DoesNotContain(others, other => other.IsCompleted);
        file.ReleaseSync();

        Assert.All(await Task.WhenAll(others).WaitAsync(Patience), status => Assert.Equal(BlockStatus.Ok, status));
        Assert.Equal(2, file.SyncCount);
    }

    [Fact]
    public async Task Flush_WithNothingNew_NeedsNoSync()
    {
        var file = new FakeBlockFile(65536);
        await using var device = Device(file);

        await device.RunAsync(BlockOperation.Flush, 0, 0);
        await device.RunAsync(BlockOperation.Flush, 0, 0);
        await device.RunAsync(BlockOperation.Write, 0, 512, _buffer);
        await device.RunAsync(BlockOperation.Flush, 0, 0);
        await device.RunAsync(BlockOperation.Flush, 0, 0);

        Assert.Equal(["sync", "write 0+512", "sync"], file.Calls);
    }

    [Fact]
    public async Task Fault_OfOneKind_IsToldOnceUntilItIsSettled()
    {
        var file = new FakeBlockFile(65536) { WriteError = Errno.ENOSPC, ReadError = Errno.EIO };
        await using var device = Device(file);
        var faults = new System.Collections.Concurrent.ConcurrentQueue<BlockStatus>();
        device.Faulted += faults.Enqueue;

        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(BlockStatus.NoSpace, await device.RunAsync(BlockOperation.Write, 0, 512, _buffer));
            Assert.Equal(BlockStatus.ReadError, await device.RunAsync(BlockOperation.Read, 0, 512, _buffer));
        }
        device.Settle(BlockStatus.NoSpace);
        await device.RunAsync(BlockOperation.Write, 0, 512, _buffer);
        await device.RunAsync(BlockOperation.Read, 0, 512, _buffer);

        Assert.Equal([BlockStatus.NoSpace, BlockStatus.ReadError, BlockStatus.NoSpace], faults);
        Assert.False(device.HasFailed);
    }

    [Fact]
    public async Task FailedSync_IsFinal()
    {
        var file = new FakeBlockFile(65536) { SyncError = Errno.EIO };
        await using var device = Device(file);
        var failures = 0;
        device.Failed += () => failures++;

        Assert.Equal(BlockStatus.WriteError, await device.RunAsync(BlockOperation.Write, 0, 512, _buffer, durable: true));
        file.SyncError = 0;

        Assert.Equal(BlockStatus.WriteError, await device.RunAsync(BlockOperation.Flush, 0, 0));
        Assert.Equal(BlockStatus.WriteError, await device.RunAsync(BlockOperation.Write, 0, 512, _buffer));
        Assert.Equal(BlockStatus.WriteError, await device.RunAsync(BlockOperation.Unmap, 0, 4096));
        Assert.Equal(BlockStatus.WriteError, await device.RunAsync(BlockOperation.WriteZeroes, 0, 4096));
        Assert.Equal(BlockStatus.Ok, await device.RunAsync(BlockOperation.Read, 0, 512, _buffer));
        Assert.True(device.HasFailed);
        Assert.Equal((1, 1), (failures, file.SyncCount));
    }

    [Fact]
    public async Task CachedTransfer_CompletesBeforeSubmitReturns()
    {
        var file = new FakeBlockFile(65536) { CacheError = 0 };
        await using var device = Device(file);
        var (read, write) = (new ProbeRequest(BlockOperation.Read, 0, 512, _buffer), new ProbeRequest(BlockOperation.Write, 0, 512, _buffer));

        device.Submit(read);
        device.Submit(write);

        Assert.Equal((BlockStatus.Ok, BlockStatus.Ok), (read.Status, write.Status));
        Assert.Equal(Environment.CurrentManagedThreadId, read.Thread);
    }

    [Fact]
    public async Task SlowMedium_SubmitDoesNotWait()
    {
        var file = new FakeBlockFile(65536) { HoldTransfers = true };
        await using var device = Device(file, CacheMode.Direct);

        var reads = Enumerable.Range(0, 30).Select(_ => device.RunAsync(BlockOperation.Read, 0, 512, _buffer)).ToArray();

        Assert.DoesNotContain(reads, read => read.IsCompleted);
        file.ReleaseTransfer(30);
        Assert.All(await Task.WhenAll(reads).WaitAsync(Patience), status => Assert.Equal(BlockStatus.Ok, status));
    }

    [Fact]
    public async Task Zeroing_DoesNotStandInFrontOfReads()
    {
        var file = new FakeBlockFile(1 << 20) { HoldTransfers = true, AllocateError = Errno.EOPNOTSUPP };
        await using var device = Device(file);
        // Without fallocate, zeros are written: the first write is held.
        var zeroing = device.RunAsync(BlockOperation.WriteZeroes, 0, 1 << 20);
        await file.TransferEntered.WaitAsync(Patience);

        var read = device.RunAsync(BlockOperation.Read, 0, 512, _buffer);
        await file.TransferEntered.WaitAsync(Patience);

        file.ReleaseTransfer(1000);
        Assert.Equal(BlockStatus.Ok, await read);
        Assert.Equal(BlockStatus.Ok, await zeroing);
    }

    [Fact]
    public async Task ShortCachedTransfers_GoOnWhereTheyStopped()
    {
        var file = new FakeBlockFile(65536) { CacheError = 0, MaximumTransfer = 3000 };
        await using var device = Device(file);
        for (var i = 0; i < 4096; i++)
            _buffer.Slice(i, 1)[0] = (byte)(i * 7);
        var sent = _buffer.Slice(0, 4096).ToArray();

        Assert.Equal(BlockStatus.Ok, await device.RunAsync(BlockOperation.Write, 512, 4096, _buffer));
        _buffer.Slice(0, 4096).Clear();
        Assert.Equal(BlockStatus.Ok, await device.RunAsync(BlockOperation.Read, 512, 4096, _buffer));

        Assert.Equal(sent, file.Data.Slice(512, 4096).ToArray());
        Assert.Equal(sent, _buffer.Slice(0, 4096).ToArray());
        Assert.Equal(["write 512+3000", "write 3512+1096", "read 512+3000", "read 3512+1096"], file.Calls);
    }

    [Fact]
    public async Task DurableWrites_OfOneGroup_EndInOneBatch()
    {
        var file = new FakeBlockFile(1 << 20) { HoldSyncs = true, CacheError = 0 };
        await using var device = Device(file);
        var sink = new BatchSink();
        var first = device.RunAsync(BlockOperation.Write, 0, 4096, _buffer, durable: true);
        await file.SyncEntered.WaitAsync(Patience);

        for (var i = 1; i <= 5; i++)
            device.Submit(new BatchedRequest(sink, i * 4096, _buffer));
        file.ReleaseSync();
        await first.WaitAsync(Patience);
        file.ReleaseSync();

        Assert.True(await sink.Ended.Task.WaitAsync(Patience));
        Assert.Equal(5, sink.CompletedWhenEnded);
    }

    /// <summary>Handing it over to an I/O thread would take longer, and others would overtake it.</summary>
    [Fact]
    public async Task Write_ThatFindsTheFileLockedForAMoment_IsDoneByItsOwnThread()
    {
        var file = new FakeBlockFile(65536) { CacheError = 0, LockedAttempts = 5 };
        await using var device = Device(file);
        var write = new ProbeRequest(BlockOperation.Write, 0, 4096, _buffer);

        device.Submit(write);

        Assert.Equal(BlockStatus.Ok, write.Status);
        Assert.Equal(6, file.CachedWrites);
    }

    /// <summary>A file that has to wait for its medium is not asked ten times for each write.</summary>
    [Fact]
    public async Task Writes_ThatAlwaysHaveToWait_AreSeldomTriedAgain()
    {
        var file = new FakeBlockFile(65536);
        await using var device = Device(file);

        for (var i = 0; i < 1000; i++)
            Assert.Equal(BlockStatus.Ok, await device.RunAsync(BlockOperation.Write, 0, 4096, _buffer));

        Assert.InRange(file.CachedWrites, 1000, 1500);
    }

    [Fact]
    public async Task ShortTransfers_GoOn()
    {
        var file = new FakeBlockFile(65536) { MaximumTransfer = 1000 };
        await using var device = Device(file);
        _buffer.Slice(0, 8192).Fill(7);

        Assert.Equal(BlockStatus.Ok, await device.RunAsync(BlockOperation.Write, 512, 8192, _buffer));
        _buffer.Slice(0, 8192).Clear();
        Assert.Equal(BlockStatus.Ok, await device.RunAsync(BlockOperation.Read, 512, 8192, _buffer));

        Assert.False(_buffer.Slice(0, 8192).ContainsAnyExcept((byte)7));
    }

    [Fact]
    public async Task Close_EndsQueuedRequestsAndWaitsForRunningOnes()
    {
        var file = new FakeBlockFile(65536) { HoldTransfers = true };
        var device = Device(file, CacheMode.Direct, threads: 1);
        var running = device.RunAsync(BlockOperation.Read, 0, 512, _buffer);
        await file.TransferEntered.WaitAsync(Patience);
        var queued = Enumerable.Range(0, 5).Select(_ => device.RunAsync(BlockOperation.Write, 0, 512, _buffer, durable: true)).ToArray();

        var closing = device.DisposeAsync().AsTask();

        Assert.All(await Task.WhenAll(queued).WaitAsync(Patience), status => Assert.Equal(BlockStatus.Offline, status));
        Assert.False(closing.IsCompleted);
        Assert.False(file.IsDisposed);
        file.ReleaseTransfer();
        await closing.WaitAsync(Patience);
        Assert.Equal(BlockStatus.Ok, await running);
        Assert.Equal(BlockStatus.Offline, await device.RunAsync(BlockOperation.Flush, 0, 0));
        Assert.True(file.IsDisposed);
    }

    [Fact]
    public async Task Close_WhileOthersSubmit_CompletesEveryRequestOnce()
    {
        for (var round = 0; round < 50; round++)
        {
            var device = Device(new FakeBlockFile(65536), threads: 4);
            var requests = Enumerable.Range(0, 400)
                .Select(i => new ProbeRequest(i % 3 == 0 ? BlockOperation.Read : BlockOperation.Write, 0, 512, _buffer) { Durable = i % 2 == 0 }).ToArray();
            var submitting = Task.Run(() =>
            {
                foreach (var request in requests)
                    device.Submit(request);
            });

            await device.DisposeAsync();
            await submitting;

            await Task.WhenAll(requests.Select(request => request.Completion)).WaitAsync(Patience);
            Assert.All(requests, request => Assert.Equal(1, request.CompletionCount));
        }
    }

    [Theory]
    [InlineData(0, 0), InlineData(-512, 512), InlineData(65536, 512), InlineData(65024, 1024), InlineData(100, 512), InlineData(0, 100)]
    [InlineData(long.MaxValue - 511, 512), InlineData(512, long.MaxValue - 511)]
    public async Task Range_OutsideOrMisaligned_IsRefused(long offset, long length)
    {
        await using var device = Device(new FakeBlockFile(65536), CacheMode.Direct);

        Assert.Equal(BlockStatus.OutOfRange, await device.RunAsync(BlockOperation.Read, offset, length, _buffer));
        Assert.Equal(BlockStatus.OutOfRange, await device.RunAsync(BlockOperation.Unmap, offset, length));
    }

    [Fact]
    public async Task Buffer_TooSmallOrMissing_IsRefused()
    {
        await using var device = Device(new FakeBlockFile(4 << 20));

        Assert.Equal(BlockStatus.OutOfRange, await device.RunAsync(BlockOperation.Read, 0, 512));
        Assert.Equal(BlockStatus.OutOfRange, await device.RunAsync(BlockOperation.Write, 0, 2 << 20, _buffer));
        Assert.Equal(BlockStatus.OutOfRange, await device.RunAsync(BlockOperation.Read, 0, 512, _buffer, bufferOffset: (1 << 20) - 100));
    }

    [Fact]
    public async Task ReadOnly_RefusesChangesAndReads()
    {
        var file = new FakeBlockFile(65536);
        await using var device = Device(file, readOnly: true);

        foreach (var operation in (BlockOperation[])[BlockOperation.Write, BlockOperation.Unmap, BlockOperation.WriteZeroes])
            Assert.Equal(BlockStatus.ReadOnly, await device.RunAsync(operation, 0, 512, _buffer));
        Assert.Equal(BlockStatus.Ok, await device.RunAsync(BlockOperation.Read, 0, 512, _buffer));
        Assert.Equal(["read 0+512"], file.Calls);
    }

    [Theory]
    [InlineData(Errno.ENOSPC, BlockStatus.NoSpace), InlineData(Errno.EDQUOT, BlockStatus.NoSpace), InlineData(Errno.EIO, BlockStatus.WriteError)]
    [InlineData(Errno.EROFS, BlockStatus.ReadOnly)]
    public async Task AllocationError_IsMapped(int errno, BlockStatus status)
    {
        await using var device = Device(new FakeBlockFile(65536) { AllocateError = errno });

        Assert.Equal(status, await device.RunAsync(BlockOperation.WriteZeroes, 0, 4096));
    }

    [Fact]
    public async Task UnalignedWrites_OnLargeSectors_KeepTheirNeighbours()
    {
        var file = new FakeBlockFile(1 << 20) { OffsetAlignment = 4096 };
        await using var device = Device(file, CacheMode.Direct);
        file.Data.Fill(0xee);
        var writes = Enumerable.Range(0, 256).Select(i =>
        {
            _buffer.Slice(i * 512, 512).Fill((byte)i);
            return device.RunAsync(BlockOperation.Write, i * 512L, 512, _buffer, bufferOffset: i * 512);
        }).ToArray();

        Assert.All(await Task.WhenAll(writes).WaitAsync(Patience), status => Assert.Equal(BlockStatus.Ok, status));

        for (var i = 0; i < 256; i++)
            Assert.False(file.Data.Slice(i * 512, 512).ContainsAnyExcept((byte)i));
        Assert.False(file.Data[(256 * 512)..].ContainsAnyExcept((byte)0xee));
        Assert.DoesNotContain(file.Calls, call => call.StartsWith("write", StringComparison.Ordinal) && !call.EndsWith("+4096", StringComparison.Ordinal));
    }
}
