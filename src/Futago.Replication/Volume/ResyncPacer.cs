namespace Futago.Replication;

/// <summary>
/// How much resync and verify may copy until the next tick: the limit, and less while applications write, so that they hardly
/// notice.
/// </summary>
internal sealed class ResyncPacer(TimeSpan interval)
{
    /// <summary>Left to the resync while applications write, in bytes per second.</summary>
    private const long BesideApplications = 48L << 20;
    private const long Unlimited = 8L << 30;

    private long _lastWrites;
    private int _quietTicks;

    /// <returns>What to add to the budget (or, negative, to take away), given what is left of it. The limit is in bytes per second; null: none.</returns>
    public long Refill(long left, long writes, long? limitBytesPerSecond)
    {
        _quietTicks = writes == _lastWrites ? _quietTicks + 1 : 0;
        _lastWrites = writes;
        var rate = Math.Min(limitBytesPerSecond ?? Unlimited, _quietTicks >= 3 ? Unlimited : BesideApplications);
        return Math.Max(DirtyMap.BlockBytes, (long)(rate * interval.TotalSeconds)) - Math.Max(left, 0);
    }
}
