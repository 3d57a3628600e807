namespace Futago.Replication;

/// <summary>
/// Wakes the thread that waits, or lets the next wait end at once; several signals before that are one. Nothing is allocated, and nothing but
/// a word of memory is touched when nobody waits, because it is set for every frame.
/// </summary>
internal sealed class WakeSignal
{
    private const int Idle = 0;
    private const int Signalled = 1;
    private const int Waiting = 2;

    private readonly object _monitor = new();
    private int _state;

    /// <summary>By anybody.</summary>
    public void Set()
    {
        if (Interlocked.Exchange(ref _state, Signalled) != Waiting)
            return;
        // Who waits holds the monitor from before it says so until it sleeps.
        lock (_monitor)
            Monitor.Pulse(_monitor);
    }

    /// <summary>By one at a time.</summary>
    public void Wait()
    {
        if (Interlocked.CompareExchange(ref _state, Idle, Signalled) == Signalled)
            return;
        lock (_monitor)
        {
            if (Interlocked.CompareExchange(ref _state, Waiting, Idle) == Idle)
            {
                while (Volatile.Read(ref _state) == Waiting)
                    Monitor.Wait(_monitor);
            }
            // A full fence: what was queued before a signal that this takes away is seen by whoever looks after it.
            Interlocked.Exchange(ref _state, Idle);
        }
    }
}
