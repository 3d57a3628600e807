using System.Net;
using System.Net.Sockets;
using Futago.Engine.Contracts.Network;
using Futago.Management.Node;

namespace Futago.Management.Failover;

/// <summary>
/// Finds the addresses that heartbeats go between: the network of each virtual IP on its NICs, and the network that the NICs of
/// an auxiliary connection share.
/// </summary>
internal static class FailoverPaths
{
    public static IReadOnlyList<PathSetting> Find(FailoverSettings settings, NodeNics here, NodeNics peer)
    {
        List<PathSetting> paths = [];
        foreach (var ip in settings.VirtualIps)
        {
            var own = Own(ip, ip.Nic, here);
            var other = Own(ip, ip.PeerNic, peer);
            Add(new PathSetting(ip.Nic, ip.PeerNic, own, other, false));
        }
        foreach (var auxiliary in settings.Auxiliaries)
        {
            var (own, other) = Shared(auxiliary, here, peer);
            Add(new PathSetting(auxiliary.Nic, auxiliary.PeerNic, own, other, true));
        }
        return paths.Count <= FailoverSettings.PathsMax ? paths : throw FailoverProblems.TooMany("auxiliaries", FailoverSettings.PathsMax);

        // Several virtual IPs in one network share a way, and the network of one needs no auxiliary connection besides.
        void Add(PathSetting path)
        {
            if (!paths.Exists(p => p.LocalAddress == path.LocalAddress || p.PeerAddress == path.PeerAddress))
                paths.Add(path);
        }
    }

    private static string Own(VirtualIpSetting ip, string nicName, NodeNics node)
    {
        var nic = node.Require(nicName, "virtualIps");
        var virtualIp = IPAddress.Parse(ip.Address);
        return Usable(nic).FirstOrDefault(a => a.Address.ToString() != ip.Address && Subnet.Contains(virtualIp, ip.PrefixLength, a.Address)).Address?.ToString()
            ?? throw FailoverProblems.NicOutsideNetwork(nicName, node.Node, Subnet.Name(virtualIp, ip.PrefixLength), "virtualIps");
    }

    private static (string Own, string Other) Shared(AuxiliarySetting auxiliary, NodeNics here, NodeNics peer)
    {
        var others = Usable(peer.Require(auxiliary.PeerNic, "auxiliaries")).ToList();
        foreach (var (address, prefixLength) in Usable(here.Require(auxiliary.Nic, "auxiliaries")))
        {
            if (others.Find(o => !o.Address.Equals(address) && Subnet.Contains(address, prefixLength, o.Address)) is { Address: { } other })
                return (address.ToString(), other.ToString());
        }
        throw FailoverProblems.NoCommonNetwork(auxiliary.Nic, here.Node, auxiliary.PeerNic, peer.Node, "auxiliaries");
    }

    // IPv4 first; what a node holds for the moment only, or what means something on one link only, is not an address to count on.
    private static IEnumerable<(IPAddress Address, int PrefixLength)> Usable(NicInfo nic) =>
        from address in nic.Addresses
        where !address.Virtual
        let parsed = IPAddress.TryParse(address.Address, out var ip) ? ip : null
        where parsed is { IsIPv6LinkLocal: false }
        orderby parsed.AddressFamily == AddressFamily.InterNetworkV6
        select (parsed, address.PrefixLength);
}

/// <summary>The NICs of a node, by its name.</summary>
internal sealed record NodeNics(string Node, IReadOnlyList<NicInfo> Nics)
{
    public NicInfo? Find(string name) => Nics.FirstOrDefault(n => n.Name == name);

    public NicInfo Require(string name, string field) => Find(name) ?? throw FailoverProblems.NicUnknown(name, Node, field);

    /// <summary>Whether the address is one of the node's, other than a virtual IP that it holds.</summary>
    public bool Owns(string address) => Nics.Any(n => n.Addresses.Any(a => !a.Virtual && a.Address == address));
}
