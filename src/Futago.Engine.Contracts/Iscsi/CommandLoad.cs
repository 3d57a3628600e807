namespace Futago.Engine.Contracts.Iscsi;

/// <summary>What was counted of one kind of command. Latencies are from the arrival of a command to its answer, in microseconds.</summary>
/// <param name="Initiator">Empty: initiators that are no longer told apart.</param>
/// <param name="Lun">-1: no logical unit.</param>
/// <param name="OperationCode">First byte of the CDB.</param>
/// <param name="Operation">Its name, such as <c>READ(10)</c>.</param>
/// <param name="Failed">Ended with another status than GOOD or CONDITION MET; also in <paramref name="Count"/>.</param>
/// <param name="Latencies">Only ranges that were counted in, in ascending order.</param>
public sealed record CommandLoad(
    string Initiator,
    int Lun,
    int OperationCode,
    string Operation,
    long Count,
    long Failed,
    long BytesRead,
    long BytesWritten,
    double MeanMicroseconds,
    double MedianMicroseconds,
    double P99Microseconds,
    double MaximumMicroseconds,
    IReadOnlyList<LatencyBucket> Latencies)
{
    /// <summary>One row out of several; what it is a row of is said by the first.</summary>
    public static CommandLoad Merge(IReadOnlyCollection<CommandLoad> rows)
    {
        var first = rows.First();
        var count = rows.Sum(r => r.Count);
        var maximum = rows.Max(r => r.MaximumMicroseconds);
        IReadOnlyList<LatencyBucket> latencies =
        [
            .. rows.SelectMany(r => r.Latencies).GroupBy(b => (b.FromMicroseconds, b.ToMicroseconds)).OrderBy(g => g.Key)
                .Select(g => new LatencyBucket(g.Key.FromMicroseconds, g.Key.ToMicroseconds, g.Sum(b => b.Count))),
        ];
        return first with
        {
            Count = count,
            Failed = rows.Sum(r => r.Failed),
            BytesRead = rows.Sum(r => r.BytesRead),
            BytesWritten = rows.Sum(r => r.BytesWritten),
            MeanMicroseconds = count == 0 ? 0 : rows.Sum(r => r.MeanMicroseconds * r.Count) / count,
            MedianMicroseconds = Percentile(latencies, 0.5, maximum),
            P99Microseconds = Percentile(latencies, 0.99, maximum),
            MaximumMicroseconds = maximum,
            Latencies = latencies,
        };
    }

    /// <summary>Latency that this share (0 to 1) of the commands does not exceed; within a range they count as spread evenly.</summary>
    /// <param name="maximum">The longest that was measured: the range that it is in may reach beyond it.</param>
    public static double Percentile(IReadOnlyList<LatencyBucket> latencies, double share, double maximum)
    {
        var total = latencies.Sum(b => b.Count);
        var wanted = Math.Max(1, Math.Ceiling(total * share));
        long passed = 0;
        foreach (var bucket in latencies)
        {
            if (passed + bucket.Count >= wanted)
                return Math.Min(maximum, bucket.FromMicroseconds + (bucket.ToMicroseconds - bucket.FromMicroseconds) * (wanted - passed) / bucket.Count);
            passed += bucket.Count;
        }
        return 0;
    }
}
