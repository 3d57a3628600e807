namespace Futago.Iscsi.Connection;

/// <summary>
/// The threads that connections run on, each one connection at a time. A few that have nothing to do wait for the next connection, so that
/// one that rests and is called for a moment (to take the answer to a ping, say) costs no thread of its own.
/// </summary>
internal sealed class ConnectionThreads : IDisposable
{
    private const int ThreadStackBytes = 256 << 10;

    /// <summary>Threads that stay when they have nothing to do.</summary>
    private static readonly int _maximumIdle = 2 * Environment.ProcessorCount;

    // A monitor, which can be waited on.
    private readonly object _gate = new();
    private readonly Queue<IscsiConnection> _handedOver = new();

    /// <summary>Threads that wait and have no connection handed over to them.</summary>
    private int _idle;
    private bool _disposed;

    /// <summary>Fault point: what starting a thread throws.</summary>
    internal Exception? StartFault { get; set; }

    /// <summary>Has <see cref="IscsiConnection.Run"/> called on a thread that may wait for as long as it likes.</summary>
    /// <exception cref="OutOfMemoryException">The system has no room for another thread.</exception>
    /// <exception cref="ThreadStartException">Likewise.</exception>
    public void Run(IscsiConnection connection)
    {
        if (StartFault is { } fault)
            throw fault;
        lock (_gate)
        {
            if (_idle > 0)
            {
                _idle--;
                _handedOver.Enqueue(connection);
                Monitor.Pulse(_gate);
                return;
            }
        }
        new Thread(Work, ThreadStackBytes) { IsBackground = true, Name = "iscsi connection" }.UnsafeStart(connection);
    }

    private void Work(object? first)
    {
        for (var connection = (IscsiConnection?)first; connection is not null; connection = Next())
            connection.Run();
    }

    /// <returns>Null: there are enough threads without this one.</returns>
    private IscsiConnection? Next()
    {
        lock (_gate)
        {
            if (_disposed || _idle == _maximumIdle)
                return null;
            _idle++;
            while (_handedOver.Count == 0 && !_disposed)
                Monitor.Wait(_gate);
            // Somebody else's, when this thread did not even have to wait: that one goes on waiting and counts as idle in its place.
            return _handedOver.TryDequeue(out var connection) ? connection : null;
        }
    }

    /// <summary>The idle threads leave. After the end of the last connection.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            Monitor.PulseAll(_gate);
        }
    }
}
