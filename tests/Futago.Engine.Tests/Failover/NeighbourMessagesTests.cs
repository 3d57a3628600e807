using System.Net;
using Futago.Engine.Failover;
using Futago.Engine.Network;

namespace Futago.Engine.Tests.Failover;

/// <summary>Bytes as the RFCs have them.</summary>
public sealed class NeighbourMessagesTests
{
    private static readonly byte[] Mac = [2, 0x11, 0x22, 0x33, 0x44, 0x55];
    private static readonly IPAddress V4 = IPAddress.Parse("10.77.0.10");
    private static readonly IPAddress V6 = IPAddress.Parse("fd00::ab:cdef");

    [Fact]
    public void ArpAnnouncement_HasTheAddressTwice() =>
        Assert.Equal("00010800060400010211223344550A4D000A0000000000000A4D000A".ToUpperInvariant(), Convert.ToHexString(NeighbourMessages.ArpAnnouncement(Mac, V4)));

    [Fact]
    public void ArpProbe_ClaimsNothing() =>
        Assert.Equal("0001080006040001021122334455000000000000000000000A4D000A", Convert.ToHexString(NeighbourMessages.ArpProbe(Mac, V4)));

    [Fact]
    public void ArpReply_OfTheAddress_IsRecognised()
    {
        var reply = Convert.FromHexString("00010800060400020AAABBCCDDEE0A4D000A0211223344550A4D0001");

        Assert.True(NeighbourMessages.IsArpOf(reply, V4));
        Assert.Equal("0AAABBCCDDEE", Convert.ToHexString(NeighbourMessages.ArpSender(reply)));
        Assert.False(NeighbourMessages.IsArpOf(reply, IPAddress.Parse("10.77.0.11")));
        Assert.False(NeighbourMessages.IsArpOf(reply.AsSpan(0, 27), V4));
        Assert.False(NeighbourMessages.IsArpOf(NeighbourMessages.ArpProbe(Mac, V4), V4));
    }

    [Fact]
    public void NeighbourAdvertisement_SumsUp()
    {
        var packet = NeighbourMessages.NeighbourAdvertisement(Mac, V6);

        Assert.Equal(72, packet.Length);
        Assert.Equal((58, 255, 136, 0x20), (packet[6], packet[7], packet[40], packet[44]));
        Assert.True(NeighbourMessages.IsAdvertisementOf(packet, V6));
        Assert.False(NeighbourMessages.IsAdvertisementOf(packet, IPAddress.Parse("fd00::ab:cdee")));
        Assert.Equal(0, SumOfIpv6(packet));
    }

    [Fact]
    public void NeighbourSolicitation_GoesToTheSolicitedNode()
    {
        var packet = NeighbourMessages.NeighbourSolicitation(V6);

        Assert.Equal(IPAddress.Parse("ff02::1:ffab:cdef"), new IPAddress(packet.AsSpan(24, 16)));
        Assert.Equal("3333FFABCDEF", Convert.ToHexString(NeighbourMessages.SolicitedGroup(V6)));
        Assert.Equal(0, SumOfIpv6(packet));
    }

    [Theory]
    [InlineData("10.77.0.10", "10.77.0.3")]
    [InlineData("fd00::10", "fd00::3")]
    public void Tickle_SumsUp(string local, string remote)
    {
        var (from, to) = (new IPEndPoint(IPAddress.Parse(local), 3260), new IPEndPoint(IPAddress.Parse(remote), 51234));
        var segment = TcpTickle.Segment(from, to);

        Assert.Equal("0CBCC822", Convert.ToHexString(segment.AsSpan(0, 4)));
        Assert.Equal((0x50, 0x10), (segment[12], segment[13]));
        byte[] all = [.. from.Address.GetAddressBytes(), .. to.Address.GetAddressBytes(), 0, 6, 0, 20, .. segment];
        Assert.Equal(0, InternetChecksum.Of(all));
    }

    /// <summary>Zero when the checksum is right: RFC 4443 section 2.3.</summary>
    private static int SumOfIpv6(byte[] packet)
    {
        byte[] all = [.. packet.AsSpan(8, 32), 0, 0, 0, (byte)(packet.Length - 40), 0, 0, 0, 58, .. packet.AsSpan(40)];
        return InternetChecksum.Of(all);
    }
}
