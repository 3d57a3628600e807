using Futago.Blocks;
using Futago.Engine.Contracts.Replication;

namespace Futago.Engine.Replication;

/// <summary>Makes latencies of the last seconds out of what was counted since the start, read twice a second.</summary>
internal sealed class StageWindow
{
    /// <summary>Ten seconds of readings.</summary>
    private const int Kept = 20;

    private readonly Queue<IReadOnlyList<long[]>> _readings = new();

    /// <param name="stages">Counted so far, one for each <see cref="ReplicationStage"/>.</param>
    public IReadOnlyList<StageLatency> Add(IReadOnlyList<long[]> stages)
    {
        // A volume that was opened anew counts from zero.
        if (_readings.TryPeek(out var oldest) && (oldest.Count != stages.Count || stages.Zip(oldest).Any(s => s.First.Sum() < s.Second.Sum())))
            _readings.Clear();
        _readings.Enqueue(stages);
        var before = _readings.Count > Kept ? _readings.Dequeue() : _readings.Peek();
        // The first reading is compared with nothing: all of it is recent.
        return [.. stages.Select((now, stage) => Of((ReplicationStage)stage, now, ReferenceEquals(before, stages) ? null : before[stage]))];
    }

    private static StageLatency Of(ReplicationStage stage, long[] now, long[]? before)
    {
        var recent = now.Select((count, bucket) => count - (before?[bucket] ?? 0)).ToArray();
        var last = Array.FindLastIndex(recent, count => count > 0);
        return new StageLatency(
            stage, now.Sum(), recent.Sum(), LatencyScale.Percentile(recent, 0.5) / 1e3, LatencyScale.Percentile(recent, 0.99) / 1e3,
            last < 0 ? 0 : LatencyScale.LowerBoundOf(last + 1) / 1e3);
    }
}
