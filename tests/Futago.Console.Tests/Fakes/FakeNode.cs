using Futago.Console.Client.DataReplication;
using Futago.Console.Client.Events;
using Futago.Console.Client.Failover;
using Futago.Console.Client.Network;
using Futago.Console.Client.Node;
using Futago.Console.Client.Pairing;
using Futago.Console.Client.Shares;
using Futago.Console.Client.Snapshots;
using Futago.Console.Client.Targets;
using Futago.Console.Client.Tasks;
using Futago.Console.Client.Users;
using Futago.Console.Client.VolumeReplication;
using Futago.Console.Client.Volumes;
using Microsoft.Extensions.DependencyInjection;

namespace Futago.Console.Tests.Fakes;

/// <summary>All that the pages talk to, in memory.</summary>
public sealed class FakeNode
{
    public FakeNode()
    {
        Volumes = new FakeVolumeManager(Live);
        Sessions = new FakeSessions(Live);
        Settings = new FakeNodeSettings(Live);
        VolumeReplications = new FakeVolumeReplications(Live);
        Failover = new FakeFailover(Live);
    }

    public FakeLiveStatus Live { get; } = new();

    public FakeTargets Targets { get; } = new();

    public FakeVolumeManager Volumes { get; }

    public FakeSessions Sessions { get; }

    public FakeDiagnostics Diagnostics { get; } = new();

    public FakeNodeSettings Settings { get; }

    public FakeEvents Events { get; } = new();

    public FakeUsers Users { get; } = new();

    public FakePair Pair { get; } = new();

    public FakeLivePeer Peer { get; } = new();

    public FakeSnapshots Snapshots { get; } = new();

    public FakeSnapshotSchedules SnapshotSchedules { get; } = new();

    public FakeTasks Tasks { get; } = new();

    public FakeDataReplication DataReplication { get; } = new();

    public FakeAgent Agent { get; } = new();

    public FakeShares Shares { get; } = new();

    public FakeVolumeReplications VolumeReplications { get; }

    public FakeFailover Failover { get; }

    public FakeNicTraffic Traffic { get; } = new();

    public void Register(IServiceCollection services)
    {
        services.AddSingleton<ILiveStatus>(Live);
        services.AddSingleton<ITargets>(Targets);
        services.AddSingleton<IVolumeManager>(Volumes);
        services.AddSingleton<ISessions>(Sessions);
        services.AddSingleton<IDiagnostics>(Diagnostics);
        services.AddSingleton<INodeSettings>(Settings);
        services.AddSingleton<IEvents>(Events);
        services.AddSingleton<IUsers>(Users);
        services.AddSingleton<IPair>(Pair);
        services.AddSingleton<ILivePeer>(Peer);
        services.AddSingleton<ISnapshotManager>(Snapshots);
        services.AddSingleton<ISnapshotSchedules>(SnapshotSchedules);
        services.AddSingleton<ITasks>(Tasks);
        services.AddSingleton<ILiveTasks>(Tasks);
        services.AddSingleton<IDataReplication>(DataReplication);
        services.AddSingleton<IReplicationAgent>(Agent);
        services.AddSingleton<IShares>(Shares);
        services.AddSingleton<IVolumeReplications>(VolumeReplications);
        services.AddSingleton<IFailover>(Failover);
        services.AddSingleton<INicTraffic>(Traffic);
    }
}
