using Futago.Blocks;
using Futago.Testing.Blocks;

namespace Futago.Replication.Tests.Volumes;

/// <summary>The shell with real files and real connections: what the simulation cannot know of.</summary>
public sealed class ReplicatedVolumeTests
{
    [Fact]
    public async Task Write_InSync_IsOnBothNodes()
    {
        await using var pair = await MirrorPair.StartAsync();

        Assert.Equal(BlockStatus.Ok, await pair.WriteAsync(pair.A, 3, 0x5A));

        Assert.Equal((byte)0x5A, await pair.ReadAsync(pair.A, 3));
        await pair.KillAsync(0);
        await pair.KillAsync(1);
        Assert.Equal(await File.ReadAllBytesAsync(pair.DataPath(0)), await File.ReadAllBytesAsync(pair.DataPath(1)));
        Assert.Equal(0x5A, (await File.ReadAllBytesAsync(pair.DataPath(1)))[3 * 4096]);
    }

    /// <summary>Every write is measured in each of its stages, and the first resync's pieces are counted for themselves.</summary>
    [Fact]
    public async Task Writes_AreMeasuredByStage()
    {
        await using var pair = await MirrorPair.StartAsync();
        for (var block = 0; block < 10; block++)
            Assert.Equal(BlockStatus.Ok, await pair.WriteAsync(pair.A, block, 1));

        var state = (await pair.StateAsync(0))!;
        long Of(WriteStage stage) => state.Stages[(int)stage].Sum();
        Assert.Equal((10, 10, 10, 10), (Of(WriteStage.Queueing), Of(WriteStage.LocalWrite), Of(WriteStage.PeerWrite), Of(WriteStage.Whole)));
        Assert.True(Of(WriteStage.ResyncWrite) > 0);
        Assert.True(state is { SentFrames: > 10, ReceivedFrames: > 10 });
    }

    [Fact]
    public async Task Changes_SayWhereTheVolumeDiffers()
    {
        await using var pair = await MirrorPair.StartAsync();
        var blocks = MirrorPair.SizeBytes / 4096;
        await pair.KillAsync(1);
        Assert.Equal(BlockStatus.Ok, await pair.WriteAsync(pair.A, 0, 1));
        Assert.Equal(BlockStatus.Ok, await pair.WriteAsync(pair.A, (int)blocks - 1, 1));

        var changes = await pair.A.GetChangesAsync(8);

        Assert.Equal([4096, 0, 0, 0, 0, 0, 0, 4096], changes);
    }

    [Fact]
    public async Task Destination_AnswersNobody()
    {
        await using var pair = await MirrorPair.StartAsync();

        Assert.Equal(BlockStatus.Offline, await pair.WriteAsync(pair.B, 0, 1));
        Assert.Null(await pair.ReadAsync(pair.B, 0));
    }

    /// <summary>Many volumes that copy at once share the memory for it: who finds none waits, and takes that for no fault of the medium.</summary>
    [Fact]
    public async Task Resync_WithMemoryForOnePiece_ComesToItsEnd()
    {
        await using var pair = await MirrorPair.StartAsync(copyBytes: 1 << 20);

        Assert.Equal(MirrorPair.SizeBytes, (await pair.StateAsync(0))!.ResyncedBytes);
        Assert.Equal(ReplicationResult.Done, await pair.A.StartVerifyAsync());
        await MirrorPair.WhenAsync(async () => !(await pair.StateAsync(0))!.Verifying);
        Assert.False((await pair.StateAsync(0))!.VerifyAborted);
        await AssertEqualAsync(pair);
    }

    [Fact]
    public async Task Outage_OfTheDestination_CopiesOnlyWhatChanged()
    {
        await using var pair = await MirrorPair.StartAsync();
        var before = (await pair.StateAsync(0))!.ResyncedBytes;

        await pair.KillAsync(1);
        for (var block = 0; block < 20; block++)
            Assert.Equal(BlockStatus.Ok, await pair.WriteAsync(pair.A, block * 7, (byte)(block + 1)));
        Assert.Equal(20 * 4096, (await pair.StateAsync(0))!.OutOfSyncBytes);
        await pair.OpenAsync(1);
        await pair.WhenInSyncAsync();

        Assert.Equal(20 * 4096, (await pair.StateAsync(0))!.ResyncedBytes - before);
        await AssertEqualAsync(pair);
    }

