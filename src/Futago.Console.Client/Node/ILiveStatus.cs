using Futago.Engine.Contracts;
using Futago.Engine.Contracts.DataReplication;
using Futago.Engine.Contracts.Failover;
using Futago.Engine.Contracts.Iscsi;
using Futago.Engine.Contracts.Network;
using Futago.Engine.Contracts.Node;
using Futago.Engine.Contracts.Replication;
using Futago.Engine.Contracts.Shares;
using Futago.Engine.Contracts.Snapshots;
using Futago.Engine.Contracts.Volumes;

namespace Futago.Console.Client.Node;

/// <summary>
/// The last status that the engine streamed, for pages that update themselves. Only inside the console: elsewhere ask the API.
/// Lists are immutable snapshots and stay as they were when the engine goes away; <see cref="Connected"/> says whether they are current.
/// </summary>
public interface ILiveStatus
{
    bool Connected { get; }

    /// <summary>Since when <see cref="Connected"/> has its value.</summary>
    DateTimeOffset Since { get; }

    /// <summary>Why the engine is not connected; null while it is.</summary>
    Problem? Problem { get; }

    NodeStatus? Node { get; }

    IReadOnlyList<UnitInfo> Units { get; }

    IReadOnlyList<GroupInfo> Groups { get; }

    IReadOnlyList<VolumeInfo> Volumes { get; }

    IReadOnlyList<TargetStatus> Targets { get; }

    IReadOnlyList<RefusedLogin> RefusedLogins { get; }

    IReadOnlyList<SnapshotInfo> Snapshots { get; }

    IReadOnlyList<ShareInfo> Shares { get; }

    /// <summary>Runs of data replication that are going on, or have ended just now.</summary>
    IReadOnlyList<ReplicationRunStatus> Runs { get; }

    /// <summary>Volume replications as the engine sees them now.</summary>
    IReadOnlyList<ReplicationStatus> Replications { get; }

    /// <summary>Null while there is no failover.</summary>
    FailoverStatus? Failover { get; }

    IReadOnlyList<NicInfo> Nics { get; }

    /// <summary>Raised on any thread after a change, at most twice a second. Subscribers marshal to their own context.</summary>
    event Action? Changed;
}
