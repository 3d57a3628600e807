using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Futago.Engine.Network;

/// <summary>RFC 1071: one's complement of the one's complement sum of 16-bit words.</summary>
internal static class InternetChecksum
{
    public static ushort Of(ReadOnlySpan<byte> data, uint start = 0)
    {
        var sum = start;
        for (; data.Length >= 2; data = data[2..])
            sum += BinaryPrimitives.ReadUInt16BigEndian(data);
        if (data.Length == 1)
            sum += (uint)data[0] << 8;
        while (sum >> 16 != 0)
            sum = (sum & 0xffff) + (sum >> 16);
        return (ushort)~sum;
    }

    /// <summary>The address without the interface that a link-local one is valid on, for comparing.</summary>
    public static IPAddress ScopeIdFree(this IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 && address.ScopeId != 0 ? new IPAddress(address.GetAddressBytes()) : address;
}