    /// <summary>It had nothing when it said so last; that is no longer what people should be told of it.</summary>
    [Fact]
    public async Task Destination_LostAfterAResync_IsRememberedAsConsistent()
    {
        await using var pair = await MirrorPair.StartAsync();

        await pair.KillAsync(1);
        await MirrorPair.WhenAsync(async () => (await pair.StateAsync(0)) is { Phase: "Down" });

        Assert.True((await pair.StateAsync(0))!.Peer is { HasData: true, Inconsistent: false, OutOfSyncBytes: 0 }, $"{(await pair.StateAsync(0))!.Peer}");
    }

    [Fact]
    public async Task Source_KilledAfterTheFirstSync_CopiesOnlyWhatWasActive()
    {
        await using var pair = await MirrorPair.StartAsync();
        var (here, there) = ((await pair.StateAsync(0))!.ResyncedBytes, (await pair.StateAsync(1))!.ResyncedBytes);
        Assert.Equal(MirrorPair.SizeBytes, here);
        Assert.Equal(BlockStatus.Ok, await pair.WriteAsync(pair.A, 3, 3));

        await pair.KillAsync(0);
        await pair.OpenAsync(0);
        // The survivor has what it acknowledged, and copies the one extent that was being written.
        await MirrorPair.WhenAsync(async () => (await pair.StateAsync(0)) is { Phase: "Established" } && (await pair.StateAsync(1)) is { Phase: "Established" });

        Assert.Equal(4 << 20, (await pair.StateAsync(1))!.ResyncedBytes - there + (await pair.StateAsync(0))!.ResyncedBytes);
        await AssertEqualAsync(pair);
    }

    [Fact]
    public async Task Switch_OfRoles_InSync_NeedsNoResync()
    {
        await using var pair = await MirrorPair.StartAsync();
        await pair.WriteAsync(pair.A, 1, 7);

        Assert.Equal(ReplicationResult.PeerIsPrimary, await pair.B.PromoteAsync());
        Assert.Equal(ReplicationResult.Done, await pair.A.DemoteAsync());
        await MirrorPair.WhenAsync(async () => !(await pair.StateAsync(1))!.PeerIsSource);
        Assert.Equal(ReplicationResult.Done, await pair.B.PromoteAsync());

        Assert.Equal((byte)7, await pair.ReadAsync(pair.B, 1));
        Assert.Equal(BlockStatus.Ok, await pair.WriteAsync(pair.B, 1, 8));
        Assert.Equal(BlockStatus.Offline, await pair.WriteAsync(pair.A, 1, 9));
        await AssertEqualAsync(pair);
    }

    [Fact]
    public async Task SplitBrain_IsSeenOnBothSides_AndNothingIsLostBeforeAPersonChooses()
    {
        await using var pair = await MirrorPair.StartAsync();
        pair.Cut(keepDown: true);
        await pair.WriteAsync(pair.A, 1, 0xA);
        Assert.Equal(ReplicationResult.Done, await pair.B.PromoteAsync(alone: true));
        await pair.WriteAsync(pair.B, 2, 0xB);

        pair.AllowLink();
        // The lower term stops serving; then both see that each has what the other lacks.
        await MirrorPair.WhenAsync(async () => (await pair.StateAsync(0))!.Refusal == "SplitBrain" && (await pair.StateAsync(1))!.Refusal == "SplitBrain");
        Assert.False((await pair.StateAsync(0))!.IsSource);
        Assert.Equal((byte)0xB, await pair.ReadAsync(pair.B, 2));

        Assert.Equal(ReplicationResult.Done, await pair.A.YieldSplitBrainAsync());
        await MirrorPair.WhenAsync(async () => (await pair.StateAsync(1)) is { Phase: "Established", OutOfSyncBytes: 0 });
        Assert.Equal((byte)0, await pair.ReadAsync(pair.B, 1));
        await AssertEqualAsync(pair);
    }

