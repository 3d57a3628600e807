using System.Net;
using System.Net.Sockets;
using Futago.Console.Client.Failover;
using Futago.Console.Client.VolumeReplication;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Failover;
using Futago.Engine.Contracts.Replication;
using Futago.Management.Node;

namespace Futago.Management.Failover;

/// <summary>What people ask for, checked and completed; and what a peer asks for, checked as if a stranger had asked.</summary>
internal static class FailoverRules
{
    private const int NicNameLengthMax = 15;
    private const int KeyBytes = 32;

    /// <param name="witness">The witness that was asked for, with its key; null when the change does not speak of one.</param>
    public static FailoverSettings Apply(FailoverSettings before, FailoverChange change, NodeConfiguration configuration, WitnessConfiguration? witness, bool isNew)
    {
        var settings = before with
        {
            VirtualIps = change.VirtualIps is null ? before.VirtualIps : ReadVirtualIps(change.VirtualIps),
            Auxiliaries = change.Auxiliaries is null ? before.Auxiliaries : ReadAuxiliaries(change.Auxiliaries),
            PingNodes = change.PingNodes is null ? before.PingNodes : ReadPingNodes(change.PingNodes),
            Replications = change.Tasks is null ? before.Replications : ReadTasks(change.Tasks, configuration),
            ChosenPolicy = change.Policy ?? before.ChosenPolicy,
            Witness = change.Witness is null ? before.Witness : witness,
        };
        var sourceHere = SourceHere(settings, configuration);
        settings = settings with
        {
            IsPrimary = change.Primary switch
            {
                PairSide.Here => true,
                PairSide.Peer => false,
                _ when isNew || before.Replications.Count == 0 => sourceHere ?? before.IsPrimary,
                _ => before.IsPrimary,
            },
        };
        CheckPolicy(settings);
        return settings;
    }

    /// <summary>Which node the replications have their source on; null without any, or of both.</summary>
    public static bool? SourceHere(FailoverSettings settings, NodeConfiguration configuration)
    {
        var roles = configuration.VolumeReplications.Where(t => settings.Replications.Contains(t.Id)).Select(t => t.Role).Distinct().ToList();
        return roles is [var role] ? role == ReplicationRole.Source : null;
    }

    /// <summary>Nothing of the pair's own may stand in for a machine of others, or move.</summary>
    public static void CheckAddresses(FailoverSettings settings, params ReadOnlySpan<NodeNics> nodes)
    {
        foreach (var node in nodes)
        {
            foreach (var ip in settings.VirtualIps.Where(ip => node.Owns(ip.Address)))
                throw FailoverProblems.VirtualIpIsOwn(ip.Address, node.Node, "virtualIps");
            foreach (var ping in settings.PingNodes.Where(node.Owns))
                throw FailoverProblems.PingNodeIsNode(ping, node.Node);
        }
        foreach (var ping in settings.PingNodes.Where(p => settings.VirtualIps.Any(v => v.Address == p)))
            throw FailoverProblems.AddressInvalid(ping, "pingNodes", "it is a virtual IP of this failover");
    }

    /// <summary>Settings as a peer sent them.</summary>
    public static void CheckProposal(FailoverProposal proposal, NodeConfiguration configuration)
    {
        var s = proposal.Settings ?? FailoverSettings.Empty;
        var malformed = proposal.Settings is null || s.VirtualIps is null || s.Auxiliaries is null || s.Paths is null || s.PingNodes is null || s.Replications is null || proposal.Targets is null
            || (s.ChosenPolicy is { } policy && !Enum.IsDefined(policy))
            || s.Paths.Count > FailoverSettings.PathsMax || s.Replications.Count > FailoverSettings.ReplicationsMax || proposal.Targets.Count > FailoverSettings.ReplicationsMax
            || s.Replications.Distinct().Count() != s.Replications.Count
            || !Convert.TryFromBase64String(proposal.Key ?? "", new byte[KeyBytes + 1], out var length) || length != KeyBytes
            || s.Paths.Any(p => !IsNic(p.Nic) || !IsNic(p.PeerNic) || !StrictAddress.TryParse(p.LocalAddress, out _) || !StrictAddress.TryParse(p.PeerAddress, out _))
            || (s.Witness is { } w && (!StrictAddress.TryParse(w.Address, out _) || w.Port is < 1 or > 65535 || w.PublicKey is null or { Length: > 256 }));
        if (malformed)
            throw ProblemException.Invalid(ProblemCodes.RequestMalformed, "The proposal of the peer is not complete.");
        _ = ReadVirtualIps([.. s.VirtualIps!.Select(v => new VirtualIpChange($"{v.Address}/{v.PrefixLength}", v.Nic, v.PeerNic, v.Broadcast))]);
        _ = ReadAuxiliaries([.. s.Auxiliaries!.Select(a => new AuxiliaryChange(a.Nic, a.PeerNic))]);
        _ = ReadPingNodes(s.PingNodes!);
        foreach (var id in s.Replications!)
        {
            if (configuration.VolumeReplications.Find(t => t.Id == id) is not { Agreed: true, VolumeId: not null })
                throw FailoverProblems.TaskUnknown(id.ToString());
        }
        CheckPolicy(s);
    }

