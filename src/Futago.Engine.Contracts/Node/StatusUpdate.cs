using Futago.Engine.Contracts.DataReplication;
using Futago.Engine.Contracts.Failover;
using Futago.Engine.Contracts.Iscsi;
using Futago.Engine.Contracts.Network;
using Futago.Engine.Contracts.Replication;
using Futago.Engine.Contracts.Shares;
using Futago.Engine.Contracts.Snapshots;
using Futago.Engine.Contracts.Volumes;

namespace Futago.Engine.Contracts.Node;

/// <summary>
/// One line of the live status stream. The first line has every section; later lines have only the sections that changed, whole.
/// A line with all sections null is a heartbeat (every 5 s): without one for 15 s the reader reconnects.
/// </summary>
public sealed record StatusUpdate(
    NodeStatus? Node = null,
    IReadOnlyList<UnitInfo>? Units = null,
    IReadOnlyList<GroupInfo>? Groups = null,
    IReadOnlyList<VolumeInfo>? Volumes = null,
    IReadOnlyList<TargetStatus>? Targets = null,
    IReadOnlyList<RefusedLogin>? RefusedLogins = null,
    IReadOnlyList<SnapshotInfo>? Snapshots = null,
    IReadOnlyList<ShareInfo>? Shares = null,
    IReadOnlyList<ReplicationStatus>? Replications = null,
    IReadOnlyList<ReplicationRunStatus>? Runs = null,
    FailoverSection? Failover = null,
    IReadOnlyList<NicInfo>? Nics = null);

/// <param name="Status">Null while there is no failover.</param>
public sealed record FailoverSection(FailoverStatus? Status);
