using Futago.Blocks;
using Futago.Engine.Contracts.Replication;

namespace Futago.Engine.Replication;

/// <summary>Makes latencies of the last ten seconds out of what was counted since the start. For one caller at a time.</summary>
internal sealed class StageWindow(TimeProvider time)
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    /// <summary>Readings closer than this are not kept, so that at most fifty are, however often somebody asks.</summary>
    private static readonly TimeSpan IntervalMinimum = TimeSpan.FromMilliseconds(200);

    private readonly Queue<Reading> _readings = new();
    private Reading? _newest;

    /// <param name="stages">Counted so far, one for each <see cref="ReplicationStage"/>.</param>
    public IReadOnlyList<StageLatency> Add(IReadOnlyList<long[]> stages)
    {
        var before = Keep(stages);
        return [.. stages.Select((now, stage) => Of((ReplicationStage)stage, now, before?[stage]))];
    }

    /// <returns>What is no longer recent; null if all of it is.</returns>
    private IReadOnlyList<long[]>? Keep(IReadOnlyList<long[]> stages)
    {
        // A volume that was opened anew counts from zero.
        if (_newest is { } last && (last.Stages.Count != stages.Count || stages.Zip(last.Stages).Any(s => s.First.Sum() < s.Second.Sum())))
        {
            _readings.Clear();
            _newest = null;
        }
        var now = time.GetTimestamp();
        while (_readings.Skip(1).FirstOrDefault() is { } second && time.GetElapsedTime(second.At, now) >= Window)
            _readings.Dequeue();
        var before = _readings.TryPeek(out var oldest) ? oldest.Stages : null;
        if (_newest is null || time.GetElapsedTime(_newest.At, now) >= IntervalMinimum)
            _readings.Enqueue(_newest = new Reading(now, stages));
        return before;
    }

    private static StageLatency Of(ReplicationStage stage, long[] now, long[]? before)
    {
        var recent = now.Select((count, bucket) => count - (before?[bucket] ?? 0)).ToArray();
        var last = Array.FindLastIndex(recent, count => count > 0);
        return new StageLatency(
            stage, now.Sum(), recent.Sum(), LatencyScale.Percentile(recent, 0.5) / 1e3, LatencyScale.Percentile(recent, 0.99) / 1e3,
            last < 0 ? 0 : LatencyScale.LowerBoundOf(last + 1) / 1e3);
    }

    private sealed record Reading(long At, IReadOnlyList<long[]> Stages);
}
