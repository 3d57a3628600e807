using System.Numerics;

namespace Futago.Blocks;

/// <summary>
/// The buckets that latencies are counted in: each power of two from about a microsecond to about 17 seconds is divided into four,
/// so that a bucket is at most a quarter wider than its lower bound. What is shorter is in the first bucket, what is longer in the last.
/// </summary>
public static class LatencyScale
{
    private const int FirstExponent = 10;
    private const int LastExponent = 34;
    private const int PartBits = 2;
    private const int Parts = 1 << PartBits;

    public const int Count = 1 + (LastExponent - FirstExponent) * Parts;

    public static int BucketOf(long nanoseconds)
    {
        if (nanoseconds < 1L << FirstExponent)
            return 0;
        var exponent = BitOperations.Log2((ulong)nanoseconds);
        if (exponent >= LastExponent)
            return Count - 1;
        var part = (int)(nanoseconds >> (exponent - PartBits)) & (Parts - 1);
        return 1 + (exponent - FirstExponent) * Parts + part;
    }

    /// <summary>Shortest latency of the bucket.</summary>
    public static long LowerBoundOf(int bucket)
    {
        if (bucket <= 0)
            return 0;
        var (exponent, part) = (FirstExponent + (bucket - 1) / Parts, (bucket - 1) % Parts);
        return (1L << exponent) + part * (1L << (exponent - PartBits));
    }

    /// <summary>Latency that this share of what was counted does not exceed, in nanoseconds; 0 when nothing was counted.</summary>
    /// <param name="share">0 to 1.</param>
    public static long Percentile(ReadOnlySpan<long> buckets, double share)
    {
        long total = 0;
        foreach (var count in buckets)
            total += count;
        if (total == 0)
            return 0;
        var wanted = Math.Max(1, (long)Math.Ceiling(total * share));
        long passed = 0;
        for (var i = 0; i < buckets.Length; i++)
        {
            if (passed + buckets[i] < wanted)
            {
                passed += buckets[i];
                continue;
            }
            // Within the bucket latencies are taken as spread evenly.
            var (from, to) = (LowerBoundOf(i), i + 1 < buckets.Length ? LowerBoundOf(i + 1) : LowerBoundOf(i) * 2);
            return from + (long)((to - from) * ((double)(wanted - passed) / buckets[i]));
        }
        return LowerBoundOf(buckets.Length - 1);
    }
}
