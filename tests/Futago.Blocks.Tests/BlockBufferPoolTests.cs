namespace Futago.Blocks.Tests;

public sealed class BlockBufferPoolTests
{
    [Theory]
    [InlineData(1, 4096), InlineData(4096, 4096), InlineData(4097, 8192), InlineData(16 << 20, 16 << 20)]
    public void Rent_RoundsUpToPowersOfTwo(int length, int capacity)
    {
        var buffer = new BlockBufferPool(32 << 20).TryRent(length)!;

        Assert.Equal(capacity, buffer.Capacity);
        Assert.Equal(0, buffer.Address % BlockBuffer.Alignment);
    }

    [Fact]
    public void Rent_BudgetUsedUp_SaysNoUntilSomethingReturns()
    {
        var pool = new BlockBufferPool(8192);
        var (first, second) = (pool.TryRent(4096)!, pool.TryRent(4096)!);

        Assert.Null(pool.TryRent(4096));
        pool.Return(first);
        pool.Return(second);

        // Kept buffers of another size make room.
        Assert.NotNull(pool.TryRent(8192));
        Assert.Equal(8192, pool.AllocatedBytes);
    }
}
