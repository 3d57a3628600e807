using System.Globalization;
using System.Net.NetworkInformation;
using Futago.Engine.Contracts.Network;

namespace Futago.Engine.Network;

/// <summary>The NICs of this node's network namespace, from /sys/class/net and the kernel's list of addresses.</summary>
internal static class NicReader
{
    private const string Root = "/sys/class/net";
    private const string Loopback = "lo";

    /// <param name="isVirtual">Whether an address is one of the virtual IPs.</param>
    public static IReadOnlyList<NicInfo> Read(Func<string, bool> isVirtual)
    {
        var addresses = NetworkInterface.GetAllNetworkInterfaces().ToDictionary(n => n.Name, n => AddressesOf(n, isVirtual));
        return [.. Directory.EnumerateFileSystemEntries(Root).Select(Path.GetFileName).OfType<string>()
            .Where(n => n != Loopback && Directory.Exists(Path.Combine(Root, n))).Order(StringComparer.Ordinal)
            .Select(n => Read(n, addresses.GetValueOrDefault(n, [])))];
    }

    public static bool Exists(string nic) => nic is { Length: >= 1 and <= 15 } && !nic.Contains('/', StringComparison.Ordinal) && nic != "." && nic != ".." && Directory.Exists(Path.Combine(Root, nic));

    /// <summary>Null: there is none, or it has no link layer address.</summary>
    public static byte[]? MacOf(string nic)
    {
        try
        {
            return PhysicalAddress.Parse((Text(nic, "address") ?? "").Replace(':', '-').ToUpperInvariant()).GetAddressBytes() is { Length: 6 } mac ? mac : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    public static int? IndexOf(string nic) => (int?)Number(nic, "ifindex");

    private static NicInfo Read(string nic, IReadOnlyList<NicAddress> addresses) => new(
        nic,
        Text(nic, "address"),
        Number(nic, "carrier") == 1,
        Number(nic, "speed") is > 0 and var speed ? speed : null,
        (int)(Number(nic, "mtu") ?? 0),
        addresses,
        Number(nic, "statistics/rx_bytes") ?? 0,
        Number(nic, "statistics/tx_bytes") ?? 0,
        Number(nic, "statistics/rx_errors") ?? 0,
        Number(nic, "statistics/tx_errors") ?? 0,
        (Number(nic, "statistics/rx_dropped") ?? 0) + (Number(nic, "statistics/tx_dropped") ?? 0));

    private static IReadOnlyList<NicAddress> AddressesOf(NetworkInterface nic, Func<string, bool> isVirtual) =>
    [
        .. nic.GetIPProperties().UnicastAddresses.Select(a =>
        {
            var text = a.Address.ScopeIdFree().ToString();
            return new NicAddress(text, a.PrefixLength, isVirtual(text));
        }),
    ];

    private static long? Number(string nic, string file) =>
        long.TryParse(Text(nic, file), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string? Text(string nic, string file)
    {
        try
        {
            return File.ReadAllText(Path.Combine(Root, nic, file)).Trim() is { Length: > 0 } text ? text : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A NIC that is down has no carrier to read, one that has gone has nothing.
            return null;
        }
    }
}
