using System.Globalization;
using System.Text.Json;
using Futago.Failover;

namespace Futago.Guard.Service;

/// <summary>
/// The virtual IPs on their NICs, put there with a lifetime: the kernel takes them away by itself when nobody renews it.
/// </summary>
internal static class VirtualAddresses
{
    /// <param name="seconds">Lifetime, from now.</param>
    /// <returns>Why it failed.</returns>
    public static async Task<string?> AddAsync(GuardOrder order, int seconds)
    {
        foreach (var a in order.Addresses)
        {
            var isV6 = a.Address.Contains(':', StringComparison.Ordinal);
            var lifetime = seconds.ToString(CultureInfo.InvariantCulture);
            List<string> arguments =
            [
                "addr", "replace", string.Create(CultureInfo.InvariantCulture, $"{a.Address}/{a.PrefixLength}"), "dev", a.Nic,
                "valid_lft", lifetime,
                // Not preferred: what this node itself sends elsewhere leaves from its own address.
                "preferred_lft", isV6 ? "0" : lifetime,
            ];
            if (isV6)
                arguments.Add("nodad");
            else
                arguments.AddRange(["broadcast", a.Broadcast ?? "+"]);
            if ((await Tool.RunAsync("ip", arguments)).Error is { } error)
                return error;
        }
        return null;
    }

    /// <summary>Takes them away wherever they are, also from a NIC that had them in an earlier configuration.</summary>
    /// <returns>Why one may still be there.</returns>
    public static async Task<string?> RemoveAsync(GuardOrder order)
    {
        var (listed, error) = await FindAsync(order);
        if (error is not null)
            return error;
        foreach (var (nic, address) in listed)
            await Tool.RunAsync("ip", ["addr", "del", address, "dev", nic]);
        // One that expired meanwhile could not be deleted: only what is there now counts.
        (listed, error) = await FindAsync(order);
        return error ?? (listed.Count == 0 ? null : $"{listed[0].Address} is still on {listed[0].Nic}");
    }

    private static async Task<(List<(string Nic, string Address)> Found, string? Error)> FindAsync(GuardOrder order)
    {
        var found = new List<(string, string)>();
        var (output, error) = await Tool.RunAsync("ip", ["-j", "addr", "show"]);
        if (error is not null)
            return (found, error);
        try
        {
            using var document = JsonDocument.Parse(output);
            foreach (var nic in document.RootElement.EnumerateArray())
            {
                if (!nic.TryGetProperty("addr_info", out var addresses))
                    continue;
                foreach (var address in addresses.EnumerateArray())
                {
                    if (address.TryGetProperty("local", out var local) && order.Addresses.Any(a => a.Address == local.GetString()))
                        found.Add((nic.GetProperty("ifname").GetString()!,
                            string.Create(CultureInfo.InvariantCulture, $"{local.GetString()}/{address.GetProperty("prefixlen").GetInt32()}")));
                }
            }
            return (found, null);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return (found, $"ip prints what cannot be read: {e.Message}");
        }
    }
}
