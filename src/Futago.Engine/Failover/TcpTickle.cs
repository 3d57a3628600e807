using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Futago.Engine.Network;

namespace Futago.Engine.Failover;

/// <summary>
/// A TCP segment (RFC 9293 section 3.1) that belongs to no connection of this node, from an address that it has just taken: an ACK with
/// a sequence number out of any window. The initiator answers with what it thinks is right (section 3.10.7.4), for which this node
/// knows no connection, so that the kernel resets it; and the initiator connects anew at once.
/// </summary>
internal static class TcpTickle
{
    private const int HeaderBytes = 20;
    private const byte Ack = 0x10;
    private const byte Tcp = 6;

    /// <summary>Sends it if it can be sent.</summary>
    public static void Send(IPEndPoint local, IPEndPoint remote)
    {
        var segment = Segment(local, remote);
        try
        {
            using var socket = new Socket(local.AddressFamily, SocketType.Raw, ProtocolType.Tcp) { SendTimeout = 1 };
            socket.Bind(new IPEndPoint(local.Address, 0));
            socket.SendTo(segment, new IPEndPoint(remote.Address, 0));
        }
        catch (SocketException)
        {
            // That initiator finds out by itself.
        }
    }

    internal static byte[] Segment(IPEndPoint local, IPEndPoint remote)
    {
        var segment = new byte[HeaderBytes];
        BinaryPrimitives.WriteUInt16BigEndian(segment, (ushort)local.Port);
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(2), (ushort)remote.Port);
        segment[12] = HeaderBytes / 4 << 4;
        segment[13] = Ack;
        // Checksum over the pseudo header too: both addresses, protocol and length.
        uint pseudo = Tcp + HeaderBytes;
        foreach (var address in new[] { local.Address, remote.Address })
        {
            var bytes = address.GetAddressBytes();
            for (var i = 0; i < bytes.Length; i += 2)
                pseudo += BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(i));
        }
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(16), InternetChecksum.Of(segment, pseudo));
        return segment;
    }
}
