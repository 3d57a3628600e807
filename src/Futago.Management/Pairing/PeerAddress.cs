using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Futago.Console.Client.Pairing;
using Futago.Management.Node;

namespace Futago.Management.Pairing;

/// <summary>Addresses of consoles as people type them, and the addresses of this node.</summary>
internal static class PeerAddress
{
    private const int DefaultPort = 8443;

    /// <summary>Reads <c>10.78.0.2</c>, <c>10.78.0.2:8443</c>, <c>fd00::2</c> or <c>[fd00::2]:8443</c>.</summary>
    public static IPEndPoint Parse(string? typed)
    {
        var text = typed?.Trim() ?? "";
        if (text.Length > 64)
            throw PairProblems.AddressInvalid(text[..64]);
        if (StrictAddress.TryParse(text, out var alone))
            return Usable(alone, DefaultPort, text);
        var colon = text.LastIndexOf(':');
        if (colon < 1 || !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port is < 1 or > 65535)
            throw PairProblems.AddressInvalid(text);
        var host = text[..colon];
        if (host is ['[', .., ']'])
            host = host[1..^1];
        return StrictAddress.TryParse(host, out var address) ? Usable(address, port, text) : throw PairProblems.AddressInvalid(text);
    }

    public static IReadOnlyList<NodeAddress> OfThisNode() =>
    [
        .. from networkInterface in NetworkInterface.GetAllNetworkInterfaces()
           where networkInterface.OperationalStatus == OperationalStatus.Up || networkInterface.NetworkInterfaceType == NetworkInterfaceType.Loopback
           from unicast in networkInterface.GetIPProperties().UnicastAddresses
           where !unicast.Address.IsIPv6LinkLocal
           orderby networkInterface.NetworkInterfaceType == NetworkInterfaceType.Loopback, networkInterface.Name, unicast.Address.AddressFamily
           select new NodeAddress(unicast.Address.ToString(), networkInterface.Name, Mtu(networkInterface)),
    ];

    private static int Mtu(NetworkInterface networkInterface)
    {
        try
        {
            return networkInterface.GetIPProperties().GetIPv4Properties()?.Mtu ?? 0;
        }
        catch (NetworkInformationException)
        {
            return 0;
        }
    }

    private static IPEndPoint Usable(IPAddress address, int port, string text)
    {
        var multicast = address.IsIPv6Multicast || (address.AddressFamily == AddressFamily.InterNetwork && address.GetAddressBytes()[0] is >= 224);
        if (multicast || address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
            throw PairProblems.AddressInvalid(text);
        return new IPEndPoint(address, port);
    }
}
