namespace Futago.Engine.Contracts.Failover;

/// <summary>Who says, when the two nodes cannot see each other, which of them serves.</summary>
public enum FailoverPolicy
{
    Witness,
    /// <summary>Ping nodes only: best effort.</summary>
    PingOnly,
    /// <summary>People switch.</summary>
    Manual,
}

/// <summary>
/// The failover of a pair as this node takes part in it. Both nodes have one with the same <see cref="Id"/>; what differs is
/// <see cref="IsPrimary"/>, the addresses of the paths and the names of the NICs. Whether the failover manager runs is not
/// configuration: the two engines agree on it between them, and keep it with consoles and databases down.
/// </summary>
/// <param name="Id">Names the failover on both nodes and at the witness.</param>
/// <param name="IsPrimary">The configured role: primary serves when nothing else decides.</param>
/// <param name="Key">Base64 of the 32 bytes that authenticate heartbeats and the witness; the same on both nodes.</param>
/// <param name="VirtualIps">1–8. They move together.</param>
/// <param name="Paths">1–8 ways for heartbeats, in the same order on both nodes: the data network and each auxiliary connection.</param>
/// <param name="PingNodes">0–16 IP addresses, in the same order on both nodes; none is an address of either.</param>
/// <param name="Witness">Null while there is none.</param>
/// <param name="Replications">Replications that switch together. While the failover manager runs it decides their roles, not <see cref="Replication.ReplicationConfiguration.Role"/>.</param>
/// <param name="Targets">
/// Targets that move: while the failover manager runs they are served by the active node only, and only through the virtual IPs.
/// While it is stopped they are served like any other target where all their volumes are source.
/// </param>
public sealed record FailoverConfiguration(
    Guid Id,
    bool IsPrimary,
    FailoverPolicy Policy,
    string Key,
    IReadOnlyList<VirtualIpConfiguration> VirtualIps,
    IReadOnlyList<HeartbeatPathConfiguration> Paths,
    IReadOnlyList<string> PingNodes,
    WitnessConfiguration? Witness,
    IReadOnlyList<Guid> Replications,
    IReadOnlyList<Guid> Targets,
    FailoverTiming Timing)
{
    /// <summary>UDP port of the heartbeats.</summary>
    public const int HeartbeatPort = 7790;

    /// <summary>Never the key: records print their members, and logs print records.</summary>
    public override string ToString() => $"FailoverConfiguration {{ Id = {Id}, IsPrimary = {IsPrimary}, Policy = {Policy} }}";
}

/// <param name="Address">IP address, IPv4 or IPv6.</param>
/// <param name="PrefixLength">Of its network: 1–32 or 1–128.</param>
/// <param name="Nic">The NIC of this node that takes it.</param>
/// <param name="Broadcast">IPv4 only; null: the last address of the network.</param>
public sealed record VirtualIpConfiguration(string Address, int PrefixLength, string Nic, string? Broadcast = null);

/// <summary>A way for heartbeats between the two nodes.</summary>
/// <param name="Nic">The NIC of this node, for display.</param>
/// <param name="LocalAddress">This node's address; heartbeats leave from it and are accepted on it only.</param>
/// <param name="PeerAddress">The peer's address.</param>
public sealed record HeartbeatPathConfiguration(string Nic, string LocalAddress, string PeerAddress);

/// <param name="Address">IP address.</param>
/// <param name="Port">1–65535; 7791 unless there is a reason.</param>
/// <param name="PublicKey">Base64 of its public key as it was when it was set: no other witness is believed.</param>
public sealed record WitnessConfiguration(string Address, int Port, string PublicKey)
{
    public const int DefaultPort = 7791;
}

/// <summary>Times of the failover in milliseconds, the same on both nodes. What they mean and must satisfy is in docs/protocol/heartbeat.md.</summary>
public sealed record FailoverTiming(int HeartbeatMs = 500, int LeaseMs = 4000, int DeadMs = 5000, int TakeoverMs = 7500, int InitDeadMs = 30_000, bool StopWithoutPing = true);
