using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using Futago.Blocks;
using Futago.Iscsi.Login;
using Futago.Iscsi.Session;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace Futago.Iscsi.Connection;

/// <summary>
/// One TCP connection: a thread that receives, parses everything that has arrived and then sends all answers with one call.
/// Completions on other threads send their answer themselves when nobody else is sending. After a while without anything to do the thread leaves,
/// and the connection rests until another one is needed.
/// <para>
/// Partials: <c>.Receive</c> (framing, digests), <c>.Payload</c> (its placement), <c>.Send</c> (queue and flushing), <c>.Release</c> (what was queued
/// goes back), <c>.Login</c>, <c>.Rest</c>.
/// </para>
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "The connection's thread releases everything when it leaves, see End.")]
internal sealed partial class IscsiConnection : ICompletionBatchEnd
{
    private readonly IConnectionHost _host;
    private readonly Socket _socket;
    private readonly SafeSocketHandle _handle;
    private readonly SafeFileHandle _wake;
    private readonly BlockBufferPool _pool;
    private readonly IscsiServerOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly long _acceptedAt;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _aborted;
    private volatile bool _loggedOut;
    private long _lastReceivedAt;
    private long _pingedAt;

    private IscsiConnection(IConnectionHost host, Socket socket, SendBatch batch, BlockBuffer receiveBuffer)
    {
        _host = host;
        _socket = socket;
        _handle = socket.SafeHandle;
        _pool = host.Pool;
        _options = host.Options;
        _time = host.Time;
        _logger = host.ConnectionLogger;
        _batch = batch;
        _received = receiveBuffer;
        _patienceMs = RestAfterMs;
        _acceptedAt = _lastReceivedAt = _time.GetTimestamp();
        Remote = (IPEndPoint)socket.RemoteEndPoint!;
        Local = (IPEndPoint)socket.LocalEndPoint!;
        _wake = NativeSocket.CreateEvent();
        if (_options.SpinTime > TimeSpan.Zero)
            (_spinning, _tryReceive) = (new Spinning(_options.SpinTime, _time), TryReceive);
        _login = new LoginNegotiation(host, _options, Remote.Address, Local.Address);
    }

    public IPEndPoint Remote { get; }

    public IPEndPoint Local { get; }

    /// <summary>Timestamp of the last receive that brought something.</summary>
    public long LastReceivedAt => Volatile.Read(ref _lastReceivedAt);

    public ushort Cid { get; private set; }

    /// <summary>Null until the login is complete.</summary>
    public IscsiSession? Session { get; private set; }

    /// <summary>This connection's values (digests, segment lengths); session-wide ones are in <see cref="IscsiSession.Parameters"/>.</summary>
    public NegotiatedParameters Parameters { get; private set; } = new();

    /// <summary>Still in the login phase: counts against the half-open limit of its address.</summary>
    public bool HalfOpen { get; private set; } = true;

    /// <summary>The initiator has logged out properly: the end of this connection is no failure.</summary>
    public bool LoggedOut => _loggedOut;

    /// <summary>Completes when nothing of the connection is left.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Null when the memory budget has no room for another connection.</summary>
    public static IscsiConnection? TryCreate(IConnectionHost host, Socket socket)
    {
        if (SendBatch.TryCreate(host.Pool) is not { } batch)
            return null;
        if (host.Pool.TryRent(InitialReceiveBytes) is not { } buffer)
        {
            batch.Dispose();
            return null;
        }
        return new IscsiConnection(host, socket, batch, buffer);
    }

    /// <exception cref="OutOfMemoryException">There can be no thread for it.</exception>
    /// <exception cref="ThreadStartException">Likewise.</exception>
    public void Start() => _host.Threads.Run(this);

    /// <summary>Releases a connection whose thread could not be started.</summary>
    public void Discard() => End();

    /// <summary>Ends a connection that has rested and cannot go on.</summary>
    public void EndWithoutThread(Exception reason)
    {
        ConnectionLog.NoThread(_logger, Remote, reason.Message);
        End();
    }

    /// <summary>Ends the connection from any thread. What is queued is not sent any more.</summary>
    public void Abort()
    {
        _aborted = true;
        try
        {
            _socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The peer was faster.
        }
        Wake();
    }

