using System.Net;
using System.Net.Sockets;
using Futago.Engine.Contracts.Failover;
using Futago.Failover;

namespace Futago.Engine.Failover;

/// <summary>
/// One way for heartbeats: a UDP socket bound to this node's address, a thread that reads it, and the loss of what the peer sends. Sends
/// come from one thread, the loop's.
/// </summary>
/// <param name="arrived">Called on the path's own thread.</param>
internal sealed class HeartbeatPath(int index, HeartbeatPathConfiguration configuration, Func<HeartbeatCodec> codec, Action<int, Heartbeat> arrived) : IDisposable
{
    /// <summary>How many of the peer's numbers the loss is counted over.</summary>
    private const int LossWindow = 120;

    private static readonly TimeSpan ReopenPause = TimeSpan.FromSeconds(1);

    private readonly IPEndPoint _local = new(IPAddress.Parse(configuration.LocalAddress), FailoverConfiguration.HeartbeatPort);
    private readonly IPEndPoint _peer = new(IPAddress.Parse(configuration.PeerAddress), FailoverConfiguration.HeartbeatPort);
    private readonly HeartbeatCodec _writer = codec();
    private readonly byte[] _out = new byte[HeartbeatCodec.Bytes];
    private readonly Lock _lossGate = new();
    private readonly Queue<uint> _heard = new();
    private Socket? _socket;
    private long _openedMs = long.MinValue / 2;
    private uint _firstHeard;
    private uint _lastHeard;
    private ulong _peerBootId;
    private volatile bool _closed;

    public HeartbeatPathConfiguration Configuration => configuration;

    /// <summary>Why nothing can be sent; null when it can.</summary>
    public string? Error { get; private set; }

    /// <summary>In percent of the last heartbeats of the peer; null before the first.</summary>
    public double? LossPercent
    {
        get
        {
            lock (_lossGate)
            {
                if (_heard.Count == 0)
                    return null;
                var expected = Math.Min(_lastHeard - _firstHeard + 1, LossWindow);
                return Math.Round(100.0 * Math.Max(0, expected - _heard.Count) / expected, 1);
            }
        }
    }

    public void Send(Heartbeat heartbeat, long nowMs)
    {
        if (_socket is null && nowMs - _openedMs >= ReopenPause.TotalMilliseconds)
            Open(nowMs);
        if (_socket is not { } socket)
            return;
        try
        {
            _writer.Write(heartbeat, _out);
            socket.SendTo(_out, _peer);
            Error = null;
        }
        catch (SocketException e)
        {
            // The cable may be out, or the buffer full: the next one says the same, and more.
            Error = e.Message;
        }
        catch (ObjectDisposedException)
        {
            _socket = null;
        }
    }

    public void Dispose()
    {
        _closed = true;
        _socket?.Dispose();
    }

    private void Open(long nowMs)
    {
        _openedMs = nowMs;
        var socket = new Socket(_local.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { Blocking = true };
        try
        {
            // Sending never waits: a heartbeat that does not fit is as good as lost.
            socket.SendTimeout = 1;
            socket.Bind(_local);
        }
        catch (SocketException e)
        {
            Error = e.Message;
            socket.Dispose();
            return;
        }
        _socket = socket;
        new Thread(() => Read(socket)) { IsBackground = true, Name = $"heartbeat {configuration.Nic}" }.Start();
    }

    private void Read(Socket socket)
    {
        var reader = codec();
        var buffer = new byte[HeartbeatCodec.BytesMaximum + 1];
        EndPoint from = new IPEndPoint(_local.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        while (!_closed)
        {
            try
            {
                var length = socket.ReceiveFrom(buffer, ref from);
                if (reader.Read(buffer.AsSpan(0, length), out var heartbeat) == HeartbeatRead.Ok && heartbeat!.Path == index)
                {
                    Count(heartbeat);
                    arrived(index, heartbeat);
                }
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionRefused or SocketError.MessageSize or SocketError.HostUnreachable or SocketError.NetworkUnreachable)
            {
                // News of a datagram that could not be delivered, or one that is none of ours.
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                socket.Dispose();
                return;
            }
        }
    }

    private void Count(Heartbeat heartbeat)
    {
        lock (_lossGate)
        {
            var number = heartbeat.PathSequence;
            if (heartbeat.BootId != _peerBootId)
            {
                (_peerBootId, _firstHeard, _lastHeard) = (heartbeat.BootId, number, number - 1);
                _heard.Clear();
            }
            if (number <= _lastHeard)
                return;
            _lastHeard = number;
            _heard.Enqueue(number);
            while (_heard.TryPeek(out var oldest) && _lastHeard - oldest >= LossWindow)
                _heard.Dequeue();
        }
    }
}
