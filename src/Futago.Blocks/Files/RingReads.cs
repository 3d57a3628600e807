using Futago.Blocks.Native;

namespace Futago.Blocks;

/// <summary>
/// Reads that have to wait for the medium, all of a device on one thread with one io_uring: what has come in is submitted, and what is
/// done is ended, with one system call for all of it. A read that does not end as a whole goes to the I/O threads, which finish it or
/// find out what is wrong: there is one place that judges errors.
/// </summary>
internal sealed class RingReads : ICompletionBatchEnd
{
    /// <summary>Reads that are on their way at once; more wait here. The ring has room for them and the poll for the event.</summary>
    private const int MaximumReads = 127;
    private const int RingEntries = 128;

    private readonly object _gate = new();
    private readonly IoRing _ring;
    private readonly LinuxBlockFile _file;
    private readonly Action<BlockRequest> _rest;
    private readonly Thread _thread;
    private readonly TaskCompletionSource<bool> _enabled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly BlockRequest?[] _reads = new BlockRequest?[MaximumReads];
    private readonly int[] _free = new int[MaximumReads];
    private int _freeCount;

    // Guarded by _gate.
    private RequestQueue _queue;
    private bool _asleep;
    private bool _closed;

    private RingReads(IoRing ring, LinuxBlockFile file, string name, Action<BlockRequest> rest)
    {
        (_ring, _file, _rest) = (ring, file, rest);
        for (var i = 0; i < MaximumReads; i++)
            _free[_freeCount++] = i;
        _thread = new Thread(Run, 256 * 1024) { IsBackground = true, Name = name };
    }

    /// <summary>Null where io_uring cannot be had.</summary>
    /// <param name="rest">Takes a read that was not served as a whole; it goes on at <see cref="BlockRequest.DoneBytes"/>.</param>
    public static RingReads? TryCreate(LinuxBlockFile file, string name, Action<BlockRequest> rest)
    {
        if (IoRing.TryCreate(RingEntries) is not { } ring)
            return null;
        var reads = new RingReads(ring, file, name, rest);
        reads._thread.Start();
        if (reads._enabled.Task.GetAwaiter().GetResult())
            return reads;
        reads._thread.Join();
        ring.Dispose();
        return null;
    }

    /// <summary>Queues a read that the medium takes as it is (alignment), or ends it with <see cref="BlockStatus.Offline"/>.</summary>
    public void Enqueue(BlockRequest request)
    {
        lock (_gate)
        {
            if (!_closed)
            {
                _queue.Enqueue(request);
                if (!_asleep)
                    return;
                _asleep = false;
                request = null!;
            }
        }
        if (request is not null)
            request.OnCompleted(BlockStatus.Offline);
        else if (!CompletionBatch.TryDefer(this))
            _ring.Wake();
    }

    /// <summary>Everything that came in together is there.</summary>
    void ICompletionBatchEnd.OnBatchEnded() => _ring.Wake();

    /// <summary>Ends queued reads, waits for those that are on their way.</summary>
    public void Close()
    {
        RequestQueue rest;
        lock (_gate)
        {
            _closed = true;
            rest = _queue.TakeAll();
        }
        _ring.Wake();
        rest.CompleteAll(BlockStatus.Offline);
        _thread.Join();
        _ring.Dispose();
    }

    private void Run()
    {
        var enabled = _ring.Enable();
        _enabled.SetResult(enabled);
        if (!enabled)
            return;
        _ring.PrepareWake();
        while (Submit())
        {
            var error = _ring.SubmitAndWait();
            // EAGAIN, EBUSY: the kernel has no room right now; completions make some.
            if (error is not (0 or Errno.EINTR or Errno.EAGAIN or Errno.EBUSY))
                throw new IOException($"io_uring_enter failed with error {error}");
            lock (_gate)
                _asleep = false;
            Reap();
        }
    }

    /// <summary>Prepares what has come in. False: closed, and nothing is on its way any more.</summary>
    private bool Submit()
    {
        lock (_gate)
        {
            while (_freeCount > 0 && _queue.TryDequeue() is { } request)
            {
                var index = _free[--_freeCount];
                _reads[index] = request;
                var done = request.DoneBytes;
                _ring.PrepareRead(
                    _file.Descriptor, request.OffsetBytes + done, request.Buffer!.Address + request.BufferOffset + done, (int)request.LengthBytes - done, (ulong)index);
            }
            _asleep = _queue.IsEmpty;
            return !_closed || _freeCount < MaximumReads;
        }
    }

    private void Reap()
    {
        using var batch = CompletionBatch.Begin();
        while (_ring.TryTakeCompletion(out var tag, out var result))
        {
            if (tag == IoRing.WakeTag)
            {
                _ring.ResetWake();
                _ring.PrepareWake();
                continue;
            }
            var request = _reads[tag]!;
            _reads[tag] = null;
            _free[_freeCount++] = (int)tag;
            End(request, result);
        }
    }

    private void End(BlockRequest request, int result)
    {
        request.DoneBytes += Math.Max(result, 0);
        if (request.DoneBytes == request.LengthBytes)
            request.OnCompleted(BlockStatus.Ok);
        else
            _rest(request);
    }
}
