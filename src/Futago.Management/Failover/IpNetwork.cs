using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Futago.Management.Node;

namespace Futago.Management.Failover;

/// <summary>Addresses with the prefix length of their network.</summary>
internal static class IpNetwork
{
    /// <summary>Reads <c>10.77.0.10/24</c>.</summary>
    public static (IPAddress Address, int PrefixLength) Parse(string? typed, string field)
    {
        var text = typed?.Trim() ?? "";
        if (text.Split('/') is [var host, var length] && TryHost(host, out var address)
            && int.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out var prefix) && prefix >= 1 && prefix <= Bits(address))
            return (address, prefix);
        throw FailoverProblems.AddressInvalid(text, field, "write it with the prefix length of its network, for example 10.77.0.10/24");
    }

    public static IPAddress ParseHost(string? typed, string field) =>
        TryHost(typed?.Trim(), out var address) ? address : throw FailoverProblems.AddressInvalid(typed?.Trim() ?? "", field, "write an IP address such as 10.77.0.254");

    /// <summary>The first or the last address of an IPv4 network, which no host can have.</summary>
    public static bool IsEdge(IPAddress address, int prefixLength)
    {
        if (address.AddressFamily != AddressFamily.InterNetwork || prefixLength >= 31)
            return false;
        var value = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes());
        var hosts = uint.MaxValue >> prefixLength;
        return (value & hosts) == 0 || (value & hosts) == hosts;
    }

    // What a host can have: no multicast, nothing unspecified, no loopback.
    private static bool TryHost(string? text, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out IPAddress? address) =>
        StrictAddress.TryParse(text, out address) && !IPAddress.IsLoopback(address) && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any)
        && !address.IsIPv6Multicast && !address.IsIPv6LinkLocal && (address.AddressFamily != AddressFamily.InterNetwork || address.GetAddressBytes()[0] is >= 1 and < 224);

    private static int Bits(IPAddress address) => address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;
}
