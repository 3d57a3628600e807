using System.Diagnostics;
using Futago.Blocks.Log;
using Futago.Blocks.Native;

namespace Futago.Blocks;

/// <summary>
/// Makes writes durable, many at once. A request joins after its own write is done; the thread takes everybody who has joined, has one record of
/// the <see cref="CommitLog"/> or one fdatasync cover them, and ends them all. Who joins meanwhile waits for the next one: a commit covers exactly
/// the writes that were complete before it began; <see cref="CommitPatience"/> has it wait for them a little.
/// <para>
/// A failed fdatasync is final (I11): the kernel may have dropped the dirty pages and would report success the next time.
/// </para>
/// </summary>
internal sealed partial class GroupCommit : ICompletionBatchEnd
{
    private readonly object _gate = new();
    private readonly IBlockFile _file;
    private readonly string _name;
    private readonly Action<int> _onFailed;
    private readonly CommitPatience _patience = new();
    private readonly ShortWait _arrivals = new();
    private RequestQueue _joined;
    private bool _gathering;
    private Thread? _thread;
    private bool _idle;

    /// <summary>Somebody who has more to say will wake the thread.</summary>
    private bool _wakesLater;
    private bool _closed;
    private int _failed;

    /// <summary>Counts completed changes that no commit of theirs will cover. Starts above <see cref="_synced"/>: others may have written before the device was opened.</summary>
    private long _changes = 1;
    private long _synced;

    /// <param name="commitsWithoutLog">See <see cref="FileBlockDeviceOptions.CommitsWithoutLog"/>.</param>
    /// <param name="resume">Takes a change that had to wait for the log to be empty.</param>
    /// <param name="openLog">Opens or makes the log of the file, given whom to tell of its failure; blocks; null when there can be none.</param>
    internal GroupCommit(IBlockFile file, string name, Action<int> onFailed, Action<BlockRequest> resume, Func<Action<int>, CommitLog?>? openLog, int commitsWithoutLog)
    {
        _file = file;
        _name = name;
        _onFailed = onFailed;
        _resume = resume;
        _openLog = openLog;
        _pauseLeft = _pause = _commitsWithoutLog = commitsWithoutLog;
    }

    /// <summary>The thread waits for somebody to join.</summary>
    internal bool IsIdle
    {
        get
        {
            lock (_gate)
                return _idle;
        }
    }

    public bool HasFailed => Volatile.Read(ref _failed) != 0;

    /// <summary>To be called after a change has reached the file that is not about to join for the log, before its request completes or joins.</summary>
    public void CountChange() => Interlocked.Increment(ref _changes);

    public void Join(BlockRequest request)
    {
        lock (_gate)
        {
            if (!_closed)
            {
                _joined.Enqueue(request);
                if (_gathering && _joined.Count >= _patience.Expected)
                {
                    _gathering = false;
                    _arrivals.Set();
                }
                if (_thread is null)
                {
                    _thread = new Thread(Run, 256 * 1024) { IsBackground = true, Name = _name };
                    _thread.Start();
                }
                else if (_idle && !_wakesLater)
                {
                    // The first of many writes of one receive would take the processor from those that follow it.
                    _wakesLater = CompletionBatch.TryDefer(this);
                    if (!_wakesLater)
                        Monitor.Pulse(_gate);
                }
                return;
            }
        }
        request.OnCompleted(BlockStatus.Offline);
    }

    void ICompletionBatchEnd.OnBatchEnded()
    {
        lock (_gate)
        {
            _wakesLater = false;
            Monitor.Pulse(_gate);
        }
    }

    public void Close()
    {
        RequestQueue rest, held;
        Thread? thread;
        lock (_gate)
        {
            _closed = true;
            rest = _joined.TakeAll();
            held = _held.TakeAll();
            thread = _thread;
            Monitor.PulseAll(_gate);
            _arrivals.Set();
        }
        rest.CompleteAll(BlockStatus.Offline);
        held.CompleteAll(BlockStatus.Offline);
        thread?.Join();
        _opening?.Wait();
        _log?.Dispose();
    }

