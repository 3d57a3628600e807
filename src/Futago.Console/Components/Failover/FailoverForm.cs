using Futago.Console.Client.Failover;
using Futago.Console.Client.VolumeReplication;
using Futago.Engine.Contracts.Failover;
using Futago.Engine.Contracts.Network;

namespace Futago.Console.Components.Failover;

/// <summary>Parts of the failover that can be set on their own, as the step-by-step way does.</summary>
[Flags]
public enum FailoverParts
{
    Tasks = 1,
    VirtualIps = 2,
    Auxiliaries = 4,
    PingNodes = 8,
    All = Tasks | VirtualIps | Auxiliaries | PingNodes,
}

/// <summary>What somebody has typed and chosen so far.</summary>
public sealed class FailoverForm
{
    public HashSet<string> Tasks { get; } = new(StringComparer.Ordinal);

    /// <summary>To be made on both nodes first.</summary>
    public List<NewVolumeRow> NewVolumes { get; } = [];

    public List<VirtualIpRow> VirtualIps { get; } = [];

    public List<AuxiliaryRow> Auxiliaries { get; } = [];

    /// <summary>Addresses with commas or blanks between them.</summary>
    public string PingNodes { get; set; } = "";

    public string Witness { get; set; } = "";

    public FailoverPolicy? Policy { get; set; }

    /// <summary>Null: the node that is source.</summary>
    public PairSide? Primary { get; set; }

    /// <summary>As it is; for a new one, what is most likely meant.</summary>
    public static FailoverForm Of(FailoverDefinition? definition, FailoverOffer offer)
    {
        var form = new FailoverForm();
        if (definition is null)
        {
            // All tasks that have their source on the same node as the first one; a data NIC; another one between the nodes.
            var first = offer.Tasks is [var task, ..] ? task : null;
            form.Tasks.UnionWith(offer.Tasks.Where(t => t.SourceHere == first?.SourceHere).Select(t => t.Name));
            var nics = offer.Nics.Where(n => n.Up && offer.PeerNics.Any(p => p.Name == n.Name)).ToList();
            form.VirtualIps.Add(new VirtualIpRow { Nic = nics is [var data, ..] ? data.Name : "", PeerNic = nics is [var same, ..] ? same.Name : "" });
            // Nothing that could take part yet: it is to be made.
            if (first is null && offer.Groups.Count > 0 && offer.PeerGroups.Count > 0)
                form.NewVolumes.Add(NewVolumeRow.Of(offer, []));
            if (nics.Count > 1)
                form.Auxiliaries.Add(new AuxiliaryRow { Nic = nics[1].Name, PeerNic = nics[1].Name });
            return form;
        }
        form.Tasks.UnionWith(definition.Tasks.Select(t => t.Name).OfType<string>());
        form.VirtualIps.AddRange(definition.VirtualIps.Select(v => new VirtualIpRow { Address = $"{v.Address}/{v.PrefixLength}", Broadcast = v.Broadcast ?? "", Nic = v.Nic, PeerNic = v.PeerNic }));
        form.Auxiliaries.AddRange(definition.Auxiliaries.Select(a => new AuxiliaryRow { Nic = a.Nic, PeerNic = a.PeerNic }));
        form.PingNodes = string.Join(", ", definition.PingNodes);
        form.Witness = definition.Witness is { } witness ? Place(witness) : "";
        form.Policy = definition.PolicyChosen ? definition.Policy : null;
        form.Primary = definition.IsPrimary ? PairSide.Here : PairSide.Peer;
        return form;
    }

    /// <summary>The request for some parts; the others stay as they are.</summary>
    /// <param name="present">What there is: a witness that stays is not asked again.</param>
    public FailoverChange ToChange(FailoverParts parts, FailoverDefinition? present) => new(
        parts.HasFlag(FailoverParts.Tasks) ? [.. Tasks.Order(StringComparer.Ordinal)] : null,
        parts.HasFlag(FailoverParts.VirtualIps)
            ? [.. VirtualIps.Where(v => v.Address.Trim().Length > 0).Select(v => new VirtualIpChange(v.Address.Trim(), v.Nic, v.PeerNic, v.Broadcast.Trim().Length > 0 ? v.Broadcast.Trim() : null))]
            : null,
        parts.HasFlag(FailoverParts.Auxiliaries) ? [.. Auxiliaries.Select(a => new AuxiliaryChange(a.Nic, a.PeerNic))] : null,
        parts.HasFlag(FailoverParts.PingNodes) ? PingNodes.Split([',', ' ', '、', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) : null,
        parts.HasFlag(FailoverParts.PingNodes) ? Policy : null,
        !parts.HasFlag(FailoverParts.PingNodes) || Witness.Trim() == (present?.Witness is { } witness ? Place(witness) : "") ? null : Witness.Trim(),
        parts.HasFlag(FailoverParts.Tasks) ? Primary : null,
        // Only in the one form, which shows them.
        parts == FailoverParts.All && NewVolumes.Count > 0 ? [.. NewVolumes.Select(v => v.ToRequest())] : null);

    public static IEnumerable<string> NicNames(IReadOnlyList<NicInfo> nics, string chosen) =>
        nics.Select(n => n.Name).Append(chosen).Where(n => n.Length > 0).Distinct(StringComparer.Ordinal);

    private static string Place(FailoverWitness witness) => witness.Address.Contains(':', StringComparison.Ordinal)
        ? $"[{witness.Address}]:{witness.Port}"
        : $"{witness.Address}:{witness.Port}";
}

public sealed class VirtualIpRow
{
    public string Address { get; set; } = "";

    public string Broadcast { get; set; } = "";

    public string Nic { get; set; } = "";

    public string PeerNic { get; set; } = "";
}

public sealed class AuxiliaryRow
{
    public string Nic { get; set; } = "";

    public string PeerNic { get; set; } = "";
}
