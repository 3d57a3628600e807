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

    [Fact]
    public void Forget_Buffer_StaysRentedAndUsable()
    {
        var pool = new BlockBufferPool(8192);
        var buffer = pool.TryRent(8192)!;
        buffer.GetSpan().Fill(1);

        buffer.Forget();

        Assert.Equal(new byte[8192], buffer.GetSpan().ToArray());
        Assert.Equal(8192, pool.AllocatedBytes);
        Assert.Null(pool.TryRent(4096));
        buffer.GetSpan().Fill(2);
        Assert.Equal(2, buffer.GetSpan()[8191]);
    }

    [Fact]
    public void Trim_Called_FreesWhatNobodyHasNeededAndKeepsTheRest()
    {
        var pool = new BlockBufferPool(1 << 20);
        var rented = Enumerable.Range(0, 8).Select(_ => pool.TryRent(4096)!).ToList();
        rented.ForEach(pool.Return);

        for (var call = 0; call < BlockBufferPool.CallsUntilTrimmed; call++)
        {
            Assert.Equal(8 * 4096, pool.AllocatedBytes);
            // In between three of them are in use.
            var used = Enumerable.Range(0, 3).Select(_ => pool.TryRent(4096)!).ToList();
            pool.Trim();
            used.ForEach(pool.Return);
        }

        Assert.Equal(3 * 4096, pool.AllocatedBytes);
    }
}
