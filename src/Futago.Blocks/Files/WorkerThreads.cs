namespace Futago.Blocks;

/// <summary>
/// Plain threads that take requests off one queue. They are not the thread pool's: a request may sit in a system call for long,
/// and the pool answers that by starving everybody. A thread is started when a request finds all others busy.
/// </summary>
internal sealed class WorkerThreads(string name, int maximum, Action<BlockRequest> work)
{
    private readonly object _gate = new();
    private readonly List<Thread> _threads = [];
    private RequestQueue _queue;
    private int _idle;
    private bool _closed;

    /// <summary>Queues the request, or ends it with <see cref="BlockStatus.Offline"/> when the device is closing.</summary>
    public void Enqueue(BlockRequest request)
    {
        lock (_gate)
        {
            if (!_closed)
            {
                _queue.Enqueue(request);
                if (_idle >= _queue.Count)
                    Monitor.Pulse(_gate);
                else if (_threads.Count < maximum)
                    StartThread();
                return;
            }
        }
        request.OnCompleted(BlockStatus.Offline);
    }

    /// <summary>Ends queued requests, waits for those that run.</summary>
    public void Close()
    {
        RequestQueue rest;
        Thread[] threads;
        lock (_gate)
        {
            _closed = true;
            rest = _queue.TakeAll();
            threads = [.. _threads];
            Monitor.PulseAll(_gate);
        }
        rest.CompleteAll(BlockStatus.Offline);
        foreach (var thread in threads)
            thread.Join();
    }

    private void StartThread()
    {
        var thread = new Thread(Run, 256 * 1024) { IsBackground = true, Name = name };
        _threads.Add(thread);
        thread.Start();
    }

    private void Run()
    {
        while (true)
        {
            BlockRequest? request;
            lock (_gate)
            {
                while ((request = _queue.TryDequeue()) is null)
                {
                    if (_closed)
                        return;
                    _idle++;
                    Monitor.Wait(_gate);
                    _idle--;
                }
            }
            work(request);
        }
    }
}
