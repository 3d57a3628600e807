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
        while (TakeBatch() is { IsEmpty: false } batch)
        {
            var start = Stopwatch.GetTimestamp();
            var status = Sync();
            lock (_gate)
                _patience.Committed(batch.Count, _joined.Count, Stopwatch.GetElapsedTime(start));
            batch.CompleteAll(status);
        }
    }

    /// <summary>Everybody who has joined, once somebody has and those who may follow at once had time to; nobody at the end.</summary>
    private RequestQueue TakeBatch()
    {
        TimeSpan patience;
        int before;
        lock (_gate)
        {
            while (_joined.IsEmpty)
            {
                if (_closed)
                    return default;
                _idle = true;
                Monitor.Wait(_gate);
                _idle = false;
            }
            before = _joined.Count;
            patience = _patience.WaitFor(before);
            if (patience == TimeSpan.Zero)
                return _joined.TakeAll();
            _gathering = true;
            _arrivals.Reset();
        }
        _arrivals.Wait(patience);
        lock (_gate)
        {
            _gathering = false;
            _patience.Waited(before, _joined.Count);
            // Nobody, when it was closed meanwhile.
            return _joined.TakeAll();
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
