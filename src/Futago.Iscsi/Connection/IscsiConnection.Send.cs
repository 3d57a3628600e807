using Futago.Blocks;
using Futago.Iscsi.FullFeature;
using Futago.Iscsi.Session;

namespace Futago.Iscsi.Connection;

/// <summary>
/// Sending. Whoever finds the queue idle becomes the flusher and drains it with non-blocking gather sends; everybody else only
/// links. While the connection's thread parses, the queue is corked, so that all answers of one receive leave together.
/// A full socket hands the flush over to the connection's thread, which waits for room: a completing thread never waits for
/// a slow peer.
/// </summary>
internal sealed partial class IscsiConnection
{
    /// <summary>Control PDUs that may wait before the connection stops reading.</summary>
    private const int MaximumQueuedControl = 64;

    /// <summary>Answers with so much data do not wait for the rest of what was received: the data is still in the processor's cache.</summary>
    private const int EarlyFlushBytes = 512 << 10;

    /// <summary>Data that may wait for a peer that is slower than the medium. More would only be read from the cache into memory and out again.</summary>
    private const int MaximumQueuedLongBytes = 1 << 20;

    /// <summary>Data of one answer that is counted in <see cref="_queuedLongBytes"/>; shorter ones are bounded by the command window.</summary>
    private const int LongAnswerBytes = 32 << 10;

    private readonly Lock _sendGate = new();
    private readonly SendBatch _batch;

    // Guarded by _sendGate.
    private Outgoing? _queueHead;
    private Outgoing? _queueTail;
    private bool _corked;
    private bool _flushing;
    private bool _sendClosed;
    private bool _batchDisposed;
    private bool _rests;

    // Owned by the flusher.
    private Outgoing? _emitHead;
    private Outgoing? _sentHead;

    /// <summary>Null before the login is complete, and in a discovery session.</summary>
    private ServedTarget? _target;

    private volatile bool _sendBlocked;
    private volatile bool _closeAfterSending;
    private int _queuedControl;
    private int _queuedLongBytes;
    private long _stalledSince;

    /// <summary>A peer that does not take its answers is not read from either.</summary>
    private bool MustWaitForSending => Volatile.Read(ref _queuedControl) >= MaximumQueuedControl
        || (_sendBlocked && Volatile.Read(ref _queuedLongBytes) >= MaximumQueuedLongBytes);

    /// <summary>
    /// Since when the peer has taken nothing although there is something for it. Only bytes that it takes end a stall, so that
    /// waking this connection for another reason does not give a stuck peer more time.
    /// </summary>
    private long? SendStalledSince => Volatile.Read(ref _stalledSince) is var since and not 0 ? since : null;

    /// <summary>Queues something to send; any thread. Released at once when the connection has ended.</summary>
    /// <param name="isLast">Nothing received after this is looked at any more, and the connection ends when it has been sent.</param>
    public void Enqueue(Outgoing outgoing, bool isLast = false)
    {
        outgoing.Next = null;
        lock (_sendGate)
        {
            if (!_sendClosed)
            {
                if (outgoing is ControlPdu)
                    _queuedControl++;
                else if (outgoing is TaskResponse { Task.DataInLength: >= LongAnswerBytes } response)
                    Interlocked.Add(ref _queuedLongBytes, response.Task.DataInLength);
                if (_queueTail is null)
                    _queueHead = outgoing;
                else
                    _queueTail.Next = outgoing;
                _queueTail = outgoing;
                // Before anybody can send it: the initiator may answer at once.
                if (isLast)
                    _closeAfterSending = true;
                if (_corked || _flushing)
                    return;
                _flushing = true;
                outgoing = null!;
            }
        }
        if (outgoing is not null)
            outgoing.Released();
        else if (!CompletionBatch.TryDefer(this))
            Flush();
    }

    /// <summary>All commands of a group have ended: their answers leave together, with the flush that the first of them took over.</summary>
    void ICompletionBatchEnd.OnBatchEnded() => Flush();

