using System.Diagnostics;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Futago.Engine.Network;

/// <summary>Tells the network of a NIC where an address is now, and asks it who has one.</summary>
internal static class Neighbours
{
    private const int ProbeMs = 900;
    private const int ProbeIntervalMs = 250;
    private const int MacBytes = 6;

    /// <summary>Sends one announcement.</summary>
    /// <exception cref="IOException">The NIC cannot send it.</exception>
    public static void Announce(string nic, IPAddress address)
    {
        var mac = NicReader.MacOf(nic) ?? throw new IOException($"The NIC {nic} has no link layer address.");
        var isV6 = address.AddressFamily == AddressFamily.InterNetworkV6;
        using var socket = new NeighbourSocket(nic, isV6 ? NeighbourSocket.Ipv6 : NeighbourSocket.Arp);
        if (isV6)
            socket.Send(NeighbourMessages.NeighbourAdvertisement(mac, address), NeighbourMessages.AllNodes);
        else
            socket.Send(NeighbourMessages.ArpAnnouncement(mac, address), NeighbourMessages.Broadcast);
    }

    /// <summary>Asks who else has the address; takes about a second when nobody does.</summary>
    /// <returns>The link layer address of who answered, such as <c>02:11:22:33:44:55</c>; null: nobody.</returns>
    /// <exception cref="IOException">The NIC cannot send.</exception>
    public static Task<string?> ProbeAsync(string nic, IPAddress address, CancellationToken cancellation) =>
        Task.Factory.StartNew(() => Probe(nic, address, cancellation), cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static string? Probe(string nic, IPAddress address, CancellationToken cancellation)
    {
        var mac = NicReader.MacOf(nic) ?? throw new IOException($"The NIC {nic} has no link layer address.");
        var isV6 = address.AddressFamily == AddressFamily.InterNetworkV6;
        using var socket = new NeighbourSocket(nic, isV6 ? NeighbourSocket.Ipv6 : NeighbourSocket.Arp);
        var packet = new byte[512];
        Span<byte> sender = stackalloc byte[MacBytes];
        var start = Stopwatch.GetTimestamp();
        var sent = 0;
        while (!cancellation.IsCancellationRequested && Stopwatch.GetElapsedTime(start).TotalMilliseconds is < ProbeMs and var elapsed)
        {
            if (elapsed >= sent * ProbeIntervalMs)
            {
                sent++;
                if (isV6)
                    socket.Send(NeighbourMessages.NeighbourSolicitation(address), NeighbourMessages.SolicitedGroup(address));
                else
                    socket.Send(NeighbourMessages.ArpProbe(mac, address), NeighbourMessages.Broadcast);
            }
            var length = socket.Receive(packet, (int)Math.Min(ProbeMs - elapsed, ProbeIntervalMs), sender);
            var received = packet.AsSpan(0, length);
            if (isV6 ? !NeighbourMessages.IsAdvertisementOf(received, address) : !NeighbourMessages.IsArpOf(received, address))
                continue;
            var who = isV6 ? sender : NeighbourMessages.ArpSender(received);
            if (!who.SequenceEqual(mac))
                return string.Join(':', new PhysicalAddress(who.ToArray()).GetAddressBytes().Select(b => b.ToString("x2", System.Globalization.CultureInfo.InvariantCulture)));
        }
        return null;
    }
}
