namespace Futago.Engine.Replication;

/// <summary>Bytes per second from a counter that is read now and then.</summary>
internal sealed class RateEstimate
{
    private const double Weight = 0.3;

    private static readonly TimeSpan IntervalMinimum = TimeSpan.FromMilliseconds(200);

    private readonly Lock _lock = new();
    private (long At, long Bytes)? _last;
    private double _rate;

    public long Add(TimeProvider time, long bytes)
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            if (_last is not { } last)
            {
                _last = (now, bytes);
                return 0;
            }
            var elapsed = time.GetElapsedTime(last.At, now);
            if (elapsed < IntervalMinimum)
                return (long)_rate;
            var rate = Math.Max(0, bytes - last.Bytes) / elapsed.TotalSeconds;
            _rate = _rate == 0 ? rate : _rate + (rate - _rate) * Weight;
            _last = (now, bytes);
            return (long)_rate;
        }
    }

    public void Reset()
    {
        lock (_lock)
            (_last, _rate) = (null, 0);
    }
}
