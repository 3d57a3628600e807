using System.Globalization;
using System.Net;

namespace Futago.Management.Node;

/// <summary>The network that an address is in.</summary>
internal static class Subnet
{
    /// <summary>Its first address: what follows the prefix is zero.</summary>
    public static IPAddress Of(IPAddress address, int prefixLength)
    {
        var bytes = address.GetAddressBytes();
        for (var i = 0; i < bytes.Length; i++)
        {
            var bits = Math.Clamp(prefixLength - i * 8, 0, 8);
            bytes[i] &= (byte)(0xFF << (8 - bits));
        }
        return new IPAddress(bytes);
    }

    /// <summary>Whether another address is in the network too.</summary>
    public static bool Contains(IPAddress inNetwork, int prefixLength, IPAddress address) =>
        inNetwork.AddressFamily == address.AddressFamily && Of(inNetwork, prefixLength).Equals(Of(address, prefixLength));

    /// <summary>In CIDR form.</summary>
    public static string Name(IPAddress address, int prefixLength) => string.Create(CultureInfo.InvariantCulture, $"{Of(address, prefixLength)}/{prefixLength}");
}
