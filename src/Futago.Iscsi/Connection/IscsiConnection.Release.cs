using Futago.Iscsi.FullFeature;
using Futago.Iscsi.Session;

namespace Futago.Iscsi.Connection;

/// <summary>What was queued goes back to its owners: sent, or never to be sent any more.</summary>
internal sealed partial class IscsiConnection
{
    private void ReleaseSent()
    {
        var control = 0;
        var now = 0L;
        while (_sentHead is { } outgoing)
        {
            _sentHead = outgoing.Next;
            outgoing.Next = null;
            if (outgoing is ControlPdu)
                control++;
            else if (outgoing is TaskResponse response)
                EndAnswer(response.Task, ref now);
            outgoing.Released();
        }
        if (control == 0)
            return;
        bool resumes;
        lock (_sendGate)
        {
            resumes = _queuedControl >= MaximumQueuedControl;
            _queuedControl -= control;
        }
        if (resumes)
            Wake();
    }

    private void EndAnswer(TaskSlot task, ref long now)
    {
        if (task.DataInLength >= LongAnswerBytes)
            Interlocked.Add(ref _queuedLongBytes, -task.DataInLength);
        if (_observation is { } observation)
            observation.Sent(task, now == 0 ? now = _time.GetTimestamp() : now);
    }

    /// <summary>Releases everything that the flusher holds: the connection has failed.</summary>
    private void DropAll()
    {
        ReleaseSent();
        while (_emitHead is { } outgoing)
        {
            _emitHead = outgoing.Next;
            outgoing.Next = null;
            ReleaseUnsent(outgoing);
        }
    }

    private static void ReleaseUnsent(Outgoing outgoing)
    {
        // A response that never went out has not given its tag back yet.
        if (outgoing is TaskResponse response)
            response.Abandon();
        outgoing.Released();
    }

    /// <summary>The connection's thread is leaving: nothing is sent any more.</summary>
    private void CloseSending()
    {
        Outgoing? dropped;
        bool owns;
        lock (_sendGate)
        {
            _sendClosed = true;
            // A blocked flush belongs to this thread; a running one finishes on its own thread and cleans up there.
            owns = !_flushing || _sendBlocked;
            _sendBlocked = false;
            dropped = _queueHead;
            _queueHead = _queueTail = null;
            if (owns)
            {
                _flushing = false;
                _batchDisposed = true;
            }
        }
        while (dropped is not null)
        {
            var next = dropped.Next;
            dropped.Next = null;
            ReleaseUnsent(dropped);
            dropped = next;
        }
        if (!owns)
            return;
        DropAll();
        _batch.Dispose();
    }
}
