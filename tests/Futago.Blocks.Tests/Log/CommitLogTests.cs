using System.Buffers.Binary;
using Futago.Blocks.Log;
using Futago.Blocks.Tests.Files;

namespace Futago.Blocks.Tests.Log;

/// <summary>The commit log, what a replay makes of it, and what keeps it apart from changes that it does not record.</summary>
public sealed class CommitLogTests : IDisposable
{
    private const int BlockBytes = CommitLogFormat.BlockBytes;
    private const int AreaBytes = CommitLogFormat.RecordBytesMaximum;
    private const int LogBytes = BlockBytes + CommitLogFormat.AreaCount * AreaBytes;
    private const int DataBytes = 16 * BlockBytes;

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    private readonly Power _power = new(0, int.MaxValue);
    private readonly BlockBufferPool _pool = new(1 << 20);
    private readonly BlockBuffer _buffer;

    public CommitLogTests() => _buffer = _pool.TryRent(64 << 10)!;

    public void Dispose() => _pool.Return(_buffer);

    /// <summary>A file as version 1 wrote it, made here byte by byte.</summary>
    [Fact]
    public void FileOfVersion1_IsReplayed()
    {
        var (log, data) = Files(FileOfVersion1());

        Assert.Equal(2, CommitLogReplay.Run(log, data));

        Assert.Equal(Filled(0x11).AsSpan(), data.Medium.AsSpan(2 * BlockBytes, BlockBytes));
        Assert.Equal(Filled(0x22).AsSpan(0, 512), data.Medium.AsSpan(5 * BlockBytes + 512, 512));
        Assert.Equal(BlockBytes + 512, data.Medium.Count(b => b != 0));
        Assert.Equal(0, CommitLogReplay.Run(log, data));
    }

    [Theory]
    [InlineData(0, "is damaged")]
    [InlineData(8, "is damaged")]
    [InlineData(BlockBytes - 1, "is damaged")]
    public void DamagedFileHeader_IsRefused(int at, string message)
    {
        var bytes = FileOfVersion1();
        bytes[at] ^= 1;
        var (log, data) = Files(bytes);

        Assert.Equal(message, Assert.Throws<IOException>(() => CommitLogReplay.Run(log, data)).Message);
        Assert.DoesNotContain(data.Cache, b => b != 0);
    }

    [Fact]
    public void LaterVersion_IsRefused()
    {
        var bytes = FileOfVersion1();
        bytes[8] = 2;
        Seal(bytes.AsSpan(0, BlockBytes));
        var (log, data) = Files(bytes);

        Assert.Equal("was written by a later version of the product", Assert.Throws<IOException>(() => CommitLogReplay.Run(log, data)).Message);
    }

    [Fact]
    public void WriteBeyondTheVolume_IsRefused()
    {
        var bytes = FileOfVersion1();
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(BlockBytes + 64), DataBytes - 512);
        Seal(bytes.AsSpan(BlockBytes, BlockBytes));
        var (log, data) = Files(bytes);

