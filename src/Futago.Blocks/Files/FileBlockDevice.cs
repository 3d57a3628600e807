using Futago.Blocks.Log;
using Futago.Blocks.Native;
using Microsoft.Extensions.Logging;

namespace Futago.Blocks;

/// <summary>
/// A regular file or a raw block device as an <see cref="IBlockDevice"/>.
/// <para>
/// Through the page cache every byte range is accepted. With direct access requests are multiples of 512 bytes; where the
/// medium itself wants more (4096-byte sectors), the device reads, modifies and writes whole sectors under a range lock, so that
/// a LUN with 512-byte blocks can stand on any medium. Bytes behind the last whole sector are not offered.
/// </para>
/// <para>
/// The number of requests in the device is bounded by the callers: a request is an object of theirs that they cannot submit
/// twice. Closing does not flush: who wants the cache on the medium sends a flush first.
/// </para>
/// </summary>
public sealed partial class FileBlockDevice : IBlockDevice, ICloneRange, IBlockSpace
{
    private readonly IBlockFile _file;
    private readonly FileBlockDeviceOptions _options;
    private readonly ThreadedIo _io;
    private readonly string _path;
    private long _lengthBytes;
    private int _closed;

    /// <param name="openLog">See <see cref="GroupCommit"/>.</param>
    internal FileBlockDevice(string path, IBlockFile file, FileBlockDeviceOptions options, Func<Action<int>, CommitLog?>? openLog = null)
    {
        options.Validate();
        _path = path;
        _file = file;
        _options = options;
        AlignmentBytes = options.CacheMode == CacheMode.Direct ? 512 : 1;
        _lengthBytes = RoundDown(file.GetLength());
        if (file.SharingWith is { } fileSystem)
            CloneableFile = new CloneableFile(file, fileSystem, file.UnmapGranularity);
        _io = new ThreadedIo(file, Path.GetFileName(path), options, openLog, OnFlushFailed, OnFault);
    }

    public event Action? Grown;

    /// <summary>Raised once, on any thread, when a flush failed and the device refuses to change anything from now on.</summary>
    public event Action? Failed;

    /// <summary>
    /// Raised on any thread, before the request ends, when the medium fails to read or write or has no space: once per kind of
    /// status, until <see cref="Settle"/>.
    /// </summary>
    public event Action<BlockStatus>? Faulted;

    public long LengthBytes => Volatile.Read(ref _lengthBytes);

    public int AlignmentBytes { get; }

    public int UnmapGranularityBytes => _file.UnmapGranularity;

    public CloneableFile? CloneableFile { get; }

    public BlockSpace? GetSpace() => _file.GetSpace();

    /// <summary>A flush failed: what the medium holds is unknown, so nothing can be written any more (I11).</summary>
    public bool HasFailed => _io.HasFailed;

