using Futago.Engine.Contracts.DataReplication;
using Futago.Engine.Contracts.Node;
using Futago.Management.Engine;

namespace Futago.Management.Tests.Engine;

public sealed class SyncTriggerTests
{
    private static readonly ReplicationRunStatus Run = new(
        Guid.NewGuid(), Guid.NewGuid(), "nightly", DateTimeOffset.UnixEpoch, new ReplicationProgress(ReplicationPhase.Copying, 1, 1, 1, 1, 1, 1, 1), null);

    private static readonly NodeStatus Node = new("a", "1.0", DateTimeOffset.UnixEpoch, 1, [], 5);

    [Fact]
    public void Trigger_WhileARunGoesOn_StaysTheSame()
    {
        using var live = New();
        var before = SyncTrigger.Of(live);

        live.Apply(new StatusUpdate(Runs: [Run with { Progress = Run.Progress with { Bytes = 2, Percent = 2 } }], Volumes: [], Nics: []));

        Assert.Equal(before, SyncTrigger.Of(live));
    }

    public static TheoryData<StatusUpdate> Calls =>
    [
        new StatusUpdate(Runs: [Run with { Outcome = ReplicationOutcome.Ok }]),
        new StatusUpdate(Node: Node with { LastEventNumber = 6 }),
        new StatusUpdate(Node: Node with { ConfigurationRevision = 2 }),
        new StatusUpdate(Replications: []),
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

        live.Disconnect("gone");

        Assert.NotEqual(before, SyncTrigger.Of(live));
    }

    private static LiveStatus New()
    {
        var live = new LiveStatus(TimeProvider.System);
        live.Apply(new StatusUpdate(Node: Node, Runs: [Run], Replications: [null!]));
        return live;
    }
}
