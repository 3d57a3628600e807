using System.Net;
using System.Net.Sockets;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Failover;
using Futago.Engine.Contracts.Iscsi;
using Futago.Failover;

namespace Futago.Engine.Failover;

/// <summary>Checks the failover of a configuration.</summary>
internal static class FailoverValidator
{
    private const int WitnessKeyBytes = 64;

    /// <exception cref="ProblemException">The first thing that is wrong, with its field.</exception>
    public static void Check(EngineConfiguration engine)
    {
        if (engine.Failover is not { } c)
            return;
        if (c.Id == Guid.Empty)
            throw Invalid("The failover has no identifier.", "id");
        if (engine.Peer is null)
            throw Invalid("The node is not paired: there is nobody to fail over to.", "id");
        if (!Enum.IsDefined(c.Policy))
            throw Invalid("The policy is none of witness, ping only and manual.", "policy");
        if (!IsKey(c.Key, PairKey.Bytes))
            throw Invalid($"The key is not {PairKey.Bytes} bytes in Base64.", "key");
        CheckVirtualIps(engine, c);
        CheckPaths(c);
        CheckPingNodes(c);
        CheckWitness(c);
        CheckMoving(engine, c);
        if (c.Timing is null)
            throw Invalid("The times are missing.", "timing");
        if (FailoverSettings.ToOptions(c, Guid.Empty, 1).Validate() is [var wrong, ..])
            throw Invalid(wrong, "timing");
    }

    /// <summary>Null: not exactly as <see cref="IPAddress"/> prints it.</summary>
    public static IPAddress? ParseAddress(string? text) =>
        IPAddress.TryParse(text, out var address) && address.ToString() == text ? address : null;

    private static void CheckVirtualIps(EngineConfiguration engine, FailoverConfiguration c)
    {
        if (c.VirtualIps is not { Count: >= 1 and <= 8 })
            throw Invalid("There must be 1 to 8 virtual IPs.", "virtualIps");
        for (var i = 0; i < c.VirtualIps.Count; i++)
        {
            var field = $"virtualIps[{i}]";
            var v = c.VirtualIps[i] ?? throw Invalid("A virtual IP is missing.", field);
            if (ParseAddress(v.Address) is not { } address || IPAddress.IsLoopback(address) || c.VirtualIps.Take(i).Any(b => b.Address == v.Address))
                throw Invalid($"“{v.Address}” is not an IP address that can be a virtual IP, or is there twice.", $"{field}.address");
            if (v.PrefixLength < 1 || v.PrefixLength > (address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128))
                throw Invalid($"The prefix length of {v.Address} is out of range.", $"{field}.prefixLength");
            if (v.Nic is not { Length: >= 1 and <= 15 } || v.Nic[0] == '-' || v.Nic.Any(ch => char.IsWhiteSpace(ch) || char.IsControl(ch) || ch == '/'))
                throw Invalid($"“{v.Nic}” is not the name of a NIC.", $"{field}.nic");
            if (v.Broadcast is not null && (address.AddressFamily != AddressFamily.InterNetwork || ParseAddress(v.Broadcast) is not { AddressFamily: AddressFamily.InterNetwork }))
                throw Invalid($"“{v.Broadcast}” is not an IPv4 broadcast address.", $"{field}.broadcast");
            if (!engine.Portals.Any(p => FailoverSettings.Covers(IPAddress.Parse(p.Address), address)))
                throw Invalid($"No portal covers the virtual IP {v.Address}: add one, or one on all addresses.", $"{field}.address");
            if (c.Paths?.Any(p => p?.LocalAddress == v.Address || p?.PeerAddress == v.Address) == true)
                throw Invalid($"The virtual IP {v.Address} is an address of one of the nodes.", $"{field}.address");
        }
    }

