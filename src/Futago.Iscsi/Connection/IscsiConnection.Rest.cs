namespace Futago.Iscsi.Connection;

/// <summary>
/// A connection that has had nothing to do for a while rests: it has no thread and takes no memory for buffers, only for what it is.
/// <code>
///                    silent for RestAfter
/// served by a thread ─────────────────────► resting, watched by RestingConnections
///       ▲                                        │
///       └── something to read, or Wake ──────────┘
/// </code>
/// What others do with a connection (queue something to send, abort it, close it) works alike in both states: sending needs no thread of
/// the connection, and for everything else there is <see cref="Wake"/>. Its end is always the work of its thread.
/// <para>
/// The buffers stay rented and counted in the budget; it is their memory that goes (<see cref="Blocks.BlockBuffer.Forget"/>). So a
/// connection that was let in once goes on whenever it likes, however much others have taken of the budget meanwhile.
/// </para>
/// </summary>
internal sealed partial class IscsiConnection
{
    /// <summary>So many times the usual wait, a connection that could not rest tries it again.</summary>
    private const int PatienceFactor = 10;

    /// <summary>Nothing has come for <see cref="_patienceMs"/>, or nothing but a sign of life since it rested.</summary>
    private bool _mayRest;

    private int _patienceMs;

    private int RestAfterMs => (int)_options.RestAfter.TotalMilliseconds;

    /// <summary>Who serves the connection; null while it rests. Only compared with the thread that asks.</summary>
    private volatile Thread? _thread;

    private bool _calledForAMoment;

    /// <summary>ExpCmdSN when the connection last came to rest.</summary>
    private uint _restedAtCmdSn;

    private void BeginServing()
    {
        _thread = Thread.CurrentThread;
        lock (_sendGate)
        {
            // What it was called for may be no more than the answer to a ping: that does not keep it awake.
            _mayRest = _calledForAMoment = _rests;
            _rests = false;
        }
    }

    /// <summary>Only the connection's thread calls this, when there is nothing to receive.</summary>
    /// <returns>True: the connection rests, and the thread must not touch it any more.</returns>
    private bool TryRest()
    {
        var calledForAMoment = _calledForAMoment;
        _mayRest = _calledForAMoment = false;
        _patienceMs = RestAfterMs;
        // After a command others may follow soon.
        if (calledForAMoment && Session!.Window.ExpCmdSn != _restedAtCmdSn)
            return false;
        if (CanRest() && Rest(afterWork: !calledForAMoment))
            return true;
        _patienceMs = Math.Max(1, _patienceMs) * PatienceFactor;
        return false;
    }

    private bool CanRest()
    {
        if (_start != _end)
            return false;
        ShrinkBuffer();
        return !_inPayload && Session is not null && !_closeAfterSending && !_aborted;
    }

    private bool Rest(bool afterWork)
    {
        lock (_sendGate)
        {
            if (_sendClosed || _flushing || _queueHead is not null)
                return false;
            _batch.Rest();
            // Nobody sends now, so nobody counts.
            _observation?.Pack();
            _rests = true;
        }
        _restedAtCmdSn = Session!.Window.ExpCmdSn;
        Session.ForgetUnused();
        _received.Forget();
        // From here on it is nobody's. What has come meanwhile, a Wake too, is still there to be read, and calls it back at once.
        _thread = null;
        if (_host.Resting.TryAdd(this, _handle, _wake, afterWork))
            return true;
        BeginServing();
        _mayRest = _calledForAMoment = false;
        return false;
    }

    /// <summary>An idle connection must not hold the memory of a busy one. Nothing is in the buffer.</summary>
    private void ShrinkBuffer()
    {
        (_start, _end) = (0, 0);
        if (_received.Capacity == InitialReceiveBytes || _pool.TryRent(InitialReceiveBytes) is not { } small)
            return;
        _pool.Return(_received);
        _received = small;
    }
}
