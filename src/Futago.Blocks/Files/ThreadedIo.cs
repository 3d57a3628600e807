using Futago.Blocks.Log;
using Futago.Blocks.Native;

namespace Futago.Blocks;

/// <summary>
/// The way of a checked request to the kernel: what the page cache can answer at once is done on the caller's thread; reads that have
/// to wait are those of <see cref="RingReads"/> where there is io_uring, everything else of I/O threads; durability is the business of
/// <see cref="GroupCommit"/>; unmapping and zeroing run on a thread of their own, so that they never stand in front of reads and writes.
/// </summary>
internal sealed class ThreadedIo
{
    /// <summary>Attempts at a write that finds the file locked, a microsecond or two apart.</summary>
    private const int LockAttempts = 10;
    private const int SpinsBetweenAttempts = 30;

    private readonly IBlockFile _file;
    private readonly FileTransfer _transfer;
    private readonly WorkerThreads _workers;
    private readonly WorkerThreads _aside;
    private readonly GroupCommit _commit;
    private readonly Action<BlockStatus, int> _onFault;
    private readonly string _name;
    private readonly LinuxBlockFile? _ringFile;
    private readonly Lock _ringGate = new();
    private RingReads? _ring;
    private bool _ringDecided;
    private int _faults;
    private volatile bool _cachedReads;
    private volatile bool _cachedWrites;

    private Trials _lockWaits;

    internal ThreadedIo(
        IBlockFile file, string name, FileBlockDeviceOptions options, Func<Action<int>, CommitLog?>? openLog, Action<int> onFlushFailed, Action<BlockStatus, int> onFault)
    {
        var pageCache = options.CacheMode == CacheMode.PageCache;
        _name = name;
        _ringFile = options.UseRing ? file as LinuxBlockFile : null;
        _onFault = onFault;
        _file = file;
        _transfer = new FileTransfer(file, options.MaximumThreads + 1, options.MakeRoom);
        _workers = new WorkerThreads($"io {name}", options.MaximumThreads, ReadOrWrite);
        _aside = new WorkerThreads($"zero {name}", 1, ChangeWithoutData);
        _commit = new GroupCommit(file, $"sync {name}", onFlushFailed, Submit, openLog, options.CommitsWithoutLog);
        _cachedReads = _cachedWrites = pageCache;
    }

    public bool HasFailed => _commit.HasFailed;

    /// <summary>The next fault of this kind is news again.</summary>
    public void Settle(BlockStatus fault) => Interlocked.And(ref _faults, ~(1 << (int)fault));

    public void Submit(BlockRequest request)
    {
        request.DoneBytes = 0;
        // False: it waits there, and comes back by itself.
        if (request.Operation is not (BlockOperation.Read or BlockOperation.Flush) && !CommitLog.Takes(request) && !_commit.TryBeginOther(request))
            return;
        switch (request.Operation)
        {
            case BlockOperation.Read when !_cachedReads || !TryReadCached(request):
                if (_ringFile is not null && _transfer.IsAligned(request) && Ring() is { } ring)
                    ring.Enqueue(request);
                else
                    _workers.Enqueue(request);
                break;
            case BlockOperation.Write when !_cachedWrites || !TryWriteCached(request):
                _workers.Enqueue(request);
                break;
            case BlockOperation.Flush:
                _commit.Join(request);
                break;
            case BlockOperation.Unmap or BlockOperation.WriteZeroes or BlockOperation.Clone:
                _aside.Enqueue(request);
                break;
        }
    }

    /// <summary>Blocks until every thread has ended; whatever is still queued ends with <see cref="BlockStatus.Offline"/>.</summary>
    public void Close()
    {
        // In this order: the first hands reads over to the second; the second and third hand durable changes over to the fourth.
        RingReads? ring;
        lock (_ringGate)
            (ring, _ring, _ringDecided) = (_ring, null, true);
        ring?.Close();
        _workers.Close();
        _aside.Close();
        _commit.Close();
    }

    /// <summary>Made when the first read has to wait; null where io_uring cannot be had, and when the device is closing.</summary>
    private RingReads? Ring()
    {
        if (Volatile.Read(ref _ringDecided))
            return _ring;
        lock (_ringGate)
        {
            if (!_ringDecided)
                _ring = RingReads.TryCreate(_ringFile!, $"read {_name}", _workers.Enqueue);
            Volatile.Write(ref _ringDecided, true);
            return _ring;
        }
    }

