using Futago.Console.Client.VolumeReplication;
using Futago.Engine.Contracts.Failover;

namespace Futago.Console.Client.Failover;

/// <summary>What a failover is to be. Null leaves a property as it is; in a new failover it is then empty, to be filled in later.</summary>
/// <param name="Tasks">Names of volume replication tasks of this node that switch together.</param>
/// <param name="VirtualIps">At most 8. Each makes its NIC a way for heartbeats too.</param>
/// <param name="Auxiliaries">Auxiliary connections: more ways for heartbeats.</param>
/// <param name="PingNodes">At most 16 IP addresses; none is an address of the two nodes.</param>
/// <param name="Policy">Null as long as nobody has chosen: witness when there is one, else ping nodes, else people.</param>
/// <param name="Witness"><c>ADDRESS</c> or <c>ADDRESS:PORT</c>; empty for none.</param>
/// <param name="Primary">Which node serves when nothing else decides; null in a new failover: the one that is source.</param>
/// <param name="NewVolumes">
/// Made first, on both nodes, and taking part besides <paramref name="Tasks"/>. Asked again with the same values after a step
/// failed, it goes on from there.
/// </param>
public sealed record FailoverChange(
    IReadOnlyList<string>? Tasks = null,
    IReadOnlyList<VirtualIpChange>? VirtualIps = null,
    IReadOnlyList<AuxiliaryChange>? Auxiliaries = null,
    IReadOnlyList<string>? PingNodes = null,
    FailoverPolicy? Policy = null,
    string? Witness = null,
    PairSide? Primary = null,
    IReadOnlyList<NewFailoverVolume>? NewVolumes = null);

/// <summary>A volume that is made on both nodes, with its volume replication task, and becomes a LUN of a target.</summary>
/// <param name="Volume">Path on this node, such as <c>vg00/lv0001</c>; there must not be one.</param>
/// <param name="SizeBytes">Rounded up to whole MiB.</param>
/// <param name="Target">Name of the target; made when there is none.</param>
/// <param name="PeerVolume">Path on the peer; null: the same.</param>
/// <param name="Task">Name of the volume replication task; null: that of the volume.</param>
/// <param name="Lun">0–255; null for the lowest free number.</param>
/// <param name="Allow">Who may log in: IP address, subnet in CIDR form, or <c>ALL</c>; null: whoever may already.</param>
public sealed record NewFailoverVolume(
    string Volume,
    long SizeBytes,
    string Target,
    string? PeerVolume = null,
    string? Task = null,
    int? Lun = null,
    bool Thin = false,
    string? Allow = null);

/// <param name="Address">With the prefix length of its network, such as <c>10.77.0.10/24</c>.</param>
/// <param name="Nic">NIC of this node.</param>
/// <param name="PeerNic">NIC of the peer; null: of the same name.</param>
/// <param name="Broadcast">IPv4 only; null: the last address of the network.</param>
public sealed record VirtualIpChange(string Address, string Nic, string? PeerNic = null, string? Broadcast = null);

/// <param name="Nic">NIC of this node.</param>
/// <param name="PeerNic">NIC of the peer; null: of the same name.</param>
public sealed record AuxiliaryChange(string Nic, string? PeerNic = null);

/// <param name="Confirm">Name of this node, typed again.</param>
/// <param name="HereOnly">The peer keeps its side; for when it is away for good.</param>
public sealed record DeleteFailover(string Confirm, bool HereOnly = false);

/// <param name="Confirm">Name of this node, typed again.</param>
/// <param name="Force">Also when this node's data is not up to date: what only the peer has is then given up.</param>
public sealed record ServeAnyway(string Confirm, bool Force = false);

/// <param name="On">While on, nothing switches by itself, on both nodes.</param>
public sealed record FailoverMaintenance(bool On);