    /// <summary>Ends the connection because of a bug of ours, which is logged.</summary>
    public void Fail(Exception exception)
    {
        ConnectionLog.Fault(_logger, exception, Remote);
        Abort();
    }

    /// <summary>Ends the connection as soon as everything queued until now was sent.</summary>
    public void CloseAfterSending(bool loggedOut)
    {
        _loggedOut |= loggedOut;
        _closeAfterSending = true;
        Wake();
    }

    /// <summary>Asks the initiator to log out, when it is logged in.</summary>
    public void RequestLogout(int seconds) => _phase?.RequestLogout(seconds);

    public void PingAnswered() => Volatile.Write(ref _pingedAt, 0);

    /// <summary>Runs an action on another thread when everything that is queued now has been sent or the connection is gone.</summary>
    public void AfterSending(Action action) =>
        Enqueue(new SendMark(() => ThreadPool.UnsafeQueueUserWorkItem(static a => a(), action, preferLocal: false)));

    private void Wake()
    {
        try
        {
            NativeSocket.Signal(_wake);
        }
        catch (ObjectDisposedException)
        {
            // The connection has ended meanwhile.
        }
    }

    /// <summary>By <see cref="ConnectionThreads"/>: returns when the connection has ended, or rests.</summary>
    public void Run()
    {
        // One that rests may be in the hands of another thread already.
        if (!Serve())
            End();
    }

    /// <returns>True: it rests. False: it is over.</returns>
    private bool Serve()
    {
        try
        {
            BeginServing();
            return Receive();
        }
        catch (IscsiProtocolException e)
        {
            ConnectionLog.ProtocolError(_logger, Remote, e.Message);
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            ConnectionLog.Broken(_logger, Remote, e.Message);
        }
        catch (Exception e)
        {
            // A bug must cost one connection, not the process.
            ConnectionLog.Fault(_logger, e, Remote);
        }
        return false;
    }

    private void End()
    {
        _aborted = true;
        _login?.Dispose();
        _phase?.AbandonPayload();
        CloseSending();
        if (_closeAfterSending)
        {
            // Ends the stream after the last answer instead of resetting it.
            try
            {
                _socket.Shutdown(SocketShutdown.Send);
            }
            catch (SocketException)
            {
                // The peer was faster.
            }
        }
        _socket.Dispose();
        _pool.Return(_received);
        _receiveVectors.Dispose();
        _wake.Dispose();
        try
        {
            Session?.ConnectionEnded(this);
        }
        catch (Exception e)
        {
            ConnectionLog.Fault(_logger, e, Remote);
        }
        if (_observation is { } observation)
            Session?.Target?.Observation.Close(observation);
        _host.ConnectionEnded(this);
        _ended.TrySetResult();
    }

    /// <summary>Called about once a second: deadlines of login, sending and keep-alive.</summary>
    public void Tick(long now)
    {
        if (HalfOpen)
        {
            // Section 5 of the design: nobody holds a connection without logging in.
            if (_time.GetElapsedTime(_acceptedAt, now) >= _options.LoginTimeout)
            {
                ConnectionLog.LoginTimeout(_logger, Remote);
                Abort();
            }
            return;
        }
        if (SendStalledSince is { } since && _time.GetElapsedTime(since, now) >= _options.SendTimeout)
        {
            ConnectionLog.SendTimeout(_logger, Remote);
            Abort();
            return;
        }
        var pingedAt = Volatile.Read(ref _pingedAt);
        if (pingedAt != 0)
        {
            if (_time.GetElapsedTime(pingedAt, now) >= _options.NopTimeout)
            {
                ConnectionLog.PingTimeout(_logger, Remote);
                Abort();
            }
        }
        else if (_time.GetElapsedTime(Volatile.Read(ref _lastReceivedAt), now) >= _options.NopInterval && _phase is { } phase)
        {
            Volatile.Write(ref _pingedAt, now == 0 ? 1 : now);
            phase.Ping();
        }
    }

    public ConnectionSnapshot Snapshot() => new(Cid, Remote.ToString(), Local.ToString());
}
