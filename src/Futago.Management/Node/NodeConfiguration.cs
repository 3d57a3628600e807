using Futago.Engine.Contracts.DataReplication;
using Futago.Engine.Contracts.Link;
using Futago.Management.DataReplication;
using Futago.Management.Failover;
using Futago.Management.Pairing;
using Futago.Management.Targets;
using Futago.Management.VolumeReplication;

namespace Futago.Management.Node;

/// <summary>
/// All that people configure on this node and the engine serves: the one aggregate that every change goes through, so that a
/// revision number orders all changes and the whole of it can be pushed as one document.
/// </summary>
public sealed class NodeConfiguration
{
    /// <summary>There is exactly one row.</summary>
    public const int SingleId = 1;

    public int Id { get; init; } = SingleId;

    /// <summary>See <see cref="NodeNameRule"/>.</summary>
    public required string NodeName { get; set; }

    /// <summary>Grows with every change; the engine refuses a lower one.</summary>
    public long Revision { get; set; } = 1;

    /// <summary>
    /// The portal that the command line named at the last start. While it is the only one configured, a new one on the command
    /// line replaces it; what an administrator has set is never overridden.
    /// </summary>
    public string? SeededPortal { get; set; }

    /// <summary>Whether the data replication agent accepts connections.</summary>
    public bool AgentEnabled { get; set; }

    public int AgentTlsPort { get; set; } = AgentConfiguration.DefaultTlsPort;

    /// <summary>Null: data replication only over TLS.</summary>
    public int? AgentPlainPort { get; set; }

    /// <summary>The shares that use data replication.</summary>
    public List<AgentShare> AgentShares { get; init; } = [];

    public List<Portal> Portals { get; init; } = [];

    public List<Target> Targets { get; init; } = [];

    /// <summary>Volume replication tasks, own and reverse ones. There are none without a <see cref="Peer"/>.</summary>
    public List<VolumeReplicationTask> VolumeReplications { get; init; } = [];

    /// <summary>Null while there is none. There is none without a <see cref="Peer"/>.</summary>
    public FailoverPair? Failover { get; set; }

    /// <summary>Null while this node is not paired.</summary>
    public Peer? Peer { get; set; }

    /// <summary>This node's own address for the replication link; null for any.</summary>
    public string? ReplicationAddress { get; set; }

    /// <summary>Port of this node's replication link, 1–65535.</summary>
    public int LinkPort { get; set; } = PeerConfiguration.DefaultPort;
}
