using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Futago.Failover;

namespace Futago.Guard.Service;

/// <summary>
/// The third barrier: a table of nftables through which nothing gets to or from the portals on the virtual IPs, unless an element with
/// a time limit says so. Permits renew the element, and only while it lives; so the kernel closes the way by itself when engine and
/// guard both stand still. Packets are dropped, not refused: initiators keep trying.
/// </summary>
/// <param name="instance">Path of the data directory: each node of a machine has a table of its own.</param>
internal sealed class PacketFilter(string instance)
{
    private readonly string _table = "futago_" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(instance)).AsSpan(0, 6));

    /// <summary>Nothing gets through when this returns null.</summary>
    /// <returns>Why it failed.</returns>
    public Task<string?> BlockAsync(GuardOrder order)
    {
        var ports = string.Join(", ", order.Ports.Distinct());
        var script = new StringBuilder();
        // In one transaction: there is no moment without it.
        script.AppendLine(CultureInfo.InvariantCulture, $"add table inet {_table}");
        script.AppendLine(CultureInfo.InvariantCulture, $"delete table inet {_table}");
        script.AppendLine(CultureInfo.InvariantCulture, $"table inet {_table} {{");
        script.AppendLine("set open4 { type ipv4_addr . inet_service; flags timeout; }");
        script.AppendLine("set open6 { type ipv6_addr . inet_service; flags timeout; }");
        foreach (var (chain, address, port) in new[] { ("input", "daddr", "dport"), ("output", "saddr", "sport") })
        {
            script.AppendLine(CultureInfo.InvariantCulture, $"chain {chain} {{ type filter hook {chain} priority -150; policy accept;");
            script.AppendLine(CultureInfo.InvariantCulture, $"ip {address} . tcp {port} @open4 accept");
            script.AppendLine(CultureInfo.InvariantCulture, $"ip6 {address} . tcp {port} @open6 accept");
            foreach (var a in order.Addresses)
                script.AppendLine(CultureInfo.InvariantCulture, $"{(IsV6(a) ? "ip6" : "ip")} {address} {a.Address} tcp {port} {{ {ports} }} drop");
            script.AppendLine("}");
        }
        script.AppendLine("}");
        return RunAsync(script.ToString());
    }

    /// <summary>Lets everything through that <paramref name="order"/> names, for this long.</summary>
    public Task<string?> OpenAsync(GuardOrder order, long milliseconds) =>
        RunAsync($"flush set inet {_table} open4\nflush set inet {_table} open6\n{Elements(order, "add", milliseconds)}");

    /// <summary>The same for longer; an error when the time is over already.</summary>
    public Task<string?> RenewAsync(GuardOrder order, long milliseconds) =>
        RunAsync(Elements(order, "delete", 0) + Elements(order, "add", milliseconds));

    public Task<string?> RemoveAsync() => RunAsync($"add table inet {_table}\ndelete table inet {_table}\n");

    private string Elements(GuardOrder order, string verb, long milliseconds)
    {
        var script = new StringBuilder();
        foreach (var family in order.Addresses.GroupBy(IsV6))
        {
            var limit = verb == "add" ? string.Create(CultureInfo.InvariantCulture, $" timeout {milliseconds}ms") : "";
            var elements = family.SelectMany(a => order.Ports.Distinct().Select(p => string.Create(CultureInfo.InvariantCulture, $"{a.Address} . {p}{limit}")));
            script.AppendLine(CultureInfo.InvariantCulture, $"{verb} element inet {_table} {(family.Key ? "open6" : "open4")} {{ {string.Join(", ", elements)} }}");
        }
        return script.ToString();
    }

    private static bool IsV6(GuardedAddress address) => IPAddress.Parse(address.Address).AddressFamily == AddressFamily.InterNetworkV6;

    private static async Task<string?> RunAsync(string script) => (await Tool.RunAsync("nft", ["-f", "-"], script)).Error;
}
