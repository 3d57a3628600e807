using Futago.Engine.Fuse;

namespace Futago.Engine.Tests.Fuse;

public class WriteOrderTests
{
    [Fact]
    public void TryEnter_WholeBlocks_GoSideBySide()
    {
        var order = new WriteOrder<int>();

        Assert.True(order.TryEnter(1, alone: false));
        Assert.True(order.TryEnter(2, alone: false));
    }

    [Fact]
    public void TryEnter_PartOfABlock_WaitsForAllAndHoldsAllBehind()
    {
        var order = new WriteOrder<int>();
        order.TryEnter(1, alone: false);
        order.TryEnter(2, alone: false);

        Assert.False(order.TryEnter(3, alone: true));
        Assert.False(order.TryEnter(4, alone: false));
        Assert.False(order.TryEnter(5, alone: false));
        Assert.Empty(order.Leave());
        Assert.Equal([3], order.Leave());
        Assert.Equal([4, 5], order.Leave());
    }

    [Fact]
    public void Leave_OneAfterTheOtherAlone_HandsOutOneAtATime()
    {
        var order = new WriteOrder<int>();
        order.TryEnter(1, alone: true);
        order.TryEnter(2, alone: true);
        order.TryEnter(3, alone: true);

        Assert.Equal([2], order.Leave());
        Assert.Equal([3], order.Leave());
        Assert.Empty(order.Leave());
        Assert.True(order.TryEnter(4, alone: false));
    }
}
