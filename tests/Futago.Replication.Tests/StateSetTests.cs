using Futago.Replication.Tests.StateCheck;

namespace Futago.Replication.Tests;

/// <summary>What the search for every order of events rests on: that no state is ever taken for one that was seen.</summary>
public sealed class StateSetTests
{
    /// <summary>More than its first buckets hold, so that it overflows, and then splits them twice.</summary>
    [Fact]
    public void EveryState_IsNewOnce_BeforeAndAfterBucketsOverflowAndSplit()
    {
        const int count = 6_000_000;
        using var set = new StateSet();

        for (var i = 0; i < count; i++)
            Assert.True(set.TryAdd(State(i)));
        set.MakeRoom(count);

        for (var i = 0; i < count; i++)
            Assert.False(set.TryAdd(State(i)));
        for (var i = count; i < count + 1000; i++)
            Assert.True(set.TryAdd(State(i)));
    }

    [Theory]
    [InlineData(1, 1, 1, 1, 1, 1, false)]
    [InlineData(1, 1, 1, 2, 1, 1, false)]
    [InlineData(1, 1, 1, 1, 2, 1, false)]
    [InlineData(1, 1, 1, 1, 1, 4, false)]
    [InlineData(1, 1, 1, 0, 2, 2, true)]
    [InlineData(1, 1, 1, 2, 0, 2, true)]
    [InlineData(1, 1, 1, 2, 2, 0, true)]
    [InlineData(2, 2, 4, 1, 1, 1, true)]
    public void State_SeenWithNoMoreUsedUp_IsNotNew(int seenCrashes, int seenPartitions, int seenPromotions, int crashes, int partitions, int promotions, bool isNew)
    {
        using var set = new StateSet();
        set.TryAdd(State(7, seenCrashes, seenPartitions, seenPromotions));

        Assert.Equal(isNew, set.TryAdd(State(7, crashes, partitions, promotions)));
    }

    /// <summary>Both halves of the key count, and so do its first and last bits.</summary>
    [Fact]
    public void EveryBit_MakesAnotherState()
    {
        using var set = new StateSet();
        Assert.True(set.TryAdd(UInt128.Zero));

        for (var bit = 0; bit < World.KeyBits; bit++)
            Assert.True(set.TryAdd(UInt128.One << bit));
    }

    private static UInt128 State(int number, int crashes = 0, int partitions = 0, int promotions = 0) =>
        (UInt128)(uint)number | (UInt128)(uint)(number % 1000) << 70 | (UInt128)(uint)(crashes | partitions << 2 | promotions << 4) << World.KeyBits;
}
