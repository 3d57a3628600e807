using System.Net;

namespace Futago.Iscsi;

/// <summary>Lets initiators in by address, by name, or by both together. A rule with neither lets nobody in.</summary>
/// <param name="Network">Addresses; null: any.</param>
/// <param name="InitiatorName">Name in normal form; null: any.</param>
public sealed record AccessRule(IPNetwork? Network, string? InitiatorName)
{
    public bool Allows(IPAddress address, string initiatorName)
    {
        if (Network is null && InitiatorName is null)
            return false;
        if (InitiatorName is not null && !string.Equals(InitiatorName, initiatorName, StringComparison.OrdinalIgnoreCase))
            return false;
        if (Network is not { } network)
            return true;
        // A wildcard IPv6 portal sees IPv4 peers as ::ffff:a.b.c.d; rules are written for the plain address.
        var peer = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return peer.AddressFamily == network.BaseAddress.AddressFamily && network.Contains(peer);
    }
}
