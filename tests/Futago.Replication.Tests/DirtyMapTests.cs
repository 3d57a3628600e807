namespace Futago.Replication.Tests;

public sealed class DirtyMapTests
{
    /// <summary>Parts that are no whole words, and more parts than blocks: every bit is counted once.</summary>
    [Theory]
    [InlineData(1000, 7)]
    [InlineData(1000, 200)]
    [InlineData(64, 64)]
    [InlineData(130, 200)]
    public void CountByPart_CountsEveryBitOnce(int blocks, int parts)
    {
        var map = new DirtyMap(blocks);
        var expected = new long[parts];
        for (var block = 0; block < blocks; block += 3)
        {
            map.Set(block, block);
            expected[Array.FindIndex([.. Enumerable.Range(0, parts)], p => block < (long)blocks * (p + 1) / parts)]++;
        }

        Assert.Equal(expected, map.CountByPart(parts));
    }
}
