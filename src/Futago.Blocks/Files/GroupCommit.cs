using System.Diagnostics;
using Futago.Blocks.Native;

namespace Futago.Blocks;

/// <summary>
/// Makes writes durable, many with one fdatasync. A request joins after its own write is done; the thread takes everybody who
/// has joined, syncs once and ends them all. Who joins during a sync waits for the next one: a sync covers exactly the writes
/// that were complete before it began; <see cref="CommitPatience"/> has it wait for them a little.
/// <para>
/// A failed fdatasync is final (I11): the kernel may have dropped the dirty pages and would report success the next time.
/// </para>
/// </summary>
internal sealed class GroupCommit
{
    private readonly object _gate = new();
    private readonly IBlockFile _file;
    private readonly string _name;
    private readonly Action<int> _onFailed;
    private readonly CommitPatience _patience = new();
    private readonly ShortWait _arrivals = new();
    private RequestQueue _joined;
    private int _count;
    private bool _gathering;
    private Thread? _thread;
    private bool _idle;
    private bool _closed;
    private volatile bool _failed;

    /// <summary>Counts completed changes. Starts above <see cref="_synced"/>: others may have written before the device was opened.</summary>
    private long _changes = 1;
    private long _synced;

    internal GroupCommit(IBlockFile file, string name, Action<int> onFailed)
    {
        _file = file;
        _name = name;
        _onFailed = onFailed;
    }

    public bool HasFailed => _failed;

    /// <summary>To be called after a change has reached the file, before its request completes or joins.</summary>
    public void CountChange() => Interlocked.Increment(ref _changes);

    public void Join(BlockRequest request)
    {
        lock (_gate)
        {
            if (!_closed)
            {
                _joined.Enqueue(request);
                _count++;
                if (_gathering && _count >= _patience.Expected)
                {
                    _gathering = false;
                    _arrivals.Set();
                }
                if (_thread is null)
                {
                    _thread = new Thread(Run, 256 * 1024) { IsBackground = true, Name = _name };
                    _thread.Start();
                }
                else if (_idle)
                {
                    Monitor.Pulse(_gate);
                }
                return;
            }
        }
        request.OnCompleted(BlockStatus.Offline);
    }

    public void Close()
    {
        RequestQueue rest;
        Thread? thread;
        lock (_gate)
        {
            _closed = true;
            rest = _joined.TakeAll();
            thread = _thread;
            Monitor.PulseAll(_gate);
            _arrivals.Set();
        }
        rest.CompleteAll(BlockStatus.Offline);
        thread?.Join();
    }

    private void Run()
    {
        while (TakeBatch(out var batch, out var count))
        {
            var start = Stopwatch.GetTimestamp();
            var status = Sync();
            lock (_gate)
                _patience.Committed(count, _count, Stopwatch.GetElapsedTime(start));
            batch.CompleteAll(status);
        }
    }

    /// <summary>Everybody who has joined, once somebody has and those who may follow at once had time to; false at the end.</summary>
    private bool TakeBatch(out RequestQueue batch, out int count)
    {
        TimeSpan patience;
        int before;
        lock (_gate)
        {
            while (_joined.IsEmpty)
            {
                if (_closed)
                {
                    (batch, count) = (default, 0);
                    return false;
                }
                _idle = true;
                Monitor.Wait(_gate);
                _idle = false;
            }
            (before, patience) = (_count, _patience.WaitFor(_count));
            if (patience > TimeSpan.Zero && !_closed)
            {
                _gathering = true;
                _arrivals.Reset();
            }
        }
        if (patience > TimeSpan.Zero)
            _arrivals.Wait(patience);
        lock (_gate)
        {
            _gathering = false;
            if (patience > TimeSpan.Zero)
                _patience.Waited(before, _count);
            (batch, count, _count) = (_joined.TakeAll(), _count, 0);
            // Closed meanwhile, and whoever had joined was told so.
            return !batch.IsEmpty;
        }
    }

    private BlockStatus Sync()
    {
        if (_failed)
            return BlockStatus.WriteError;
        // Read before the sync: a change that is counted later may not be covered.
        var changes = Interlocked.Read(ref _changes);
        if (changes == _synced)
            return BlockStatus.Ok;
        var result = _file.Sync();
        if (result == 0)
        {
            _synced = changes;
            return BlockStatus.Ok;
        }
        _failed = true;
        _onFailed(-result);
        return BlockStatus.WriteError;
    }
}
