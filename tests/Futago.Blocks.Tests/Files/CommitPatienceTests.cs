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
            _patience.Committed(1, 0, Commit);
            Assert.Equal(TimeSpan.Zero, _patience.WaitFor(1));
        }
    }

    [Fact]
    public void TwoHalves_AreWaitedFor_UntilBothAreThere()
    {
        _patience.Committed(16, 16, Commit);

        Assert.Equal(32, _patience.Expected);
        Assert.Equal(Commit / 4, _patience.WaitFor(16));
        Assert.Equal(TimeSpan.Zero, _patience.WaitFor(32));
    }

    /// <summary>A commit that is over sooner than anybody could come back is not waited with.</summary>
    [Fact]
    public void QuickMedium_IsNotWaitedWith()
    {
        _patience.Committed(16, 16, TimeSpan.FromMicroseconds(100));

        Assert.Equal(TimeSpan.Zero, _patience.WaitFor(16));
    }

    [Fact]
    public void SlowMedium_IsWaitedWithForMilliseconds_AtMost()
    {
        _patience.Committed(16, 16, TimeSpan.FromSeconds(1));

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
            _patience.Committed(16, 16, Commit);
            return _patience.WaitFor(16);
        }
    }
}
