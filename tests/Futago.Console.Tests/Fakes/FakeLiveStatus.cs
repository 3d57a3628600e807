using Futago.Console.Client.Node;
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

namespace Futago.Console.Tests.Fakes;

public sealed class FakeLiveStatus : ILiveStatus
{
    public event Action? Changed;

    public bool Connected { get; set; } = true;

    public DateTimeOffset Since { get; set; } = Sample.Time;

    public Problem? Problem { get; set; }

    public NodeStatus? Node { get; set; } = Sample.Node;

    public IReadOnlyList<UnitInfo> Units { get; set; } = [];

    public IReadOnlyList<GroupInfo> Groups { get; set; } = [];

    public IReadOnlyList<VolumeInfo> Volumes { get; set; } = [];

    public IReadOnlyList<TargetStatus> Targets { get; set; } = [];

    public IReadOnlyList<RefusedLogin> RefusedLogins { get; set; } = [];

    public IReadOnlyList<SnapshotInfo> Snapshots { get; set; } = [];

    public IReadOnlyList<ShareInfo> Shares { get; set; } = [];

    public IReadOnlyList<ReplicationRunStatus> Runs { get; set; } = [];

    public IReadOnlyList<ReplicationStatus> Replications { get; set; } = [];

    public FailoverStatus? Failover { get; set; }

    public IReadOnlyList<NicInfo> Nics { get; set; } = [];

    public bool HasSubscribers => Changed is not null;

    public void RaiseChanged() => Changed?.Invoke();
}
