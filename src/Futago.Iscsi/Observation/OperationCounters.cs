using Futago.Blocks;

namespace Futago.Iscsi.Observation;

/// <summary>
/// What was counted of one kind of command. One thread writes at a time, without interlocked operations; others may read meanwhile
/// and see values of a moment ago; those of a connection that rests are packed. The cells stand between unused ones, so that the counters of two connections share no cache line.
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

    private const int Cells = BucketsCell + LatencyScale.Count + Padding;

    /// <summary>Null: in <see cref="_packed"/>, which is written before this becomes null.</summary>
    private volatile long[]? _cells = new long[Cells];

    /// <summary>The cells that are not zero.</summary>
    private volatile (int Cell, long Value)[] _packed = [];

    public long Count => Read(CountCell);

    public long Failed => Read(FailedCell);

    public long BytesRead => Read(ReadCell);

    public long BytesWritten => Read(WrittenCell);

    public long LatencySumNanoseconds => Read(SumCell);

    public long LatencyMaximumNanoseconds => Read(MaximumCell);

    public ReadOnlySpan<long> Buckets => (_cells ?? Unpacked()).AsSpan(BucketsCell, LatencyScale.Count);

    public void Add(long nanoseconds, bool failed, long bytesRead, long bytesWritten)
    {
        var cells = _cells ?? (_cells = Unpacked());
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
        var cells = _cells ?? (_cells = Unpacked());
        if (other._cells is { } added)
        {
            for (var i = Padding; i < BucketsCell + LatencyScale.Count; i++)
                cells[i] += added[i];
        }
        else
        {
            foreach (var (cell, value) in other._packed)
                cells[cell] += value;
        }
        cells[MaximumCell] = maximum;
    }

    /// <summary>Of the writer: nothing is to be counted for a while. A connection that rests has used few of the buckets.</summary>
    public void Pack()
    {
        if (_cells is not { } cells)
            return;
        var used = new List<(int, long)>();
        for (var i = Padding; i < BucketsCell + LatencyScale.Count; i++)
        {
            if (cells[i] != 0)
                used.Add((i, cells[i]));
        }
        _packed = [.. used];
        _cells = null;
    }

    private long Read(int cell)
    {
        if (_cells is { } cells)
            return cells[cell];
        foreach (var (packed, value) in _packed)
        {
            if (packed == cell)
                return value;
        }
        return 0;
    }

    private long[] Unpacked()
    {
        var cells = new long[Cells];
        foreach (var (cell, value) in _packed)
            cells[cell] = value;
        return cells;
    }
}
