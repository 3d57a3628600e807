using Futago.Blocks;

namespace Futago.Iscsi.Observation;

/// <summary>What a target has done since it was started.</summary>
/// <param name="Commands">One row for each initiator, LUN and operation code.</param>
/// <param name="History">The last minutes, second by second, oldest first.</param>
public sealed record TargetStatistics(
    string TargetName,
    DateTimeOffset Since,
    DateTimeOffset At,
    IReadOnlyList<CommandStatistics> Commands,
    IReadOnlyList<SessionLoad> Sessions,
    IReadOnlyList<LoadSample> History);

/// <param name="InitiatorName">Empty: initiators that are no longer told apart.</param>
/// <param name="Lun">-1: no logical unit, or kinds of commands that are no longer told apart.</param>
public sealed record CommandStatistics(string InitiatorName, int Lun, byte OperationCode, OperationStatistics Operations);

/// <param name="Failed">Ended with another status than GOOD or CONDITION MET; also in <paramref name="Count"/>.</param>
/// <param name="LatencyBuckets">By <see cref="LatencyScale"/>.</param>
public sealed record OperationStatistics(
    long Count,
    long Failed,
    long BytesRead,
    long BytesWritten,
    long LatencySumNanoseconds,
    long LatencyMaximumNanoseconds,
    IReadOnlyList<long> LatencyBuckets)
{
    internal static OperationStatistics Of(OperationCounters counters) => new(
        counters.Count, counters.Failed, counters.BytesRead, counters.BytesWritten, counters.LatencySumNanoseconds, counters.LatencyMaximumNanoseconds,
        counters.Buckets.ToArray());
}

/// <param name="Outstanding">Commands that have arrived and whose answer is not yet sent.</param>
/// <param name="MaximumOutstanding">Most that there ever were at once.</param>
/// <param name="Window">Most that there can be.</param>
/// <param name="Aborted">Commands that a task management function or the end of a connection has ended without an answer.</param>
public sealed record SessionLoad(long SessionId, string InitiatorName, int Outstanding, int MaximumOutstanding, int Window, long Aborted);

/// <summary>One second of a target. Latencies are 0 when there was nothing to measure.</summary>
/// <param name="QueueDepth">Commands under way on average (latencies of the second, added up, by its length).</param>
/// <param name="Outstanding">Commands under way at its end.</param>
public sealed record LoadSample(
    DateTimeOffset At,
    double ReadsPerSecond,
    double WritesPerSecond,
    double OthersPerSecond,
    double BytesReadPerSecond,
    double BytesWrittenPerSecond,
    long ReadMedianNanoseconds,
    long ReadP99Nanoseconds,
    long WriteMedianNanoseconds,
    long WriteP99Nanoseconds,
    double QueueDepth,
    int Outstanding);