    /// <summary>Reads <c>10.77.0.3</c>, <c>10.77.0.3:7791</c>, <c>fd00::3</c> or <c>[fd00::3]:7791</c>.</summary>
    public static IPEndPoint ReadWitness(string typed)
    {
        var text = typed.Trim();
        if (StrictAddress.TryParse(text, out var alone))
            return new IPEndPoint(alone, WitnessConfiguration.DefaultPort);
        if (text.Length <= 64 && IPEndPoint.TryParse(text, out var endPoint) && endPoint.Port > 0 && StrictAddress.TryParse(endPoint.Address.ToString(), out _))
            return endPoint;
        throw FailoverProblems.AddressInvalid(text, "witness", "write the IP address of the witness, with a port unless it is 7791");
    }

    private static List<VirtualIpSetting> ReadVirtualIps(IReadOnlyList<VirtualIpChange> changes)
    {
        const string Field = "virtualIps";
        if (changes.Count > FailoverSettings.VirtualIpsMax)
            throw FailoverProblems.TooMany(Field, FailoverSettings.VirtualIpsMax);
        List<VirtualIpSetting> read = [];
        foreach (var change in changes)
        {
            var (address, prefixLength) = IpNetwork.Parse(change.Address, Field);
            if (IpNetwork.IsEdge(address, prefixLength))
                throw FailoverProblems.AddressInvalid(change.Address.Trim(), Field, "it is the first or the last address of its network");
            if (read.Exists(v => v.Address == address.ToString()))
                throw FailoverProblems.Twice(address.ToString(), Field);
            read.Add(new VirtualIpSetting(address.ToString(), prefixLength, ReadBroadcast(change.Broadcast, address, prefixLength), Nic(change.Nic, Field), Nic(Other(change.PeerNic, change.Nic), Field)));
        }
        return read;
    }

    private static string? ReadBroadcast(string? typed, IPAddress address, int prefixLength)
    {
        if (string.IsNullOrWhiteSpace(typed))
            return null;
        var broadcast = IpNetwork.ParseHost(typed, "virtualIps");
        return address.AddressFamily == AddressFamily.InterNetwork && Subnet.Contains(address, prefixLength, broadcast) && !broadcast.Equals(address)
            ? broadcast.ToString()
            : throw FailoverProblems.AddressInvalid(typed.Trim(), "virtualIps", "a broadcast address is in the network of its virtual IP, and IPv4 only");
    }

    private static List<AuxiliarySetting> ReadAuxiliaries(IReadOnlyList<AuxiliaryChange> changes)
    {
        const string Field = "auxiliaries";
        if (changes.Count > FailoverSettings.PathsMax)
            throw FailoverProblems.TooMany(Field, FailoverSettings.PathsMax);
        List<AuxiliarySetting> read = [];
        foreach (var change in changes)
        {
            var setting = new AuxiliarySetting(Nic(change.Nic, Field), Nic(Other(change.PeerNic, change.Nic), Field));
            if (read.Exists(a => a.Nic == setting.Nic || a.PeerNic == setting.PeerNic))
                throw FailoverProblems.Twice(setting.Nic, Field);
            read.Add(setting);
        }
        return read;
    }

    private static List<string> ReadPingNodes(IReadOnlyList<string> typed)
    {
        const string Field = "pingNodes";
        if (typed.Count > FailoverSettings.PingNodesMax)
            throw FailoverProblems.TooMany(Field, FailoverSettings.PingNodesMax);
        List<string> read = [];
        foreach (var text in typed)
        {
            var address = IpNetwork.ParseHost(text, Field).ToString();
            if (read.Contains(address))
                throw FailoverProblems.Twice(address, Field);
            read.Add(address);
        }
        return read;
    }

    private static List<Guid> ReadTasks(IReadOnlyList<string> names, NodeConfiguration configuration)
    {
        if (names.Count > FailoverSettings.ReplicationsMax)
            throw FailoverProblems.TooMany("tasks", FailoverSettings.ReplicationsMax);
        List<Guid> read = [];
        List<ReplicationRole> roles = [];
        foreach (var name in names)
        {
            if (configuration.VolumeReplications.Find(t => t.Name == name?.Trim()) is not { Agreed: true } task)
                throw FailoverProblems.TaskUnknown(name ?? "");
            if (read.Contains(task.Id))
                throw FailoverProblems.Twice(task.Name, "tasks");
            read.Add(task.Id);
            roles.Add(task.Role);
        }
        return roles.Distinct().Count() <= 1 ? read : throw FailoverProblems.SourcesMixed();
    }

    private static void CheckPolicy(FailoverSettings settings)
    {
        if (settings.ChosenPolicy == FailoverPolicy.Witness && settings.Witness is null)
            throw FailoverProblems.PolicyNeeds(witness: true);
        if (settings.ChosenPolicy == FailoverPolicy.PingOnly && settings.PingNodes.Count == 0)
            throw FailoverProblems.PolicyNeeds(witness: false);
    }

    private static string Other(string? peerNic, string nic) => string.IsNullOrWhiteSpace(peerNic) ? nic : peerNic;

    private static string Nic(string? name, string field)
    {
        var trimmed = name?.Trim() ?? "";
        return IsNic(trimmed) ? trimmed : throw ProblemException.Invalid(ProblemCodes.NameInvalid, $"A NIC has a name of 1 to {NicNameLengthMax} characters, such as eth0.", field, ("name", ""));
    }

    // What Linux takes as the name of an interface.
    private static bool IsNic(string? name) => name is { Length: >= 1 and <= NicNameLengthMax } && name.All(c => c is > ' ' and < (char)127 and not '/' and not ':') && name[0] != '-';
}