    /// <exception cref="IOException">
    /// The file cannot be opened in this way, or what its commit log holds not be brought to it; the message names the file and the reason.
    /// </exception>
    public static FileBlockDevice Open(string path, FileBlockDeviceOptions options)
    {
        options.Validate();
        if (options.CommitLogPath is { } interrupted)
            CommitLogFile.Replay(interrupted, path);
        var file = LinuxBlockFile.Open(path, options.CacheMode == CacheMode.Direct, options.ReadOnly);
        try
        {
            return options is { CommitLogPath: { } log, CacheMode: CacheMode.PageCache, ReadOnly: false }
                ? new FileBlockDevice(path, file, options, failed => CommitLogFile.TryOpen(log, file, Path.GetFileName(path), failed))
                : new FileBlockDevice(path, file, options);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The cause of a fault is over: <see cref="Faulted"/> tells of the next one of its kind.</summary>
    public void Settle(BlockStatus fault) => _io.Settle(fault);

    public void Submit(BlockRequest request)
    {
        var refusal = Check(request);
        if (refusal != BlockStatus.Ok)
            request.OnCompleted(refusal);
        else
            _io.Submit(request);
    }

    public long GetAllocation(long offsetBytes, out bool allocated)
    {
        var length = LengthBytes;
        ArgumentOutOfRangeException.ThrowIfNegative(offsetBytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(offsetBytes, length);
        var data = _file.SeekData(offsetBytes);
        allocated = true;
        if (data == -Errno.ENXIO || data >= length)
        {
            allocated = false;
            return length - offsetBytes;
        }
        // A block device, or a file system that cannot say: everything counts as allocated.
        if (data < 0)
            return length - offsetBytes;
        if (data > offsetBytes)
        {
            allocated = false;
            return data - offsetBytes;
        }
        var hole = _file.SeekHole(offsetBytes);
        return Math.Min(hole > offsetBytes ? hole : length, length) - offsetBytes;
    }

    /// <summary>Offers the bytes up to <paramref name="newLengthBytes"/>, after whoever owns the file has made it longer.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Shorter than the device is now.</exception>
    /// <exception cref="IOException">The file is shorter than that.</exception>
    public void GrowTo(long newLengthBytes)
    {
        ObjectDisposedException.ThrowIf(_closed != 0, this);
        var wanted = RoundDown(newLengthBytes);
        if (_file.GetLength() < wanted)
            throw new IOException($"{_path} is shorter than the {newLengthBytes} bytes that it should grow to");
        var current = LengthBytes;
        ArgumentOutOfRangeException.ThrowIfLessThan(wanted, current, nameof(newLengthBytes));
        if (wanted == current)
            return;
        Volatile.Write(ref _lengthBytes, wanted);
        Grown?.Invoke();
    }

    /// <summary>
    /// Ends queued requests with <see cref="BlockStatus.Offline"/> and waits for the system calls that are on their way. A commit log is empty afterwards,
    /// unless the medium has failed.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0)
            return;
        await Task.Factory.StartNew(_io.Close, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        _file.Dispose();
    }

    private BlockStatus Check(BlockRequest request)
    {
        if (Volatile.Read(ref _closed) != 0)
            return BlockStatus.Offline;
        if (request.Operation != BlockOperation.Read)
        {
            if (_options.ReadOnly && request.Operation != BlockOperation.Flush)
                return BlockStatus.ReadOnly;
            if (_io.HasFailed)
                return BlockStatus.WriteError;
        }
        if (request.Operation == BlockOperation.Flush)
            return BlockStatus.Ok;
        var length = LengthBytes;
        var (offset, count) = (request.OffsetBytes, request.LengthBytes);
        if (count <= 0 || offset < 0 || offset > length || count > length - offset || ((offset | count) & (AlignmentBytes - 1)) != 0)
            return BlockStatus.OutOfRange;
        if (request.Operation == BlockOperation.Clone)
            return request.CloneSource is { } source && request.CloneSourceOffset >= 0 && CloneableFile?.MayShareWith(source) == true
                && (request.CloneSourceOffset | offset | count) % source.GranularityBytes == 0
                ? BlockStatus.Ok
                : BlockStatus.NotSupported;
        if (request.Operation is not (BlockOperation.Read or BlockOperation.Write))
            return BlockStatus.Ok;
        var buffer = request.Buffer;
        return buffer is not null && request.BufferOffset >= 0 && request.BufferOffset <= buffer.Capacity
            && count <= buffer.Capacity - request.BufferOffset
            ? BlockStatus.Ok
            : BlockStatus.OutOfRange;
    }

    private long RoundDown(long length)
    {
        var sector = Math.Max(AlignmentBytes, _file.OffsetAlignment);
        return length - length % sector;
    }

    private void OnFlushFailed(int errno)
    {
        LogFlushFailed(_options.Logger, _path, errno);
        Failed?.Invoke();
    }

    private void OnFault(BlockStatus status, int errno)
    {
        LogFault(_options.Logger, _path, status, errno);
        Faulted?.Invoke(status);
    }

    [LoggerMessage(EventId = 1002, Level = LogLevel.Error, Message = "{Path} ended a request with {Status}, error {Errno}")]
    private static partial void LogFault(ILogger logger, string path, BlockStatus status, int errno);

    [LoggerMessage(EventId = 1001, Level = LogLevel.Critical,
        Message = "Flushing {Path} failed with error {Errno}; the device refuses every further change")]
    private static partial void LogFlushFailed(ILogger logger, string path, int errno);
}
