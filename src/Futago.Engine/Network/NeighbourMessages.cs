using System.Buffers.Binary;
using System.Net;

namespace Futago.Engine.Network;

/// <summary>ARP (RFC 826) and neighbour discovery (RFC 4861), as far as announcing and probing one address needs them.</summary>
internal static class NeighbourMessages
{
    public const int ArpBytes = 28;

    private const int Ipv6HeaderBytes = 40;
    private const byte IcmpV6 = 58;
    private const byte Solicitation = 135;
    private const byte Advertisement = 136;

    public static ReadOnlySpan<byte> Broadcast => [0xff, 0xff, 0xff, 0xff, 0xff, 0xff];

    public static ReadOnlySpan<byte> AllNodes => [0x33, 0x33, 0, 0, 0, 1];

    /// <summary>Gratuitous ARP, RFC 5227 section 3: whoever has the address in its table learns where it is now.</summary>
    public static byte[] ArpAnnouncement(byte[] mac, IPAddress address) => Arp(1, mac, address.GetAddressBytes(), new byte[6], address.GetAddressBytes());

    /// <summary>ARP probe, RFC 5227 section 2.1.1: asks without saying that the address is ours.</summary>
    public static byte[] ArpProbe(byte[] mac, IPAddress address) => Arp(1, mac, new byte[4], new byte[6], address.GetAddressBytes());

    /// <summary>Whether a packet says that somebody has the address.</summary>
    public static bool IsArpOf(ReadOnlySpan<byte> packet, IPAddress address) =>
        packet.Length >= ArpBytes && BinaryPrimitives.ReadUInt16BigEndian(packet[2..]) == 0x0800 && packet[4] == 6 && packet[5] == 4
        && packet.Slice(14, 4).SequenceEqual(address.GetAddressBytes());

    public static ReadOnlySpan<byte> ArpSender(ReadOnlySpan<byte> packet) => packet.Slice(8, 6);

    /// <summary>Unsolicited neighbour advertisement with the override flag, RFC 4861 section 7.2.6, to all nodes.</summary>
    public static byte[] NeighbourAdvertisement(byte[] mac, IPAddress address)
    {
        var body = new byte[32];
        body[0] = Advertisement;
        body[4] = 0x20;
        address.GetAddressBytes().CopyTo(body, 8);
        (body[24], body[25]) = (2, 1);
        mac.CopyTo(body, 26);
        return Ipv6(address, IPAddress.Parse("ff02::1"), body);
    }

    /// <summary>Neighbour solicitation as in duplicate address detection, RFC 4862 section 5.4: from no address.</summary>
    public static byte[] NeighbourSolicitation(IPAddress address)
    {
        var body = new byte[24];
        body[0] = Solicitation;
        address.GetAddressBytes().CopyTo(body, 8);
        return Ipv6(IPAddress.IPv6Any, SolicitedNode(address), body);
    }

    /// <summary>The Ethernet group of the solicited node's multicast address, RFC 2464 section 7.</summary>
    public static byte[] SolicitedGroup(IPAddress address) => [0x33, 0x33, 0xff, .. address.GetAddressBytes().AsSpan(13)];

    public static bool IsAdvertisementOf(ReadOnlySpan<byte> packet, IPAddress address) =>
        packet.Length >= Ipv6HeaderBytes + 24 && packet[6] == IcmpV6 && packet[Ipv6HeaderBytes] == Advertisement
        && packet.Slice(Ipv6HeaderBytes + 8, 16).SequenceEqual(address.GetAddressBytes());

    private static IPAddress SolicitedNode(IPAddress address)
    {
        var bytes = IPAddress.Parse("ff02::1:ff00:0").GetAddressBytes();
        address.GetAddressBytes().AsSpan(13).CopyTo(bytes.AsSpan(13));
        return new IPAddress(bytes);
    }

    private static byte[] Arp(ushort operation, byte[] senderMac, byte[] sender, byte[] targetMac, byte[] target)
    {
        var packet = new byte[ArpBytes];
        BinaryPrimitives.WriteUInt16BigEndian(packet, 1);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), 0x0800);
        (packet[4], packet[5]) = (6, 4);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(6), operation);
        senderMac.CopyTo(packet, 8);
        sender.CopyTo(packet, 14);
        targetMac.CopyTo(packet, 18);
        target.CopyTo(packet, 24);
        return packet;
    }

    private static byte[] Ipv6(IPAddress source, IPAddress destination, byte[] body)
    {
        var packet = new byte[Ipv6HeaderBytes + body.Length];
        packet[0] = 0x60;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), (ushort)body.Length);
        // Neighbour discovery is believed with a hop limit of 255 only: it cannot come from another network.
        (packet[6], packet[7]) = (IcmpV6, 255);
        source.GetAddressBytes().CopyTo(packet, 8);
        destination.GetAddressBytes().CopyTo(packet, 24);
        body.CopyTo(packet, Ipv6HeaderBytes);
        // RFC 4443 section 2.3: the pseudo header has both addresses, the length and the next header.
        uint pseudo = (uint)body.Length + IcmpV6;
        for (var i = 8; i < Ipv6HeaderBytes; i += 2)
            pseudo += BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(i));
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(Ipv6HeaderBytes + 2), InternetChecksum.Of(packet.AsSpan(Ipv6HeaderBytes), pseudo));
        return packet;
    }
}
