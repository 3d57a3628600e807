using Futago.Blocks;

namespace Futago.Iscsi.Observation;

/// <summary>Makes rates out of counters, once a second, and keeps the last minutes.</summary>
internal sealed class LoadHistory(TimeProvider time)
{
    /// <summary>Five minutes.</summary>
    private const int Kept = 300;

    private readonly Queue<LoadSample> _samples = new();
    private Totals? _before;

    public IReadOnlyList<LoadSample> List() => [.. _samples];

    public void Add(IEnumerable<(CommandKey Key, OperationCounters Counters)> counters, int outstanding)
    {
        var now = new Totals(time.GetTimestamp());
        foreach (var (key, value) in counters)
            now.Of(key.OperationCode).Add(value);
        if (_before is { } before && time.GetElapsedTime(before.Timestamp, now.Timestamp) is { Ticks: > 0 } elapsed)
        {
            if (_samples.Count == Kept)
                _samples.Dequeue();
            _samples.Enqueue(Difference(before, now, elapsed.TotalSeconds, outstanding));
        }
        _before = now;
    }

    private LoadSample Difference(Totals before, Totals now, double seconds, int outstanding)
    {
        Span<long> reads = stackalloc long[LatencyScale.Count];
        Span<long> writes = stackalloc long[LatencyScale.Count];
        Subtract(now.Reads.Buckets, before.Reads.Buckets, reads);
        Subtract(now.Writes.Buckets, before.Writes.Buckets, writes);
        return new LoadSample(
            time.GetUtcNow(),
            (now.Reads.Count - before.Reads.Count) / seconds,
            (now.Writes.Count - before.Writes.Count) / seconds,
            (now.Others.Count - before.Others.Count) / seconds,
            (now.BytesRead - before.BytesRead) / seconds,
            (now.BytesWritten - before.BytesWritten) / seconds,
            LatencyScale.Percentile(reads, 0.5),
            LatencyScale.Percentile(reads, 0.99),
            LatencyScale.Percentile(writes, 0.5),
            LatencyScale.Percentile(writes, 0.99),
            (now.LatencySum - before.LatencySum) / (seconds * 1e9),
            outstanding);
    }

    private static void Subtract(ReadOnlySpan<long> now, ReadOnlySpan<long> before, Span<long> difference)
    {
        // Counters of a connection that ended while they were read may be seen a moment later than its end.
        for (var i = 0; i < difference.Length; i++)
            difference[i] = Math.Max(0, now[i] - before[i]);
    }

    private sealed class Totals(long timestamp)
    {
        public long Timestamp => timestamp;

        public OperationCounters Reads { get; } = new();

        public OperationCounters Writes { get; } = new();

        public OperationCounters Others { get; } = new();

        public long BytesRead => Reads.BytesRead + Writes.BytesRead + Others.BytesRead;

        public long BytesWritten => Reads.BytesWritten + Writes.BytesWritten + Others.BytesWritten;

        public long LatencySum => Reads.LatencySumNanoseconds + Writes.LatencySumNanoseconds + Others.LatencySumNanoseconds;

        public OperationCounters Of(byte operationCode) => operationCode switch
        {
            0x08 or 0x28 or 0xA8 or 0x88 => Reads,
            0x0A or 0x2A or 0xAA or 0x8A or 0x2E or 0xAE or 0x8E or 0x9C => Writes,
            _ => Others,
        };
    }
}
