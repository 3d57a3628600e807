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
public sealed record FailoverChange(
    IReadOnlyList<string>? Tasks = null,
    IReadOnlyList<VirtualIpChange>? VirtualIps = null,
    IReadOnlyList<AuxiliaryChange>? Auxiliaries = null,
    IReadOnlyList<string>? PingNodes = null,
    FailoverPolicy? Policy = null,
    string? Witness = null,
    PairSide? Primary = null);

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
