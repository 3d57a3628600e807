using Futago.Engine.Failover;
using Futago.Engine.Replication;
using Futago.Failover;

namespace Futago.Engine.Tests.Failover;

public sealed class MirrorSnapshotTests
{
    private static readonly MirrorView Good = new(MirrorLink.InSync, DataState.UpToDate, false, 7, 3);

    [Fact]
    public void Volumes_CountAsTheWorstOfThem()
    {
        var snapshot = MirrorSnapshot.Of(
        [
            (Guid.NewGuid(), Good),
            (Guid.NewGuid(), Good with { Link = MirrorLink.Syncing, Term = 9 }),
            (Guid.NewGuid(), Good with { Data = DataState.Outdated, SplitBrain = true }),
        ]);

        Assert.Equal(new MirrorStatus(MirrorLink.Syncing, DataState.Outdated, SplitBrain: true, Term: 9), snapshot.Status);
    }

    [Fact]
    public void VolumeThatIsNotOpen_IsNoReasonToServe() =>
        Assert.Equal(new MirrorStatus(MirrorLink.Down, DataState.Diskless, Term: 7), MirrorSnapshot.Of([(Guid.NewGuid(), Good), (Guid.NewGuid(), MirrorView.NotOpen)]).Status);

    [Fact]
    public void NoVolumes_AreNoReasonToServe() => Assert.Equal(new MirrorStatus(MirrorLink.Down, DataState.Diskless), MirrorSnapshot.Of([]).Status);

    [Fact]
    public void AnotherConnection_IsAnotherSnapshot()
    {
        var id = Guid.NewGuid();

        Assert.True(MirrorSnapshot.Of([(id, Good)]).IsSame(MirrorSnapshot.Of([(id, Good)])));
        Assert.False(MirrorSnapshot.Of([(id, Good)]).IsSame(MirrorSnapshot.Of([(id, Good with { Connections = 4 })])));
    }
}