    private static void CheckPaths(FailoverConfiguration c)
    {
        if (c.Paths is not { Count: >= 1 and <= 8 })
            throw Invalid("There must be 1 to 8 heartbeat paths.", "paths");
        for (var i = 0; i < c.Paths.Count; i++)
        {
            if (c.Paths[i] is not { } p || ParseAddress(p.LocalAddress) is not { } local || ParseAddress(p.PeerAddress) is not { } peer
                || local.AddressFamily != peer.AddressFamily || local.Equals(peer) || c.Paths.Take(i).Any(b => b.LocalAddress == p.LocalAddress))
                throw Invalid("A heartbeat path has an address of this node, which no other path has, and one of the peer, of the same family.", $"paths[{i}]");
        }
    }

    private static void CheckPingNodes(FailoverConfiguration c)
    {
        if (c.PingNodes is not { Count: <= 16 })
            throw Invalid("There can be at most 16 ping nodes.", "pingNodes");
        for (var i = 0; i < c.PingNodes.Count; i++)
        {
            var text = c.PingNodes[i];
            if (ParseAddress(text) is null || c.PingNodes.Take(i).Contains(text))
                throw Invalid($"“{text}” is not the IP address of a ping node, or is there twice.", $"pingNodes[{i}]");
            if (c.Paths.Any(p => p.LocalAddress == text || p.PeerAddress == text) || c.VirtualIps.Any(v => v.Address == text))
                throw Invalid($"The ping node {text} is one of the two nodes.", $"pingNodes[{i}]");
        }
    }

    private static void CheckWitness(FailoverConfiguration c)
    {
        if (c.Policy == Contracts.Failover.FailoverPolicy.Witness && c.Witness is null)
            throw Invalid("The witness policy needs a witness.", "witness");
        if (c.Witness is { } w && (ParseAddress(w.Address) is null || w.Port is < 1 or > 65535 || !IsKey(w.PublicKey, WitnessKeyBytes)))
            throw Invalid("The witness has an IP address, a port and a public key.", "witness");
    }

    private static void CheckMoving(EngineConfiguration engine, FailoverConfiguration c)
    {
        if (c.Replications is not { Count: >= 1 } || c.Replications.Distinct().Count() != c.Replications.Count)
            throw Invalid("At least one volume replication takes part, each once.", "replications");
        if (c.Targets is null || c.Targets.Distinct().Count() != c.Targets.Count)
            throw Invalid("A target takes part once.", "targets");
        foreach (var id in c.Replications)
        {
            if (engine.Replications.All(r => r.Id != id))
                throw Invalid($"There is no volume replication {id}.", "replications");
        }
        var volumes = engine.Replications.Where(r => c.Replications.Contains(r.Id)).Select(r => r.VolumeId).ToHashSet();
        foreach (var id in c.Targets)
        {
            var target = engine.Targets.FirstOrDefault(t => t.Id == id) ?? throw Invalid($"There is no target {id}.", "targets");
            if (target.Luns.FirstOrDefault(l => !volumes.Contains(l.VolumeId)) is { } lun)
                throw Invalid($"LUN {lun.Lun} of target {target.Name} has a volume that does not move with the failover.", "targets");
        }
        // An image has no other half on the peer.
        if (engine.Targets.FirstOrDefault(t => c.Targets.Contains(t.Id) && t.CdRoms.Count > 0) is { } withDrive)
            throw Invalid($"LUN {withDrive.CdRoms[0].Lun} of target {withDrive.Name} is a CD-ROM, which does not move with the failover.", "targets");
        // One volume behind a target that stays would be taken from its initiators with every switch.
        if (engine.Targets.FirstOrDefault(t => !c.Targets.Contains(t.Id) && t.Luns.Any(l => volumes.Contains(l.VolumeId))) is { } staying)
            throw Invalid($"Target {staying.Name} has a volume that moves with the failover, and does not take part itself.", "targets");
    }

    private static bool IsKey(string? text, int bytes)
    {
        var key = new byte[bytes + 1];
        return text is not null && Convert.TryFromBase64String(text, key, out var length) && length == bytes;
    }

    private static ProblemException Invalid(string detail, string field) => ProblemException.Invalid(ProblemCodes.FailoverInvalid, detail, $"failover.{field}");
}
