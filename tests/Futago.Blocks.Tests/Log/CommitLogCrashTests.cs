using System.Buffers.Binary;
using Futago.Blocks.Log;

namespace Futago.Blocks.Tests.Log;

/// <summary>
/// Initiators write, the power fails or the program is killed at some step, the log is replayed: every block holds what was acknowledged, or something that was
/// sent later.
/// </summary>
public sealed class CommitLogCrashTests
{
    private const int BlockBytes = 4096;
    private const int LargeBytes = 64 << 10;
    private const int BlocksPerInitiator = LargeBytes / BlockBytes;
    private const int Initiators = 5;
    private const int AreaBytes = CommitLogFormat.RecordBytesMaximum;
    private const int LogBytes = CommitLogFormat.BlockBytes + CommitLogFormat.AreaCount * AreaBytes;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, 150)];

    /// <summary>What was not flushed may be lost, what was durable not.</summary>
    [Theory, MemberData(nameof(Seeds))]
    public Task PowerFails_NothingDurableIsLost(int seed) => RunAsync(seed, losesCache: true);

    /// <summary>What was acknowledged is still in the kernel's cache, durable or not; a replay must not bring back what lay there before.</summary>
    [Theory, MemberData(nameof(Seeds))]
    public Task ProgramIsKilled_NothingAcknowledgedIsLost(int seed) => RunAsync(seed, losesCache: false);

    private static async Task RunAsync(int seed, bool losesCache)
    {
        var random = new Random(seed);
        var power = new Power(seed, steps: random.Next(1, random.Next(2, 4000)));
        var data = new PowerFailFile(power, Initiators * LargeBytes, durable: false);
        var log = NewLog(power);
        var device = new FileBlockDevice(
            "data", data, new FileBlockDeviceOptions { CacheMode = CacheMode.PageCache, CommitsWithoutLog = random.Next(3) },
            failed => new CommitLog(log, data, AreaBytes, "data", failed));
        // Some only write what the log takes; with others among them it is emptied all the time.
        var others = random.Next(3) == 0 ? 0 : random.Next(1, 30);
        var initiators = Enumerable.Range(0, Initiators).Select(i => new Initiator(device, i * LargeBytes, seed * Initiators + i, others, !losesCache)).ToList();
        await Task.WhenAll(initiators.Select(i => Task.Run(i.RunAsync)));
        await device.DisposeAsync();

        var later = new Power(seed, int.MaxValue);
        var (dataAfter, logAfter) = (data.Restart(later, losesCache), log.Restart(later, losesCache: true));
        // Replays may be cut off too, any number of times.
        for (var cut = random.Next(0, 3); cut > 0; cut--)
        {
            var again = new Power(seed + cut, random.Next(1, 60));
            var (d, l) = (dataAfter.Restart(again, losesCache: false), logAfter.Restart(again, losesCache: true));
            try
            {
                CommitLogReplay.Run(l, d);
            }
            catch (IOException)
            {
                // The power.
            }
            again.Fail();
            (dataAfter, logAfter) = (d.Restart(later, losesCache), l.Restart(later, losesCache: true));
        }
        CommitLogReplay.Run(logAfter, dataAfter);

        foreach (var initiator in initiators)
            initiator.Check(dataAfter.Cache);
        Assert.Equal(dataAfter.Cache, dataAfter.Medium);
        Assert.Equal(0, CommitLogReplay.Run(logAfter, dataAfter));
    }

    private static PowerFailFile NewLog(Power power)
    {
        var file = new PowerFailFile(new Power(0, int.MaxValue), LogBytes, durable: true);
        CommitLogFormat.WriteFileHeader(file.Cache.AsSpan(0, CommitLogFormat.BlockBytes), AreaBytes);
        return file.Restart(power, losesCache: false);
    }

    /// <summary>Has blocks of its own, and knows for each what may be found there.</summary>
    private sealed class Initiator(FileBlockDevice device, int start, int seed, int others, bool everyAnswerCounts)
    {
        private readonly Random _random = new(seed);
        private readonly BlockBufferPool _pool = new(1 << 20);
        private readonly List<long>[] _possible = [.. Enumerable.Range(0, BlocksPerInitiator).Select(_ => new List<long> { 0 })];
        private long _version;

        public async Task RunAsync()
        {
            while (await StepAsync())
            {
            }
        }

        public void Check(ReadOnlySpan<byte> content)
        {
            for (var block = 0; block < BlocksPerInitiator; block++)
            {
                for (var sector = 0; sector < BlockBytes; sector += 512)
                {
                    var found = content.Slice(start + block * BlockBytes + sector, 512);
                    var version = BinaryPrimitives.ReadInt64LittleEndian(found);
                    Assert.Contains(version, _possible[block]);
                    for (var at = 0; at < 512; at += 8)
                        Assert.Equal(version, BinaryPrimitives.ReadInt64LittleEndian(found[at..]));
                }
            }
        }

        private Task<bool> StepAsync()
        {
            var block = _random.Next(BlocksPerInitiator);
            if (_random.Next(100) >= others)
                return _random.Next(4) == 0 ? WriteTwiceAsync(block) : WriteAsync(block, 1, durable: true);
            return _random.Next(5) switch
            {
                0 => WriteAsync(block, 1, durable: false),
                1 => WriteAsync(0, BlocksPerInitiator, durable: true),
                2 => UnmapAsync(block),
                3 => UnmapAsync(block, durable: true),
                _ => FlushAsync(),
            };
        }

        private async Task<bool> WriteAsync(int block, int blocks, bool durable)
        {
            var version = ++_version;
            for (var i = block; i < block + blocks; i++)
                _possible[i].Add(version);
            return Answered(await SendAsync(block, blocks, version, durable), block, blocks, version, durable);
        }

        /// <summary>Two at once to the same block: either may win, but what is read afterwards has to stay.</summary>
        private async Task<bool> WriteTwiceAsync(int block)
        {
            var (firstVersion, secondVersion) = (++_version, ++_version);
            _possible[block].AddRange([firstVersion, secondVersion]);
            var (first, second) = (Task.Run(() => SendAsync(block, 1, firstVersion)), Task.Run(() => SendAsync(block, 1, secondVersion)));
            if (await first != BlockStatus.Ok | await second != BlockStatus.Ok)
                return false;
            var buffer = _pool.TryRent(BlockBytes)!;
            var read = await device.RunAsync(BlockOperation.Read, start + block * BlockBytes, BlockBytes, buffer);
            var version = BinaryPrimitives.ReadInt64LittleEndian(buffer.GetSpan());
            _pool.Return(buffer);
            return Answered(read, block, 1, version, durable: true);
        }

        private async Task<bool> UnmapAsync(int block, bool durable = false)
        {
            _possible[block].Add(0);
            return Answered(
                await device.RunAsync(BlockOperation.Unmap, start + block * BlockBytes, BlockBytes, durable: durable), block, 1, 0, durable);
        }

        private async Task<bool> FlushAsync()
        {
            if (await device.RunAsync(BlockOperation.Flush, 0, 0) != BlockStatus.Ok)
                return false;
            foreach (var possible in _possible)
                possible.RemoveRange(0, possible.Count - 1);
            return true;
        }

        private async Task<BlockStatus> SendAsync(int block, int blocks, long version, bool durable = true)
        {
            var buffer = _pool.TryRent(blocks * BlockBytes)!;
            for (var at = 0; at < blocks * BlockBytes; at += 8)
                BinaryPrimitives.WriteInt64LittleEndian(buffer.Slice(at, 8), version);
            var status = await device.RunAsync(BlockOperation.Write, start + block * BlockBytes, blocks * BlockBytes, buffer, durable);
            _pool.Return(buffer);
            return status;
        }

        private bool Answered(BlockStatus status, int block, int blocks, long version, bool durable)
        {
            if (status != BlockStatus.Ok)
                return false;
            for (var i = block; i < block + blocks && (durable || everyAnswerCounts); i++)
            {
                _possible[i].Clear();
                _possible[i].Add(version);
            }
            return true;
        }
    }
}