    [Fact]
    public async Task Verify_FindsADamagedBlock_AndHealsItWhenAsked()
    {
        await using var pair = await MirrorPair.StartAsync();
        await pair.WriteAsync(pair.A, 100, 0x11);
        await using (var file = new FileStream(pair.DataPath(1), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
        {
            file.Position = 100 * 4096 + 17;
            file.WriteByte(0xEE);
        }

        Assert.Equal(ReplicationResult.Done, await pair.A.StartVerifyAsync());
        await MirrorPair.WhenAsync(async () => !(await pair.StateAsync(0))!.Verifying);
        var state = (await pair.StateAsync(0))!;
        Assert.Equal(4096, state.DifferentBytes);
        Assert.Equal([(100 * 4096L, 4096L)], state.Different);
        Assert.Equal(0, state.OutOfSyncBytes);

        Assert.Equal(ReplicationResult.Done, await pair.A.HealAsync());
        await MirrorPair.WhenAsync(async () => (await pair.StateAsync(0)) is { Connections: > 1, Phase: "Established", OutOfSyncBytes: 0 });
        await AssertEqualAsync(pair);
    }

    [Fact]
    public async Task LocalMedium_Fails_ThePeerServes()
    {
        FaultyBlockDevice? faulty = null;
        await using var pair = await MirrorPair.StartAsync(node =>
        {
            var device = new RamBlockDevice(MirrorPair.SizeBytes);
            return node == 0 ? faulty = new FaultyBlockDevice(device) : device;
        });
        await pair.WriteAsync(pair.A, 5, 0x55);

        faulty!.Fail(BlockOperation.Write, BlockStatus.WriteError);
        faulty.Fail(BlockOperation.Read, BlockStatus.ReadError);
        Assert.Equal(BlockStatus.Ok, await pair.WriteAsync(pair.A, 6, 0x66));

        Assert.Equal((byte)0x55, await pair.ReadAsync(pair.A, 5));
        Assert.Equal((byte)0x66, await pair.ReadAsync(pair.A, 6));
        Assert.True((await pair.StateAsync(0))!.DiskFailed);
    }

    /// <summary>I15: the source works on its peer's medium, is killed, and starts again with its own medium while the peer is away.</summary>
    [Fact]
    public async Task LocalMedium_FailedAndIsBackWithoutThePeer_IsNotServedBeforeAResync()
    {
        FaultyBlockDevice? faulty = null;
        RamBlockDevice[] media = [new(MirrorPair.SizeBytes), new(MirrorPair.SizeBytes)];
        await using var pair = await MirrorPair.StartAsync(node => node == 0 ? faulty = new FaultyBlockDevice(new Borrowed(media[0])) : new Borrowed(media[1]));
        await pair.WriteAsync(pair.A, 5, 0x55);
        faulty!.Fail(BlockOperation.Write, BlockStatus.WriteError);
        Assert.Equal(BlockStatus.Ok, await pair.WriteAsync(pair.A, 5, 0x66));
        Assert.True(pair.Notes[0].IsMade());

        pair.Cut(keepDown: true);
        await pair.KillAsync(0);
        await pair.OpenAsync(0);

        Assert.True((await pair.StateAsync(0)) is { BehindPeer: true, IsUpToDate: false, Outdated: true });
        await MirrorPair.WhenAsync(async () => await pair.A.PromoteAsync(alone: true) == ReplicationResult.NotUpToDate);
        pair.AllowLink();
        await pair.WhenInSyncAsync();
        await MirrorPair.WhenAsync(() => Task.FromResult(!pair.Notes[0].IsMade()));
        Assert.True((await pair.StateAsync(0)) is { BehindPeer: false, IsUpToDate: true });
        Assert.Equal(ReplicationResult.Done, await pair.A.PromoteAsync());
        Assert.Equal((byte)0x66, await pair.ReadAsync(pair.A, 5));
    }

    /// <summary>I15: a person's word counts for more than the note, and the two sides know of each other's writes when they meet.</summary>
    [Fact]
    public async Task LocalMedium_FailedAndIsBack_AndIsForced_IsASplitBrain()
    {
        FaultyBlockDevice? faulty = null;
        RamBlockDevice[] media = [new(MirrorPair.SizeBytes), new(MirrorPair.SizeBytes)];
        await using var pair = await MirrorPair.StartAsync(node => node == 0 ? faulty = new FaultyBlockDevice(new Borrowed(media[0])) : new Borrowed(media[1]));
        faulty!.Fail(BlockOperation.Write, BlockStatus.WriteError);
        Assert.Equal(BlockStatus.Ok, await pair.WriteAsync(pair.A, 5, 0x66));
        pair.Cut(keepDown: true);
        await pair.KillAsync(0);
        await pair.OpenAsync(0);

        await MirrorPair.WhenAsync(async () => await pair.A.PromoteAsync(alone: true, force: true) == ReplicationResult.Done);
        await MirrorPair.WhenAsync(() => Task.FromResult(!pair.Notes[0].IsMade()));
        pair.AllowLink();

        await MirrorPair.WhenAsync(async () => (await pair.StateAsync(0)) is { Refusal: "SplitBrain" } && (await pair.StateAsync(1)) is { Refusal: "SplitBrain" });
    }

    /// <summary>I15: what could not be noted is not acknowledged; when it can be, the peer serves.</summary>
    [Fact]
    public async Task LocalMedium_FailsAndCannotBeNoted_NothingIsAcknowledgedBeforeItCan()
    {
        FaultyBlockDevice? faulty = null;
        await using var pair = await MirrorPair.StartAsync(node =>
        {
            var device = new RamBlockDevice(MirrorPair.SizeBytes);
            return node == 0 ? faulty = new FaultyBlockDevice(device) : device;
        });
        var generation = (await pair.StateAsync(1))!.Generation;
        pair.Notes[0].Fails = true;

        faulty!.Fail(BlockOperation.Write, BlockStatus.WriteError);
        var unanswered = pair.WriteAsync(pair.A, 6, 0x66);
        await MirrorPair.WhenAsync(() => Task.FromResult(pair.Notes[0].Attempts > 2));
        Assert.False(unanswered.IsCompleted);
        // The peer's data are of the generation that both have: it did not begin to serve.
        Assert.Equal(generation, (await pair.StateAsync(1))!.Generation);
        pair.Notes[0].Fails = false;

        Assert.Equal(BlockStatus.Ok, await unanswered);
        Assert.True(pair.Notes[0].IsMade());
        Assert.Equal((byte)0x66, await pair.ReadAsync(pair.A, 6));
    }

    /// <summary>A medium that outlives the volume that it is opened by.</summary>
    private sealed class Borrowed(IBlockDevice device) : IBlockDevice
    {
        public event Action? Grown
        {
            add => device.Grown += value;
            remove => device.Grown -= value;
        }

        public long LengthBytes => device.LengthBytes;

        public int AlignmentBytes => device.AlignmentBytes;

        public int UnmapGranularityBytes => device.UnmapGranularityBytes;

        public void Submit(BlockRequest request) => device.Submit(request);

        public long GetAllocation(long offsetBytes, out bool allocated) => device.GetAllocation(offsetBytes, out allocated);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    /// <summary>With somebody who moves the service to the peer: no answer, no error, and the role can be given up.</summary>
    [Fact]
    public async Task LocalMedium_FailsUnderAFailoverManager_NothingIsAcknowledgedAndThePeerTakesOver()
    {
        FaultyBlockDevice? faulty = null;
        await using var pair = await MirrorPair.StartAsync(node =>
        {
            var device = new RamBlockDevice(MirrorPair.SizeBytes);
            return node == 0 ? faulty = new FaultyBlockDevice(device) : device;
        });
        await pair.WriteAsync(pair.A, 5, 0x55);
        await pair.A.HoldOnDiskFailureAsync(true);

        faulty!.Fail(BlockOperation.Write, BlockStatus.WriteError);
        var unanswered = pair.WriteAsync(pair.A, 6, 0x66);
        await MirrorPair.WhenAsync(async () => (await pair.StateAsync(0)) is { DiskFailed: true, Phase: "Down" });
        Assert.False(unanswered.IsCompleted);
        // A connection that comes again does not make it work on the peer's medium either.
        await MirrorPair.WhenAsync(async () => (await pair.StateAsync(0)) is { Connections: > 2 });
        Assert.False(unanswered.IsCompleted);
        await pair.A.DemoteAsync();

        Assert.Equal(BlockStatus.Offline, await unanswered);
        pair.Cut(keepDown: true);
        await MirrorPair.WhenAsync(async () => (await pair.StateAsync(1)) is { Phase: "Down" });
        Assert.Equal(ReplicationResult.Done, await pair.B.PromoteAsync(alone: true));
        Assert.Equal((byte)0x55, await pair.ReadAsync(pair.B, 5));
    }

    /// <summary>Who submits is not kept for as long as others have work: a connection has further commands in its buffer.</summary>
    [Fact]
    public async Task Submit_WhileOthersNeverPause_Returns()
    {
        await using var pair = await MirrorPair.StartAsync(_ => new RamBlockDevice(MirrorPair.SizeBytes));
        var buffer = pair.Pool.TryRent(4096)!;
        using var endless = new EndlessReads(pair.A, buffer);

        await Task.Run(endless.Start, TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);

        Assert.True(endless.GoesOn);
        endless.Dispose();
        await endless.Ended;
        pair.Pool.Return(buffer);
    }

    /// <summary>Each read begins the next one when it ends.</summary>
    private sealed class EndlessReads : BlockRequest, IDisposable
    {
        private readonly ReplicatedVolume _volume;
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private volatile bool _stopped;

        public EndlessReads(ReplicatedVolume volume, BlockBuffer buffer)
        {
            _volume = volume;
            (Operation, LengthBytes, Buffer) = (BlockOperation.Read, 4096, buffer);
        }

        public bool GoesOn => !_ended.Task.IsCompleted;

        public Task Ended => _ended.Task;

        public void Start() => _volume.Submit(this);

        public void Dispose() => _stopped = true;

        public override void OnCompleted(BlockStatus status)
        {
            if (_stopped)
                _ended.SetResult();
            else
                _volume.Submit(this);
        }
    }

    [Fact]
    public async Task Value_IsOnBothNodes()
    {
        await using var pair = await MirrorPair.StartAsync();

        Assert.Equal(ReplicationResult.Done, await pair.A.PutValueAsync("reservations", [1, 2, 3]));

        Assert.Equal([1, 2, 3], (await pair.B.GetValueAsync("reservations"))!.Value);
        await pair.KillAsync(1);
        await pair.OpenAsync(1);
        Assert.Equal([1, 2, 3], (await pair.B.GetValueAsync("reservations"))!.Value);
    }

    [Fact]
    public async Task CleanStop_LeavesNothingToResync()
    {
        await using var pair = await MirrorPair.StartAsync();
        await pair.WriteAsync(pair.A, 9, 9, durable: false);
        var resynced = (await pair.StateAsync(1))!.ResyncedBytes;

        await pair.A.StopAsync();
        await pair.KillAsync(0);
        await pair.OpenAsync(0);
        await pair.WhenInSyncAsync();

        Assert.Equal(resynced, (await pair.StateAsync(1))!.ResyncedBytes);
        Assert.Equal(0, (await pair.StateAsync(0))!.ResyncedBytes);
        await AssertEqualAsync(pair);
    }

    [Theory]
    [InlineData(1), InlineData(2), InlineData(3)]
    public async Task RandomFaults_UnderLoad_LoseNothing(int seed)
    {
        await using var pair = await MirrorPair.StartAsync();
        var random = new Random(seed);
        var load = new StampedLoad(pair, seed);
        for (var fault = 0; fault < 6; fault++)
        {
            await load.RunAsync(random.Next(40, 200));
            switch (random.Next(3))
            {
                case 0: pair.Cut(); break;
                case 1:
                    await pair.KillAsync(1);
                    await load.RunAsync(50);
                    await pair.OpenAsync(1);
                    break;
                default:
                    await pair.KillAsync(0);
                    await pair.OpenAsync(0);
                    await MirrorPair.WhenAsync(async () => await pair.A.PromoteAsync(alone: true) == ReplicationResult.Done);
                    break;
            }
            await load.VerifyAsync();
        }
        await pair.WhenInSyncAsync();

        await load.VerifyAsync();
        await AssertEqualAsync(pair);
    }

    private static async Task AssertEqualAsync(MirrorPair pair)
    {
        await pair.KillAsync(0);
        await pair.KillAsync(1);
        var (here, there) = (await File.ReadAllBytesAsync(pair.DataPath(0)), await File.ReadAllBytesAsync(pair.DataPath(1)));
        Assert.True(here.AsSpan().SequenceEqual(there), "the two media differ");
    }
}
