using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Futago.Iscsi.Connection;

/// <summary>
/// The connections of a server that have had nothing to do for a while. They have no thread; one thread waits for all of them, and lets
/// those go on that are spoken to, by their initiator (the socket) or from within (the event that <c>Wake</c> signals).
/// <para>
/// The race to prevent: an event that was seen just before its connection was taken out, reported when the number of the descriptor, or
/// the connection, is in use for something else. So every rest has a token of its own, never used twice, and under <see cref="_gate"/> a
/// connection is either in the table with both its descriptors watched, or in neither. A descriptor is closed by the thread of
/// its connection only, and a connection that rests has none.
/// </para>
/// </summary>
internal sealed class RestingConnections : IDisposable
{
    private const int EventsAtOnce = 64;
    private const int ThreadStackBytes = 256 << 10;
    private const long StopToken = 0;

    private readonly ConnectionThreads _threads;
    private readonly EventPoll _poll = new();
    private readonly SafeFileHandle _stop = NativeSocket.CreateEvent();
    private readonly Thread _watcher;

    private readonly Lock _gate = new();
    private readonly Dictionary<long, Rest> _resting = [];
    private long _lastToken = StopToken;
    private long _restsAfterWork;

    public RestingConnections(ConnectionThreads threads)
    {
        _threads = threads;
        _poll.TryAdd(_stop, StopToken);
        _watcher = new Thread(Watch, ThreadStackBytes) { IsBackground = true, Name = "iscsi resting" };
        _watcher.Start();
    }

    /// <summary>How often connections have come to rest.</summary>
    public long Rests => Volatile.Read(ref _lastToken);

    /// <summary>How often after more than a sign of life.</summary>
    public long RestsAfterWork => Volatile.Read(ref _restsAfterWork);

    public int Count
    {
        get
        {
            lock (_gate)
                return _resting.Count;
        }
    }

    /// <summary>
    /// Called by the connection's thread, which from then on must not touch the connection any more: it may be going on already, on
    /// another thread.
    /// </summary>
    /// <param name="afterWork">It was awake for more than a sign of life.</param>
    /// <returns>False: the system has no room for it; the connection keeps its thread.</returns>
    public bool TryAdd(IscsiConnection connection, SafeHandle socket, SafeHandle wake, bool afterWork)
    {
        lock (_gate)
        {
            var token = ++_lastToken;
            if (!_poll.TryAdd(socket, token))
                return false;
            if (!_poll.TryAdd(wake, token))
            {
                _poll.Remove(socket);
                return false;
            }
            _resting.Add(token, new Rest(connection, socket, wake));
            _restsAfterWork += afterWork ? 1 : 0;
            return true;
        }
    }

    private void Watch()
    {
        Span<long> tokens = stackalloc long[EventsAtOnce];
        while (true)
        {
            var count = _poll.Wait(tokens);
            foreach (var token in tokens[..count])
            {
                if (token == StopToken)
                    return;
                if (TryTake(token) is { } connection)
                    Resume(connection);
            }
        }
    }

    /// <returns>Null: both its descriptors were reported, and the other one was faster.</returns>
    private IscsiConnection? TryTake(long token)
    {
        lock (_gate)
        {
            if (!_resting.Remove(token, out var rest))
                return null;
            _poll.Remove(rest.Socket);
            _poll.Remove(rest.Wake);
            return rest.Connection;
        }
    }

    private void Resume(IscsiConnection connection)
    {
        try
        {
            _threads.Run(connection);
        }
        catch (Exception e) when (e is OutOfMemoryException or ThreadStartException)
        {
            connection.EndWithoutThread(e);
        }
    }

    /// <summary>After the end of the last connection.</summary>
    public void Dispose()
    {
        NativeSocket.Signal(_stop);
        _watcher.Join();
        _stop.Dispose();
        _poll.Dispose();
    }

    private readonly record struct Rest(IscsiConnection Connection, SafeHandle Socket, SafeHandle Wake);
}
