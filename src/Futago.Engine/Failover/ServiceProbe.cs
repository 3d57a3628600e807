using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Futago.Engine.Failover;

/// <summary>
/// Whether an iSCSI service answers: a Login Request for discovery (RFC 7143 section 11.12), and any Login Response. An address, or a
/// connection that the kernel accepts, would say nothing of a process that stands still.
/// </summary>
internal static class ServiceProbe
{
    private const int HeaderBytes = 48;
    private const byte LoginRequest = 0x43;
    private const byte LoginResponse = 0x23;

    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(400);

    public static async Task<bool> IsAliveAsync(IReadOnlyList<IPEndPoint> portals, CancellationToken cancellation)
    {
        var answers = await Task.WhenAll(portals.Select(p => IsAliveAsync(p, cancellation)));
        return answers.Contains(true);
    }

    private static async Task<bool> IsAliveAsync(IPEndPoint portal, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Limit);
        using var socket = new Socket(portal.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(portal, limit.Token);
            await socket.SendAsync(Request(), limit.Token);
            var header = new byte[HeaderBytes];
            for (var read = 0; read < HeaderBytes;)
            {
                var length = await socket.ReceiveAsync(header.AsMemory(read), limit.Token);
                if (length == 0)
                    return false;
                read += length;
            }
            return (header[0] & 0x3f) == LoginResponse;
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            return false;
        }
    }

    private static byte[] Request()
    {
        var text = Encoding.ASCII.GetBytes("InitiatorName=iqn.2026-01.example.futago:peer\0SessionType=Discovery\0AuthMethod=None\0");
        var packet = new byte[HeaderBytes + (text.Length + 3) / 4 * 4];
        packet[0] = LoginRequest;
        // Transit from security to operational negotiation.
        packet[1] = 0x81;
        packet[6] = (byte)(text.Length >> 8);
        packet[7] = (byte)text.Length;
        // ISID: any random one will do, section 11.12.5.
        packet[8] = 0x80;
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(16), 1);
        text.CopyTo(packet, HeaderBytes);
        return packet;
    }
}
