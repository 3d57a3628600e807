using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Futago.Engine.Network;

/// <summary>
/// ICMP echo requests, and the answers to exactly those: what an answer carries says which request it is for, so that a late one is not
/// taken for another's.
/// <code>
///   0| type 8 (IPv6: 128) | code 0 | checksum | identifier | sequence |
///   8| token of this pinger 8 | tag 8 | sent, in ticks of the stopwatch 8 |
/// </code>
/// </summary>
internal sealed class Pinger : IDisposable
{
    private const int HeaderBytes = 8;
    private const int PacketBytes = HeaderBytes + 24;
    private const byte EchoRequest = 8;
    private const byte EchoReply = 0;
    private const byte EchoRequestV6 = 128;
    private const byte EchoReplyV6 = 129;

    private readonly ConcurrentDictionary<AddressFamily, Socket?> _sockets = new();
    private readonly ulong _token = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8));
    private readonly Action<IPAddress, long, TimeSpan> _answered;
    private int _sequence;
    private volatile bool _closed;

    /// <param name="answered">Who, the tag, and the round trip; on a thread of its own.</param>
    public Pinger(Action<IPAddress, long, TimeSpan> answered) => _answered = answered;

    /// <summary>Sends one. Nothing tells when it cannot be sent: it is not answered then.</summary>
    /// <param name="tag">Comes back with the answer.</param>
    public void Send(IPAddress address, long tag)
    {
        if (_closed || _sockets.GetOrAdd(address.AddressFamily, Open) is not { } socket)
            return;
        var packet = new byte[PacketBytes];
        var isV6 = address.AddressFamily == AddressFamily.InterNetworkV6;
        packet[0] = isV6 ? EchoRequestV6 : EchoRequest;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), (ushort)_token);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(6), (ushort)Interlocked.Increment(ref _sequence));
        BinaryPrimitives.WriteUInt64LittleEndian(packet.AsSpan(8), _token);
        BinaryPrimitives.WriteInt64LittleEndian(packet.AsSpan(16), tag);
        BinaryPrimitives.WriteInt64LittleEndian(packet.AsSpan(24), Stopwatch.GetTimestamp());
        // The kernel makes the checksum of ICMPv6.
        if (!isV6)
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), InternetChecksum.Of(packet));
        try
        {
            socket.SendTo(packet, new IPEndPoint(address, 0));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Unreachable is as good as no answer.
        }
    }

    public void Dispose()
    {
        _closed = true;
        foreach (var socket in _sockets.Values)
            socket?.Dispose();
    }

    private Socket? Open(AddressFamily family)
    {
        try
        {
            var socket = new Socket(family, SocketType.Raw, family == AddressFamily.InterNetwork ? ProtocolType.Icmp : ProtocolType.IcmpV6) { SendTimeout = 1 };
            socket.Bind(new IPEndPoint(family == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0));
            new Thread(() => Read(socket, family)) { IsBackground = true, Name = "ping" }.Start();
            return socket;
        }
        catch (SocketException)
        {
            // A machine without that family; nothing of it answers.
            return null;
        }
    }

    private void Read(Socket socket, AddressFamily family)
    {
        var buffer = new byte[512];
        EndPoint from = new IPEndPoint(family == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        while (!_closed)
        {
            try
            {
                var length = socket.ReceiveFrom(buffer, ref from);
                Take(buffer.AsSpan(0, length), family, ((IPEndPoint)from).Address);
            }
            catch (SocketException e) when (e.SocketErrorCode is not (SocketError.OperationAborted or SocketError.Interrupted or SocketError.NotSocket or SocketError.Shutdown))
            {
                // Errors of single packets.
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private void Take(ReadOnlySpan<byte> packet, AddressFamily family, IPAddress from)
    {
        // A raw IPv4 socket gives the IP header too, an IPv6 one does not.
        if (family == AddressFamily.InterNetwork)
        {
            if (packet.Length < 20)
                return;
            var header = (packet[0] & 0xf) * 4;
            if (header < 20 || packet.Length < header)
                return;
            packet = packet[header..];
        }
        if (packet.Length < PacketBytes || packet[0] != (family == AddressFamily.InterNetwork ? EchoReply : EchoReplyV6)
            || BinaryPrimitives.ReadUInt64LittleEndian(packet[8..]) != _token)
            return;
        var sent = BinaryPrimitives.ReadInt64LittleEndian(packet[24..]);
        _answered(from.ScopeIdFree(), BinaryPrimitives.ReadInt64LittleEndian(packet[16..]), Stopwatch.GetElapsedTime(sent));
    }
}
