namespace Futago.Testing.Iscsi;

/// <summary>A clock that moves only when the test says so, with timers that fire on the test's thread.</summary>
public sealed class ManualTimeProvider : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<ManualTimer> _timers = [];
    private long _ticks = TimeSpan.TicksPerDay;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Interlocked.Read(ref _ticks);

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddTicks(GetTimestamp());

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, () => callback(state), dueTime, period);
        lock (_gate)
            _timers.Add(timer);
        return timer;
    }

    /// <summary>Moves on second by second, firing what is due.</summary>
    public void Advance(TimeSpan by)
    {
        for (var left = by; left > TimeSpan.Zero; left -= TimeSpan.FromSeconds(1))
        {
            Interlocked.Add(ref _ticks, Math.Min(left.Ticks, TimeSpan.TicksPerSecond));
            List<ManualTimer> due;
            lock (_gate)
                due = [.. _timers.Where(t => t.IsDue)];
            due.ForEach(t => t.Fire());
        }
    }

    private sealed class ManualTimer(ManualTimeProvider owner, Action fire, TimeSpan dueTime, TimeSpan period) : ITimer
    {
        private long _due = DueAt(owner, dueTime);
        private TimeSpan _period = period;

        public bool IsDue => _due <= owner.GetTimestamp();

        public void Fire()
        {
            _due = DueAt(owner, _period);
            fire();
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            (_due, _period) = (DueAt(owner, dueTime), period);
            return true;
        }

        private static long DueAt(ManualTimeProvider owner, TimeSpan delay) =>
            delay <= TimeSpan.Zero ? long.MaxValue : owner.GetTimestamp() + delay.Ticks;

        public void Dispose()
        {
            lock (owner._gate)
                owner._timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