    private void Run()
    {
        var last = Stopwatch.GetTimestamp();
        while (TryTakeBatch(out var batch, out var emptyLog))
        {
            var start = Stopwatch.GetTimestamp();
            var status = Commit(batch, emptyLog);
            var end = Stopwatch.GetTimestamp();
            lock (_gate)
                _patience.Committed(batch.Count, _joined.Count, Stopwatch.GetElapsedTime(start, end), Stopwatch.GetElapsedTime(last, end));
            last = end;
            batch.CompleteAll(status);
            // Somebody may have seen that the log holds something, and wait, although it was emptied meanwhile.
            if ((emptyLog || Volatile.Read(ref _logHolds)) && (HasFailed || _log is null or { IsEmpty: true }))
                ResumeHeld();
        }
    }

    /// <summary>Everybody who has joined, once somebody has and those who may follow at once had time to.</summary>
    /// <param name="emptyLog">Somebody waits for the log to be empty; there may be nobody who has joined then.</param>
    /// <returns>False: it was closed.</returns>
    private bool TryTakeBatch(out RequestQueue batch, out bool emptyLog)
    {
        TimeSpan patience;
        int before;
        lock (_gate)
        {
            while (_joined.IsEmpty && _held.IsEmpty && !_closed)
            {
                _idle = true;
                Monitor.Wait(_gate);
                _idle = false;
            }
            before = _joined.Count;
            patience = _patience.WaitFor(before);
            emptyLog = !_held.IsEmpty;
            if (patience == TimeSpan.Zero || emptyLog || _closed)
            {
                batch = _joined.TakeAll();
                return !_closed;
            }
            _gathering = true;
            _arrivals.Reset();
        }
        _arrivals.Wait(patience);
        lock (_gate)
        {
            _gathering = false;
            _patience.Waited(before, _joined.Count);
            emptyLog = !_held.IsEmpty;
            batch = _joined.TakeAll();
            return !_closed;
        }
    }

    private BlockStatus Commit(in RequestQueue batch, bool emptyLog)
    {
        if (HasFailed)
            return BlockStatus.WriteError;
        // Read before the sync: a change that is counted later may not be covered.
        var changes = Interlocked.Read(ref _changes);
        var (writes, others) = Count(batch, isClean: changes == _synced);
        if (!emptyLog && others == 0 && (writes == 0 || TryLog(batch)))
            return BlockStatus.Ok;
        return writes == 0 && others == 0 && (_log is null || _log.IsEmpty) ? BlockStatus.Ok : Sync(changes);
    }

    /// <summary>What is for the log, and what is not. A flush needs nothing when every other change is durable.</summary>
    private static (int Writes, int Others) Count(in RequestQueue batch, bool isClean)
    {
        var (writes, others) = (0, 0);
        for (var request = batch.First; request is not null; request = request.Next)
        {
            if (CommitLog.Takes(request))
                writes++;
            else if (request.Operation != BlockOperation.Flush || !isClean)
                others++;
        }
        return (writes, others);
    }

    /// <summary>In their own places. What the log holds is in its place then, too.</summary>
    private BlockStatus Sync(long changes)
    {
        var log = _log;
        // Two at once would be told of a lost page only once between them.
        if (log is not null && log.AwaitSettled() != 0)
            return BlockStatus.WriteError;
        var result = _file.Sync();
        if (result != 0)
        {
            Fail(-result);
            return BlockStatus.WriteError;
        }
        _synced = changes;
        if (log is null or { IsEmpty: true })
            return BlockStatus.Ok;
        LeaveLogAlone();
        return log.StrikeOut() == 0 ? BlockStatus.Ok : BlockStatus.WriteError;
    }

    private void Fail(int errno)
    {
        if (Interlocked.Exchange(ref _failed, 1) == 0)
            _onFailed(errno);
    }
}
