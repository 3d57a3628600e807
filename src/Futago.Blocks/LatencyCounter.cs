namespace Futago.Blocks;

/// <summary>
/// Latencies counted by <see cref="LatencyScale"/>. Any thread adds, any thread reads; nothing is allocated and nobody waits. What
/// is read while others add is a value of a moment ago.
/// </summary>
public sealed class LatencyCounter
{
    private readonly long[] _buckets = new long[LatencyScale.Count];

    public void Add(TimeSpan duration) => Interlocked.Increment(ref _buckets[LatencyScale.BucketOf((long)duration.TotalNanoseconds)]);

    public long[] ToArray()
    {
        var copy = new long[LatencyScale.Count];
        for (var i = 0; i < copy.Length; i++)
            copy[i] = Volatile.Read(ref _buckets[i]);
        return copy;
    }
}
