namespace Futago.Engine.Contracts.Iscsi;

/// <summary>What a target has done since it was started.</summary>
/// <param name="Commands">One row for each initiator, LUN and operation; <see cref="CommandLoad.Merge"/> adds rows up.</param>
/// <param name="History">The last five minutes, second by second, oldest first.</param>
public sealed record TargetStatistics(
    string Target,
    DateTimeOffset Since,
    DateTimeOffset At,
    IReadOnlyList<CommandLoad> Commands,
    IReadOnlyList<SessionLoad> Sessions,
    IReadOnlyList<LoadSample> History);

/// <param name="Outstanding">Commands that have arrived and whose answer is not yet sent.</param>
/// <param name="MaximumOutstanding">Most that there ever were at once.</param>
/// <param name="Window">Most that there can be.</param>
/// <param name="Aborted">Commands that ended without an answer: aborted, or their connection was lost.</param>
public sealed record SessionLoad(long SessionId, string Initiator, int Outstanding, int MaximumOutstanding, int Window, long Aborted);

/// <summary>One second of a target. Latencies are in microseconds, 0 when there was nothing to measure.</summary>
/// <param name="QueueDepth">Commands under way on average.</param>
/// <param name="Outstanding">Commands under way at its end.</param>
public sealed record LoadSample(
    DateTimeOffset At,
    double ReadsPerSecond,
    double WritesPerSecond,
    double OthersPerSecond,
    double BytesReadPerSecond,
    double BytesWrittenPerSecond,
    double ReadMedianMicroseconds,
    double ReadP99Microseconds,
    double WriteMedianMicroseconds,
    double WriteP99Microseconds,
    double QueueDepth,
    int Outstanding);

/// <summary>Commands whose latency was in a range, in microseconds; the upper end does not belong to it.</summary>
public sealed record LatencyBucket(double FromMicroseconds, double ToMicroseconds, long Count);