        Assert.Equal("holds a write beyond the end of its volume", Assert.Throws<IOException>(() => CommitLogReplay.Run(log, data)).Message);
        Assert.DoesNotContain(data.Cache, b => b != 0);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(int.MaxValue)]
    public void LengthsThatCannotBe_MakeNoRecord(int length)
    {
        foreach (var field in new[] { 8, 12, 64 + 8 })
        {
            var bytes = FileOfVersion1();
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(BlockBytes + field), length);
            Seal(bytes.AsSpan(BlockBytes, BlockBytes));
            var (log, data) = Files(bytes);

            Assert.Equal(0, CommitLogReplay.Run(log, data));
        }
    }

    /// <summary>The last record may have been cut off; before another one, none can have been.</summary>
    [Fact]
    public async Task DamagedRecord_IsTheEnd_UnlessAnotherComesAfterIt()
    {
        var (log, data) = await WriteAsync(3);
        var record = 2 * BlockBytes;
        var (last, middle) = (log.Restart(_power, losesCache: true), log.Restart(_power, losesCache: true));
        last.Cache[BlockBytes + 2 * record + BlockBytes + 7] ^= 1;
        middle.Cache[BlockBytes + record + BlockBytes + 7] ^= 1;

        Assert.Equal(2, CommitLogReplay.Run(last, data));
        Assert.Equal("is damaged", Assert.Throws<IOException>(() => CommitLogReplay.Run(middle, data)).Message);
    }

    /// <summary>Of a block that was written in both areas, no cut of a replay may leave the older state.</summary>
    [Fact]
    public async Task Replay_CutOffAnywhere_AndDoneAgain_LeavesTheNewest()
    {
        // More than one area holds, all to the same block.
        var (log, data) = await WriteAsync(AreaBytes / (2 * BlockBytes) + 3, block: _ => 4);
        Assert.True(CommitLogFormat.TryReadRecordHeader(log.Cache.AsSpan(BlockBytes + AreaBytes), AreaBytes, out _), "The second area is not in use");
        var newest = data.Cache.AsSpan(4 * BlockBytes, BlockBytes).ToArray();

        var steps = 0;
        for (bool done = false; !done;)
        {
            var power = new Power(1, ++steps);
            var (l, d) = (log.Restart(power, losesCache: true), new PowerFailFile(power, DataBytes, durable: false));
            try
            {
                CommitLogReplay.Run(l, d);
                done = true;
            }
            catch (IOException)
            {
                // The power.
            }
            power.Fail();
            var (l2, d2) = (l.Restart(_power, losesCache: true), d.Restart(_power, losesCache: true));
            CommitLogReplay.Run(l2, d2);
            Assert.Equal(newest, d2.Medium.AsSpan(4 * BlockBytes, BlockBytes));
        }
        Assert.True(steps > AreaBytes / (2 * BlockBytes));
    }

    [Theory]
    [InlineData(BlockOperation.Write, false, BlockBytes)]
    [InlineData(BlockOperation.Write, true, CommitLog.WriteBytesMaximum + 512)]
    [InlineData(BlockOperation.Unmap, false, BlockBytes)]
    [InlineData(BlockOperation.WriteZeroes, true, BlockBytes)]
    public async Task OtherChange_IsMadeWhenTheLogIsEmpty(BlockOperation operation, bool durable, int length)
    {
        var (log, data) = Files();
        await using var device = Device(log, data);
        await RecordAsync(device, log);

        Assert.Equal(BlockStatus.Ok, await device.RunAsync(operation, 0, length, operation == BlockOperation.Write ? _buffer : null, durable).WaitAsync(_patience));

        Assert.Equal(0, CommitLogReplay.Run(log.Restart(_power, losesCache: true), data));
    }

    [Fact]
    public async Task Flush_OfWhatIsRecorded_NeedsNothing()
    {
        var (log, data) = Files();
        await using var device = Device(log, data);
        await RecordAsync(device, log);
        Assert.Equal(BlockStatus.Ok, await device.RunAsync(BlockOperation.Write, BlockBytes, BlockBytes, _buffer, durable: true).WaitAsync(_patience));

        Assert.Equal(BlockStatus.Ok, await device.RunAsync(BlockOperation.Flush, 0, 0).WaitAsync(_patience));

        Assert.False(IsEmpty(log));
        Assert.Equal(new byte[BlockBytes].AsSpan(), data.Medium.AsSpan(BlockBytes, BlockBytes));
    }

    [Fact]
    public async Task ClosedDevice_LeavesAnEmptyLog()
    {
        var (log, data) = Files();
        await using (var device = Device(log, data))
            await RecordAsync(device, log);

        Assert.True(IsEmpty(log));
        Assert.Equal(_buffer.Slice(0, BlockBytes), data.Medium.AsSpan(0, BlockBytes));
    }

    [Fact]
    public async Task LogThatCannotBeWritten_FailsTheDevice_AndStaysForTheReplay()
    {
        var (log, data) = Files();
        await using var device = Device(log, data);
        var failed = 0;
        device.Failed += () => failed++;
        await RecordAsync(device, log);

        _power.Fail();

        Assert.Equal(BlockStatus.WriteError, await device.RunAsync(BlockOperation.Unmap, 0, BlockBytes).WaitAsync(_patience));
        Assert.True(device.HasFailed);
        Assert.Equal(1, failed);
        var later = new Power(0, int.MaxValue);
        Assert.Equal(1, CommitLogReplay.Run(log.Restart(later, losesCache: true), data.Restart(later, losesCache: true)));
    }

    [Theory]
    [InlineData(512)]
    [InlineData(4096)]
    public async Task RealFiles_AreReplayed(int sectorBytes)
    {
        using var fs = TemporaryFileSystem.CreateXfs(sectorBytes);
        var (path, logPath) = (Path.Combine(fs.Path, "data"), Path.Combine(fs.Path, CommitLogFile.FileName));
        var copies = (Data: Path.Combine(fs.Path, "data.old"), Log: Path.Combine(fs.Path, "log.copy"));
        await File.WriteAllBytesAsync(path, new byte[8 << 20]);
        var options = new FileBlockDeviceOptions { CacheMode = CacheMode.PageCache, CommitLogPath = logPath, CommitsWithoutLog = 0 };
        await using (var device = FileBlockDevice.Open(path, options))
        {
            _buffer.GetSpan().Fill(0x5a);
            // It is made aside; from the first record on, nothing is done in its place.
            while (!IsInUse(logPath))
                Assert.Equal(BlockStatus.Ok, await device.RunAsync(BlockOperation.Write, 0, 512, _buffer, durable: true));
            File.Copy(path, copies.Data);
            for (var i = 0; i < 300; i++)
                Assert.Equal(BlockStatus.Ok, await device.RunAsync(BlockOperation.Write, 1536 + i * 8192L, 4096, _buffer, durable: true));
            File.Copy(logPath, copies.Log);
        }

        Assert.Equal(0, CommitLogFile.Replay(logPath, path));
        Assert.InRange(CommitLogFile.Replay(copies.Log, copies.Data), 250, int.MaxValue);
        Assert.Equal(await File.ReadAllBytesAsync(path), await File.ReadAllBytesAsync(copies.Data));
        Assert.Equal(0, CommitLogFile.Replay(copies.Log, copies.Data));
    }

    /// <summary>A crash while a log is made leaves one that nobody has recorded anything in.</summary>
    [Fact]
    public async Task UnfinishedLog_IsThrownAway_OrMadeAnew()
    {
        using var fs = TemporaryFileSystem.CreateXfs(512);
        var (path, logPath) = (Path.Combine(fs.Path, "data"), Path.Combine(fs.Path, CommitLogFile.FileName));
        var unfinished = logPath + ".new";
        await File.WriteAllBytesAsync(path, new byte[8 << 20]);
        await File.WriteAllBytesAsync(unfinished, new byte[3 << 20]);

        Assert.Equal(0, CommitLogFile.Replay(logPath, path));
        Assert.False(File.Exists(unfinished));

        await File.WriteAllBytesAsync(unfinished, new byte[30 << 20]);
        var options = new FileBlockDeviceOptions { CacheMode = CacheMode.PageCache, CommitLogPath = logPath, CommitsWithoutLog = 0 };
        await using (var device = FileBlockDevice.Open(path, options))
        {
            while (!IsInUse(logPath))
                Assert.Equal(BlockStatus.Ok, await device.RunAsync(BlockOperation.Write, 0, 512, _buffer, durable: true));
        }
        Assert.False(File.Exists(unfinished));
        Assert.Equal(0, CommitLogFile.Replay(logPath, path));
    }

    [Fact]
    public async Task WithoutSpace_ThereIsNoLog()
    {
        using var fs = TemporaryFileSystem.CreateXfs(512);
        var (path, logPath) = (Path.Combine(fs.Path, "data"), Path.Combine(fs.Path, CommitLogFile.FileName));
        await File.WriteAllBytesAsync(path, new byte[1 << 20]);
        await File.WriteAllBytesAsync(Path.Combine(fs.Path, "rest"), new byte[(int)(new DriveInfo(fs.Path).AvailableFreeSpace - (16 << 20))]);
        var options = new FileBlockDeviceOptions { CacheMode = CacheMode.PageCache, CommitLogPath = logPath, CommitsWithoutLog = 0 };
        await using (var device = FileBlockDevice.Open(path, options))
        {
            for (var i = 0; i < 20; i++)
                Assert.Equal(BlockStatus.Ok, await device.RunAsync(BlockOperation.Write, 0, 512, _buffer, durable: true));
        }

        Assert.Equal(["data", "rest"], Directory.GetFiles(fs.Path).Select(Path.GetFileName).Order());
    }

    private static bool IsInUse(string logPath)
    {
        if (!File.Exists(logPath))
            return false;
        using var file = File.OpenHandle(logPath);
        var record = new byte[BlockBytes];
        RandomAccess.Read(file, record, BlockBytes);
        return CommitLogFormat.TryReadRecordHeader(record, AreaBytes, out _);
    }

    private static bool IsEmpty(PowerFailFile log) => !CommitLogFormat.TryReadRecordHeader(log.Medium.AsSpan(BlockBytes), AreaBytes, out _);

    private static FileBlockDevice Device(PowerFailFile log, PowerFailFile data) => new(
        "data", data, new FileBlockDeviceOptions { CacheMode = CacheMode.PageCache, CommitsWithoutLog = 0 }, failed => new CommitLog(log, data, AreaBytes, "data", failed));

    /// <summary>Writes block 0 until that is recorded: the log is opened aside.</summary>
    private async Task RecordAsync(FileBlockDevice device, PowerFailFile log)
    {
        _buffer.GetSpan().Fill(0x5a);
        // What was there before the device was opened.
        Assert.Equal(BlockStatus.Ok, await device.RunAsync(BlockOperation.Flush, 0, 0).WaitAsync(_patience));
        while (IsEmpty(log))
            Assert.Equal(BlockStatus.Ok, await device.RunAsync(BlockOperation.Write, 0, BlockBytes, _buffer, durable: true).WaitAsync(_patience));
    }

    private async Task<(PowerFailFile Log, PowerFailFile Data)> WriteAsync(int count, Func<int, int>? block = null)
    {
        var (log, data) = Files();
        var copy = log;
        using var appending = new CommitLog(log, data, AreaBytes, "data", _ => { });
        // The first area stays until both are looked at.
        data.Syncs.Reset();
        for (var i = 0; i < count; i++)
        {
            _buffer.GetSpan().Fill((byte)(i + 1));
            var offset = (block?.Invoke(i) ?? i) * BlockBytes;
            Assert.Equal(BlockBytes, data.Write(offset, _buffer.Address, BlockBytes, cachedOnly: false));
            var batch = new RequestQueue();
            batch.Enqueue(new ProbeRequest(BlockOperation.Write, offset, BlockBytes, _buffer) { Durable = true });
            Assert.True(appending.TryAppend(batch));
            copy = log.Restart(_power, losesCache: true);
        }
        data.Syncs.Set();
        return (copy, data.Restart(_power, losesCache: false));
    }

    private (PowerFailFile Log, PowerFailFile Data) Files(byte[]? content = null)
    {
        if (content is null)
            CommitLogFormat.WriteFileHeader(content = new byte[LogBytes], AreaBytes);
        var log = new PowerFailFile(_power, LogBytes, durable: true);
        content.CopyTo(log.Cache, 0);
        return (log.Restart(_power, losesCache: false), new PowerFailFile(_power, DataBytes, durable: false));
    }

    private static byte[] Filled(byte value)
    {
        var block = new byte[BlockBytes];
        block.AsSpan().Fill(value);
        return block;
    }

    private static byte[] FileOfVersion1()
    {
        var bytes = new byte[LogBytes];
        "FUTAGOCL"u8.CopyTo(bytes);
        bytes[8] = 1;
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(16), AreaBytes);
        Seal(bytes.AsSpan(0, BlockBytes));
        var data = new byte[2 * BlockBytes];
        Filled(0x11).CopyTo(data, 0);
        data.AsSpan(BlockBytes, 512).Fill(0x22);
        var record = bytes.AsSpan(BlockBytes);
        "FUTAGOCR"u8.CopyTo(record);
        BinaryPrimitives.WriteInt32LittleEndian(record[8..], 2);
        BinaryPrimitives.WriteInt32LittleEndian(record[12..], data.Length);
        record.Slice(16, 16).Fill(0xe0);
        BinaryPrimitives.WriteInt64LittleEndian(record[32..], 7);
        BinaryPrimitives.WriteUInt32LittleEndian(record[48..], Crc32C.Compute(data));
        BinaryPrimitives.WriteInt64LittleEndian(record[64..], 2 * BlockBytes);
        BinaryPrimitives.WriteInt32LittleEndian(record[72..], BlockBytes);
        BinaryPrimitives.WriteInt64LittleEndian(record[80..], 5 * BlockBytes + 512);
        BinaryPrimitives.WriteInt32LittleEndian(record[88..], 512);
        Seal(record[..BlockBytes]);
        data.CopyTo(record[BlockBytes..]);
        return bytes;
    }

    private static void Seal(Span<byte> block) => BinaryPrimitives.WriteUInt32LittleEndian(block[(BlockBytes - 4)..], Crc32C.Compute(block[..(BlockBytes - 4)]));
}