    private void Cork()
    {
        lock (_sendGate)
            _corked = true;
    }

    private void Uncork()
    {
        lock (_sendGate)
        {
            _corked = false;
            if (_queueHead is null || _flushing)
                return;
            _flushing = true;
        }
        Flush();
    }

    /// <summary>Sends what is queued in the middle of parsing. Only the connection's thread calls this.</summary>
    private void FlushEarly()
    {
        Uncork();
        Cork();
    }

    private bool HasUnsent
    {
        get
        {
            lock (_sendGate)
                return _queueHead is not null || _flushing;
        }
    }

    /// <summary>Goes on with a flush that found the socket full. Only the connection's thread calls this.</summary>
    private void ResumeFlush()
    {
        _sendBlocked = false;
        if (SendBatchNow())
            Flush();
    }

    /// <summary>Sends until the queue is empty or the socket full. The caller owns the flush (<see cref="_flushing"/>).</summary>
    private void Flush()
    {
        while (true)
        {
            if (_emitHead is null)
            {
                lock (_sendGate)
                {
                    _emitHead = _queueHead;
                    _queueHead = _queueTail = null;
                    if (_emitHead is null)
                    {
                        if (_rests)
                            _batch.Rest();
                        _flushing = false;
                        if (!_sendClosed && !_closeAfterSending)
                            return;
                    }
                }
                if (_emitHead is null)
                {
                    FinishEmptyQueue();
                    return;
                }
            }
            FillBatchOrFail();
            if (!SendBatchNow())
                return;
        }
    }

    /// <summary>After a fault the connection ends, and what waited to be sent is dropped.</summary>
    private void FillBatchOrFail()
    {
        try
        {
            FillBatch();
        }
        catch (Exception e)
        {
            _batch.Clear();
            Fail(e);
            DropAll();
        }
    }

    private void FinishEmptyQueue()
    {
        var disposes = false;
        lock (_sendGate)
        {
            if (_sendClosed && !_flushing && !_batchDisposed)
                disposes = _batchDisposed = true;
        }
        if (disposes)
            _batch.Dispose();
        else if (_closeAfterSending)
            Wake();
    }

    private void FillBatch()
    {
        _batch.Clear();
        var sentTail = (Outgoing?)null;
        while (_emitHead is { } outgoing)
        {
            var done = outgoing.Emit(_batch);
            if (!done)
                return;
            _emitHead = outgoing.Next;
            outgoing.Next = null;
            if (sentTail is null)
                _sentHead = outgoing;
            else
                sentTail.Next = outgoing;
            sentTail = outgoing;
        }
    }

    /// <returns>False when the flush is over for this thread: handed over to the connection's thread, or the connection ended.</returns>
    private bool SendBatchNow()
    {
        while (_batch.Vectors.Bytes > 0)
        {
            nint sent;
            try
            {
                // The other node may be serving by now: an answer that is late is none.
                sent = _target?.Definition.Gate is { MayAnswer: false } ? -1 : NativeSocket.Send(_handle, _batch.Vectors);
            }
            catch (ObjectDisposedException)
            {
                sent = -1;
            }
            if (sent > 0)
            {
                Volatile.Write(ref _stalledSince, 0);
                _batch.Vectors.Advance(sent);
                continue;
            }
            if (sent == NativeSocket.Again && TryBlock())
                return false;
            if (!_sendClosed)
                Abort();
            _batch.Clear();
            DropAll();
            return true;
        }
        ReleaseSent();
        return true;
    }

    private bool TryBlock()
    {
        lock (_sendGate)
        {
            if (_sendClosed)
                return false;
            if (_stalledSince == 0)
                Volatile.Write(ref _stalledSince, _time.GetTimestamp() is var now and not 0 ? now : 1);
            _sendBlocked = true;
        }
        // The connection's own thread looks at _sendBlocked before it waits; waking itself would make it try again and again.
        if (Thread.CurrentThread != _thread)
            Wake();
        return true;
    }
}
