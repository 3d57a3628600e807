using System.Text.Json.Serialization;
using Futago.Engine.Contracts.Failover;

namespace Futago.Management.Failover;

/// <summary>
/// What people have decided about the failover, seen from one node. Never changed, only replaced. Lists are in the same order on
/// both nodes.
/// </summary>
/// <param name="ChosenPolicy">Null: see <see cref="Policy"/>.</param>
/// <param name="Paths">What <paramref name="VirtualIps"/> and <paramref name="Auxiliaries"/> came to when they were set.</param>
/// <param name="Replications">Ids of volume replications; a pair's are the same on both nodes.</param>
public sealed record FailoverSettings(
    bool IsPrimary,
    FailoverPolicy? ChosenPolicy,
    IReadOnlyList<VirtualIpSetting> VirtualIps,
    IReadOnlyList<AuxiliarySetting> Auxiliaries,
    IReadOnlyList<PathSetting> Paths,
    IReadOnlyList<string> PingNodes,
    WitnessConfiguration? Witness,
    IReadOnlyList<Guid> Replications)
{
    public const int VirtualIpsMax = 8;
    public const int PathsMax = 8;
    public const int PingNodesMax = 16;
    public const int ReplicationsMax = 256;

    public static FailoverSettings Empty { get; } = new(true, null, [], [], [], [], null, []);

    [JsonIgnore]
    public FailoverPolicy Policy => ChosenPolicy ?? (Witness is not null ? FailoverPolicy.Witness : PingNodes.Count > 0 ? FailoverPolicy.PingOnly : FailoverPolicy.Manual);

    /// <summary>It has all that the engine needs. Until then it is being put together, and the engine is not told.</summary>
    [JsonIgnore]
    public bool Complete => VirtualIps.Count > 0 && Paths.Count > 0 && Replications.Count > 0;

    /// <summary>The same, seen from the other node.</summary>
    public FailoverSettings Mirrored() => this with
    {
        IsPrimary = !IsPrimary,
        VirtualIps = [.. VirtualIps.Select(v => v with { Nic = v.PeerNic, PeerNic = v.Nic })],
        Auxiliaries = [.. Auxiliaries.Select(a => new AuxiliarySetting(a.PeerNic, a.Nic))],
        Paths = [.. Paths.Select(p => p with { Nic = p.PeerNic, PeerNic = p.Nic, LocalAddress = p.PeerAddress, PeerAddress = p.LocalAddress })],
    };
}

/// <param name="Address">IP address in its canonical spelling.</param>
/// <param name="Nic">NIC of this node.</param>
public sealed record VirtualIpSetting(string Address, int PrefixLength, string? Broadcast, string Nic, string PeerNic);

public sealed record AuxiliarySetting(string Nic, string PeerNic);

public sealed record PathSetting(string Nic, string PeerNic, string LocalAddress, string PeerAddress, bool Auxiliary);
