namespace Futago.Blocks.Tests;

public sealed class LatencyScaleTests
{
    [Fact]
    public void BucketOf_EveryLowerBound_IsTheFirstOfItsBucket()
    {
        for (var i = 1; i < LatencyScale.Count; i++)
        {
            Assert.Equal(i, LatencyScale.BucketOf(LatencyScale.LowerBoundOf(i)));
            Assert.Equal(i - 1, LatencyScale.BucketOf(LatencyScale.LowerBoundOf(i) - 1));
        }
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(-5, 0)]
    [InlineData(long.MaxValue, LatencyScale.Count - 1)]
    public void BucketOf_OutsideTheScale_IsAnEnd(long nanoseconds, int bucket) => Assert.Equal(bucket, LatencyScale.BucketOf(nanoseconds));

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.99)]
    public void Percentile_OfEvenlySpreadLatencies_IsWithinABucket(double share)
    {
        var buckets = new long[LatencyScale.Count];
        for (var i = 1; i <= 10_000; i++)
            buckets[LatencyScale.BucketOf(i * 1000L)]++;

        var percentile = LatencyScale.Percentile(buckets, share);

        Assert.InRange(percentile, share * 10_000_000 * 0.95, share * 10_000_000 * 1.05);
    }

    [Fact]
    public void Percentile_OfNothing_IsZero() => Assert.Equal(0, LatencyScale.Percentile(new long[LatencyScale.Count], 0.5));
}
