using Futago.Blocks.Log;

namespace Futago.Blocks;

/// <summary>When the log takes a commit, and what keeps other changes away from what it holds.</summary>
internal sealed partial class GroupCommit
{
    /// <summary>The log is left alone for no more commits than this.</summary>
    private const int PauseMaximum = 1 << 20;

    /// <summary>So many times as many commits as it was left alone for must a log have taken to have been worth it.</summary>
    private const int WorthwhilePauses = 4;

    private readonly Action<BlockRequest> _resume;
    private readonly Func<Action<int>, CommitLog?>? _openLog;
    private readonly int _commitsWithoutLog;
    private RequestQueue _held;
    private Task? _opening;

    private volatile CommitLog? _log;

    /// <summary>The log holds records, or is about to.</summary>
    private bool _logHolds;

    /// <summary>Changes under way that are not for the log.</summary>
    private int _others;

    /// <summary>Commits that the log is left alone for after it had to be emptied, those that are left of them, and those that it has taken since.</summary>
    private int _pause;
    private int _pauseLeft;
    private long _recorded;

    /// <summary>
    /// Before a change that no record will cover. False: the request waits here until the log is empty, and comes back by itself. A replay would
    /// otherwise bring back what lay there before.
    /// </summary>
    public bool TryBeginOther(BlockRequest request)
    {
        if (_openLog is null)
            return true;
        // Both sides first say what they are about to do and then look at what the other one does: of a change and a record that meet, at least one sees the other.
        Interlocked.Increment(ref _others);
        if (!Volatile.Read(ref _logHolds))
            return true;
        Interlocked.Decrement(ref _others);
        BlockStatus refusal;
        lock (_gate)
        {
            if (!_closed && !HasFailed)
            {
                _held.Enqueue(request);
                if (_idle)
                    Monitor.Pulse(_gate);
                return false;
            }
            refusal = _closed ? BlockStatus.Offline : BlockStatus.WriteError;
        }
        request.OnCompleted(refusal);
        return false;
    }

    /// <summary>After it was made, or was not; before the request completes or joins.</summary>
    public void EndOther()
    {
        if (_openLog is not null)
            Interlocked.Decrement(ref _others);
    }

    private bool TryLog(in RequestQueue batch)
    {
        if (_pauseLeft > 0)
        {
            _pauseLeft--;
            return false;
        }
        if (_log is not { } log)
        {
            if (_openLog is not null)
                _opening ??= Task.Factory.StartNew(() => _log = _openLog(Fail), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            return false;
        }
        if (Volatile.Read(ref _others) != 0)
            return false;
        Volatile.Write(ref _logHolds, true);
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _others) == 0 && log.TryAppend(batch))
        {
            _recorded++;
            return true;
        }
        // Whoever came in this moment need not wait for what follows.
        if (log.IsEmpty)
            ResumeHeld();
        return false;
    }

    /// <summary>It had to be emptied: where small durable writes and others take turns, that costs more than it saves.</summary>
    private void LeaveLogAlone()
    {
        _pause = _recorded > WorthwhilePauses * (long)_pause ? _commitsWithoutLog : Math.Min(2 * _pause, PauseMaximum);
        (_pauseLeft, _recorded) = (_pause, 0);
    }

    private void ResumeHeld()
    {
        RequestQueue held;
        lock (_gate)
        {
            // After a failure it stays: nothing is changed any more past what a replay may bring back.
            if (!HasFailed)
                Volatile.Write(ref _logHolds, false);
            held = _held.TakeAll();
        }
        while (held.TryDequeue() is { } request)
        {
            if (HasFailed)
                request.OnCompleted(BlockStatus.WriteError);
            else
                _resume(request);
        }
    }
}