    private bool TryReadCached(BlockRequest request)
    {
        var n = _file.Read(request.OffsetBytes, request.Buffer!.Address + request.BufferOffset, (int)request.LengthBytes, cachedOnly: true);
        if (n == request.LengthBytes)
        {
            request.OnCompleted(BlockStatus.Ok);
            return true;
        }
        // Not every file system knows RWF_NOWAIT; there is no point in asking again.
        if (n == -Errno.EOPNOTSUPP)
            _cachedReads = false;
        // The beginning may be cached and the rest not: an I/O thread goes on from there.
        request.DoneBytes = Math.Max(n, 0);
        return false;
    }

    private bool TryWriteCached(BlockRequest request)
    {
        var n = WriteCached(request);
        if (n == request.LengthBytes)
        {
            FinishChange(request, 0);
            return true;
        }
        if (n == -Errno.EOPNOTSUPP)
            _cachedWrites = false;
        // After a short write an I/O thread goes on from there.
        request.DoneBytes = Math.Max(n, 0);
        return false;
    }

    /// <summary>
    /// Who maps pages to write them back, or reads them for a record of the log, holds the file for moments that are shorter than handing the write over to an
    /// I/O thread. It would end after those that came behind it, and one commit of all become two.
    /// </summary>
    private int WriteCached(BlockRequest request)
    {
        var n = WriteOnce();
        if (n != -Errno.EAGAIN || !_lockWaits.IsDue())
            return n;
        for (var attempt = 1; attempt < LockAttempts && n == -Errno.EAGAIN; attempt++)
        {
            Thread.SpinWait(SpinsBetweenAttempts);
            n = WriteOnce();
        }
        _lockWaits.Ended(helped: n != -Errno.EAGAIN);
        return n;

        int WriteOnce() => _file.Write(request.OffsetBytes, request.Buffer!.Address + request.BufferOffset, (int)request.LengthBytes, cachedOnly: true);
    }

    private void ReadOrWrite(BlockRequest request)
    {
        if (request.Operation == BlockOperation.Read)
        {
            var error = _transfer.Read(request);
            request.OnCompleted(error == 0 ? BlockStatus.Ok : Report(Errno.ToReadStatus(error), error));
        }
        else
        {
            FinishChange(request, _transfer.Write(request));
        }
    }

    private void ChangeWithoutData(BlockRequest request)
    {
        if (request.Operation == BlockOperation.Clone)
            Clone(request);
        else if (request.Operation == BlockOperation.Unmap)
            FinishChange(request, _transfer.Unmap(request.OffsetBytes, request.LengthBytes));
        else
            FinishChange(request, _transfer.WriteZeroes(request.OffsetBytes, request.LengthBytes));
    }

    private void Clone(BlockRequest request)
    {
        var error = -_file.CloneRange(request.CloneSource!.File, request.CloneSourceOffset, request.OffsetBytes, request.LengthBytes);
        // Not a fault of the medium: the caller reads and writes instead.
        if (error is Errno.EOPNOTSUPP or Errno.ENOTTY or Errno.EINVAL or Errno.EXDEV)
        {
            EndChange(request, isCovered: false);
            request.OnCompleted(BlockStatus.NotSupported);
            return;
        }
        FinishChange(request, error);
    }

    /// <summary>Tells of the first fault of each kind, not of every request that meets it.</summary>
    private BlockStatus Report(BlockStatus status, int error)
    {
        var kind = 1 << (int)status;
        if ((Interlocked.Or(ref _faults, kind) & kind) == 0)
            _onFault(status, error);
        return status;
    }

    private void FinishChange(BlockRequest request, int error)
    {
        // Also after an error: part of it may have been changed.
        EndChange(request, isCovered: error == 0 && CommitLog.Takes(request));
        if (error != 0)
            request.OnCompleted(Report(Errno.ToWriteStatus(error), error));
        else if (request.Durable)
            _commit.Join(request);
        else
            request.OnCompleted(_commit.HasFailed ? BlockStatus.WriteError : BlockStatus.Ok);
    }

    /// <param name="isCovered">A commit of its own makes it durable.</param>
    private void EndChange(BlockRequest request, bool isCovered)
    {
        if (!isCovered)
            _commit.CountChange();
        if (!CommitLog.Takes(request))
            _commit.EndOther();
    }
}
