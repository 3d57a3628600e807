using Futago.Blocks;

namespace Futago.Iscsi.Observation;

/// <summary>
/// What was counted of one kind of command. One thread writes at a time, without interlocked operations; others may read meanwhile
/// and see values of a moment ago. The cells stand between unused ones, so that the counters of two connections share no cache line.
/// </summary>
internal sealed class OperationCounters
{
    private const int Padding = 8;
    private const int CountCell = Padding;
    private const int FailedCell = Padding + 1;
    private const int ReadCell = Padding + 2;
    private const int WrittenCell = Padding + 3;
    private const int SumCell = Padding + 4;
    private const int MaximumCell = Padding + 5;
    private const int BucketsCell = Padding + 6;

    private readonly long[] _cells = new long[BucketsCell + LatencyScale.Count + Padding];

    public long Count => _cells[CountCell];

    public long Failed => _cells[FailedCell];

    public long BytesRead => _cells[ReadCell];

    public long BytesWritten => _cells[WrittenCell];

    public long LatencySumNanoseconds => _cells[SumCell];

    public long LatencyMaximumNanoseconds => _cells[MaximumCell];

    public ReadOnlySpan<long> Buckets => _cells.AsSpan(BucketsCell, LatencyScale.Count);

    public void Add(long nanoseconds, bool failed, long bytesRead, long bytesWritten)
    {
        var cells = _cells;
        cells[CountCell]++;
        if (failed)
            cells[FailedCell]++;
        cells[ReadCell] += bytesRead;
        cells[WrittenCell] += bytesWritten;
        cells[SumCell] += nanoseconds;
        if (nanoseconds > cells[MaximumCell])
            cells[MaximumCell] = nanoseconds;
        cells[BucketsCell + LatencyScale.BucketOf(nanoseconds)]++;
    }

    public void Add(OperationCounters other)
    {
        var maximum = Math.Max(LatencyMaximumNanoseconds, other.LatencyMaximumNanoseconds);
        for (var i = Padding; i < BucketsCell + LatencyScale.Count; i++)
            _cells[i] += other._cells[i];
        _cells[MaximumCell] = maximum;
    }
}
