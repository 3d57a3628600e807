namespace Futago.Blocks.Tests.Files;

public sealed class CommitPatienceTests
{
    private static readonly TimeSpan Commit = TimeSpan.FromMilliseconds(1);

    private readonly CommitPatience _patience = new();

    [Fact]
    public void First_WaitsForNobody() => Assert.Equal(TimeSpan.Zero, _patience.WaitFor(1));

    /// <summary>Who has one write under way at a time gains nothing by waiting.</summary>
    [Fact]
    public void OneAtATime_NeverWaits()
    {
        for (var i = 0; i < 10; i++)
        {
            Committed(1, 0, Commit);
            Assert.Equal(TimeSpan.Zero, _patience.WaitFor(1));
        }
    }

    [Fact]
    public void TwoHalves_AreWaitedFor_UntilBothAreThere()
    {
        Committed(16, 16, Commit);

        Assert.Equal(32, _patience.Expected);
        Assert.Equal(Commit / 4, _patience.WaitFor(16));
        Assert.Equal(TimeSpan.Zero, _patience.WaitFor(32));
    }

    /// <summary>A commit that is over sooner than anybody could come back is not waited with.</summary>
    [Fact]
    public void QuickMedium_IsNotWaitedWith()
    {
        Committed(16, 16, TimeSpan.FromMicroseconds(100));

        Assert.Equal(TimeSpan.Zero, _patience.WaitFor(16));
    }

    [Fact]
    public void SlowMedium_IsWaitedWithForMilliseconds_AtMost()
    {
        Committed(16, 16, TimeSpan.FromSeconds(1));

        Assert.Equal(TimeSpan.FromMilliseconds(2), _patience.WaitFor(16));
    }

    /// <summary>What is waited in vain grows ever rarer, and as soon as it was right it is done every time again.</summary>
    [Fact]
    public void InVain_IsTriedEverMoreRarely_UntilItWasRight()
    {
        List<int> pauses = [];
        for (var round = 0; round < 8; round++)
        {
            var between = 0;
            for (; WaitsAt16() == TimeSpan.Zero; between++)
                Assert.True(between < 100);
            _patience.Waited(16, 17);
            pauses.Add(between);
        }
        Assert.Equal([0, 1, 2, 4, 8, 16, 32, 64], pauses);

        while (WaitsAt16() == TimeSpan.Zero)
        {
            // The last pause.
        }
        _patience.Waited(16, 24);
        Assert.Equal(Commit / 4, WaitsAt16());

        TimeSpan WaitsAt16()
        {
            Committed(16, 16, Commit);
            return _patience.WaitFor(16);
        }
    }

    /// <summary>Half as many in half the time, and what comes in meanwhile costs nothing: waiting only keeps the medium idle.</summary>
    [Fact]
    public void CommitsThatTakeAsLongAsTheyAreLarge_AreSoonNotWaitedWith()
    {
        var waited = Enumerable.Range(0, 100 * Contest.StepsOfPeriod).Select(_ => CommitOf32(perWrite: Commit / 16, fixedCost: TimeSpan.Zero)).TakeLast(50 * Contest.StepsOfPeriod);

        Assert.InRange(waited.Count(w => w), 1, 10 * Contest.StepsOfPeriod);
    }

    [Fact]
    public void CommitsThatAlwaysTakeTheSame_AreWaitedWith()
    {
        var waited = Enumerable.Range(0, 100 * Contest.StepsOfPeriod).Select(_ => CommitOf32(perWrite: TimeSpan.Zero, fixedCost: Commit)).TakeLast(50 * Contest.StepsOfPeriod);

        Assert.InRange(waited.Count(w => !w), 1, 10 * Contest.StepsOfPeriod);
    }

    /// <summary>The next commit of somebody who keeps 32 writes under way, half of which have joined when the last one ends.</summary>
    private bool CommitOf32(TimeSpan perWrite, TimeSpan fixedCost)
    {
        if (_patience.Expected == 0)
            Committed(16, 16, Commit);
        var waits = _patience.WaitFor(16) > TimeSpan.Zero;
        if (waits)
            _patience.Waited(16, 32);
        var writes = waits ? 32 : 16;
        var took = fixedCost + perWrite * writes;
        _patience.Committed(writes, 32 - writes, took, waits ? took + Commit / 8 : took);
        return waits;
    }

    private void Committed(int ended, int joined, TimeSpan took) => _patience.Committed(ended, joined, took, took);
}
