using Futago.Scsi.Transport;

namespace Futago.Scsi.TaskSets;

/// <summary>
/// The commands of one logical unit that reach the medium, oldest first, SAM-5 chapter 8. One rule decides when a task may
/// start: no older task stands in its way. An older task does when one of the two is ORDERED or the older is HEAD OF QUEUE, or
/// when their ranges overlap and one of them changes it (overlapping writes are serialised, I6; reads wait for overlapping
/// writes, I12; COMPARE AND WRITE is atomic). A HEAD OF QUEUE task goes to the front and waits only for running tasks on its range.
/// <para>
/// A hold is the range of a copy, which may be commanded through another logical unit. It goes to the front too, but is no
/// barrier: the command that it belongs to may itself stand before or behind one, and the two would wait for each other.
/// </para>
/// </summary>
/// <param name="changing">Called under the set's lock before a task that changes a range starts: offset and length in bytes.</param>
internal sealed class TaskSet(int maximumTasks, Action<long, long>? changing = null)
{
    private readonly object _gate = new();
    private ScsiTask? _oldest;
    private ScsiTask? _newest;
    private ScsiTask? _firstReady;
    private ScsiTask? _lastReady;
    private int _count;
    private int _waiting;
    private int _exclusive;
    private int _barriers;
    private bool _draining;
    private TaskCompletionSource? _closed;

    public enum Entry : byte
    {
        /// <summary>Start it now.</summary>
        Run,
        /// <summary>The set starts it later.</summary>
        Wait,
        /// <summary>TASK SET FULL.</summary>
        Full,
        /// <summary>The logical unit is being taken away.</summary>
        Closed,
    }

    public Entry Enter(ScsiTask task)
    {
        lock (_gate)
        {
            if (_closed is not null)
                return Entry.Closed;
            if (_count >= maximumTasks && !task.IsHold)
                return Entry.Full;
            var headOfQueue = task.Command.Attribute == TaskAttribute.HeadOfQueue;
            task.IsBarrier = headOfQueue || task.Command.Attribute == TaskAttribute.Ordered;
            Link(task, headOfQueue || task.IsHold);
            if (MayStart(task))
            {
                SetRunning(task);
                return Entry.Run;
            }
            task.State = TaskState.Waiting;
            _waiting++;
            return Entry.Wait;
        }
    }

    /// <summary>Takes a finished task out. Tasks that may start now are started by <see cref="StartReady"/>.</summary>
    public AbortWait[] Leave(ScsiTask task)
    {
        lock (_gate)
        {
            Unlink(task);
            ReleaseWaiting();
            if (_count == 0)
                _closed?.TrySetResult();
            return task.TakeAborts();
        }
    }

    /// <summary>Starts what <see cref="Leave"/> let go. One thread does it at a time, in a loop: completions do not nest.</summary>
    public void StartReady()
    {
        lock (_gate)
        {
            if (_draining || _firstReady is null)
                return;
            _draining = true;
        }
        while (true)
        {
            ScsiTask? task;
            lock (_gate)
            {
                task = _firstReady;
                if (task is null)
                {
                    _draining = false;
                    return;
                }
                _firstReady = task.NextReady;
                if (_firstReady is null)
                    _lastReady = null;
                task.NextReady = null;
            }
            // Aborted while it stood here: it must not reach the medium any more.
            if (task.IsAborted)
                task.Finish();
            else
                task.Start();
        }
    }

    /// <summary>Ends the tasks that match: waiting ones at once, running ones when their current request is over.</summary>
    /// <returns>How many matched.</returns>
    public int Abort(Func<ScsiTask, bool> matches, AbortWait wait)
    {
        List<ScsiTask>? ended = null;
        var count = 0;
        lock (_gate)
        {
            for (var task = _oldest; task is not null; task = task.Newer)
            {
                if (!matches(task))
                    continue;
                count++;
                task.Abort(wait);
                if (task.State == TaskState.Waiting)
                    (ended ??= []).Add(task);
            }
            // Nobody else may start or finish them from here on.
            foreach (var task in ended ?? [])
            {
                task.State = TaskState.Running;
                _waiting--;
            }
        }
        foreach (var task in ended ?? [])
            task.Finish();
        return count;
    }

    /// <summary>No task enters any more; ends when the last one has left.</summary>
    public Task CloseAsync()
    {
        lock (_gate)
        {
            _closed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_count == 0)
                _closed.TrySetResult();
            return _closed.Task;
        }
    }

    private void Link(ScsiTask task, bool first)
    {
        task.Older = first ? null : _newest;
        task.Newer = first ? _oldest : null;
        if (task.Older is null)
            _oldest = task;
        else
            task.Older.Newer = task;
        if (task.Newer is null)
            _newest = task;
        else
            task.Newer.Older = task;
        _count++;
        _exclusive += task.Exclusive ? 1 : 0;
        _barriers += task.IsBarrier ? 1 : 0;
    }

    private void Unlink(ScsiTask task)
    {
        if (task.Older is null)
            _oldest = task.Newer;
        else
            task.Older.Newer = task.Newer;
        if (task.Newer is null)
            _newest = task.Older;
        else
            task.Newer.Older = task.Older;
        task.Older = task.Newer = null;
        task.State = TaskState.Idle;
        _count--;
        _exclusive -= task.Exclusive ? 1 : 0;
        _barriers -= task.IsBarrier ? 1 : 0;
    }

    private bool MayStart(ScsiTask task)
    {
        if (task.IsHold || task.Command.Attribute == TaskAttribute.HeadOfQueue)
            return !ConflictsWithRunning(task);
        // The everyday cases: nothing else is here, or reads among reads.
        if (_count == 1 || (_barriers == 0 && _exclusive == 0))
            return true;
        for (var older = task.Older; older is not null; older = older.Older)
        {
            if (older.IsBarrier || task.IsBarrier || Conflict(older, task))
                return false;
        }
        return true;
    }

    private bool ConflictsWithRunning(ScsiTask task)
    {
        for (var other = _oldest; other is not null; other = other.Newer)
        {
            if (other != task && other.State == TaskState.Running && Conflict(other, task))
                return true;
        }
        return false;
    }

    private void SetRunning(ScsiTask task)
    {
        task.State = TaskState.Running;
        if (task.Exclusive && task.LockLength > 0)
            changing?.Invoke(task.LockOffset, task.LockLength);
    }

    private static bool Conflict(ScsiTask a, ScsiTask b) =>
        ((a.Exclusive || b.Exclusive) && Overlap(a.LockOffset, a.LockLength, b.LockOffset, b.LockLength))
        || (a.Exclusive && b.ReadLockLength > 0 && Overlap(a.LockOffset, a.LockLength, b.ReadLockOffset, b.ReadLockLength))
        || (b.Exclusive && a.ReadLockLength > 0 && Overlap(b.LockOffset, b.LockLength, a.ReadLockOffset, a.ReadLockLength));

    private static bool Overlap(long offset, long length, long otherOffset, long otherLength) =>
        length > 0 && otherLength > 0 && offset < otherOffset + otherLength && otherOffset < offset + length;

    private void ReleaseWaiting()
    {
        for (var task = _oldest; task is not null && _waiting > 0; task = task.Newer)
        {
            if (task.State != TaskState.Waiting || !MayStart(task))
                continue;
            SetRunning(task);
            _waiting--;
            if (_lastReady is null)
                _firstReady = task;
            else
                _lastReady.NextReady = task;
            _lastReady = task;
        }
    }
}
