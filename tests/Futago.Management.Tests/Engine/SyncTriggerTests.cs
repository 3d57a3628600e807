using Futago.Engine.Contracts;
using Futago.Engine.Contracts.DataReplication;
using Futago.Engine.Contracts.Node;
using Futago.Engine.Contracts.Replication;
using Futago.Management.Engine;

namespace Futago.Management.Tests.Engine;

public sealed class SyncTriggerTests
{
    private static readonly ReplicationRunStatus Run = new(
        Guid.NewGuid(), Guid.NewGuid(), "nightly", DateTimeOffset.UnixEpoch, new ReplicationProgress(ReplicationPhase.Copying, 1, 1, 1, 1, 1, 1, 1), null);

    private static readonly VerifyReport Verify = new(DateTimeOffset.UnixEpoch, null, 0, 1, 0, [], Aborted: false);

    private static readonly ReplicationStatus Replication = new(
        Guid.NewGuid(), "replication1", Guid.NewGuid(), ReplicationConnection.Connected, ReplicationRole.Source, ReplicationRole.Destination, null,
        DataState.UpToDate, DataState.UpToDate, 1, 0, false, 1, "g", null, Verify, null, null, null, null, new ReplicationCounters(1, 1, 1, 1, 1, 1, 1, 1, 1, 1));

    private static readonly NodeStatus Node = new("a", "1.0", DateTimeOffset.UnixEpoch, 1, [], 5);

    [Fact]
    public void Trigger_WhileARunGoesOn_StaysTheSame()
    {
        using var live = New();
        var before = SyncTrigger.Of(live);

        live.Apply(new StatusUpdate(Runs: [Run with { Progress = Run.Progress with { Bytes = 2, Percent = 2 } }], Volumes: [], Nics: []));

        Assert.Equal(before, SyncTrigger.Of(live));
    }

    /// <summary>Each update of the engine comes as new objects; while the two sides are in step nothing in them concerns the database.</summary>
    [Fact]
    public void Trigger_WhileAReplicationIsWrittenTo_StaysTheSame()
    {
        using var live = New();
        var before = SyncTrigger.Of(live);

        live.Apply(new StatusUpdate(Replications: [Replication with { OutOfSyncBytes = 4096, Counters = Replication.Counters with { Writes = 2 } }]));

        Assert.Equal(before, SyncTrigger.Of(live));
    }

    public static TheoryData<StatusUpdate> Calls =>
    [
        new StatusUpdate(Runs: [Run with { Outcome = ReplicationOutcome.Ok }]),
        new StatusUpdate(Node: Node with { LastEventNumber = 6 }),
        new StatusUpdate(Node: Node with { ConfigurationRevision = 2 }),
        new StatusUpdate(Replications: []),
        new StatusUpdate(Replications: [Replication with { Role = ReplicationRole.Destination }]),
        new StatusUpdate(Replications: [Replication with { Verify = Verify with { FinishedAt = DateTimeOffset.UnixEpoch.AddSeconds(1) } }]),
    ];

    [Theory]
    [MemberData(nameof(Calls))]
    public void Trigger_WhenThereIsSomethingToStore_Changes(StatusUpdate update)
    {
        using var live = New();
        var before = SyncTrigger.Of(live);

        live.Apply(update);

        Assert.NotEqual(before, SyncTrigger.Of(live));
    }

    [Fact]
    public void Trigger_WhenTheEngineGoes_Changes()
    {
        using var live = New();
        var before = SyncTrigger.Of(live);

        live.Disconnect(new Problem(ProblemCodes.EngineUnreachable, "gone"));

        Assert.NotEqual(before, SyncTrigger.Of(live));
    }

    private static LiveStatus New()
    {
        var live = new LiveStatus(TimeProvider.System);
        live.Apply(new StatusUpdate(Node: Node, Runs: [Run], Replications: [Replication]));
        return live;
    }
}
