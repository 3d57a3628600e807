namespace Futago.Replication;

/// <summary>An exponentially weighted mean of durations; a race between two additions loses one of them, nothing else.</summary>
internal sealed class LatencyMeter
{
    private const double Weight = 1.0 / 64;

    private double _microseconds;

    public double Microseconds => Volatile.Read(ref _microseconds);

    public void Add(TimeSpan duration)
    {
        var before = Volatile.Read(ref _microseconds);
        var now = duration.TotalMicroseconds;
        Volatile.Write(ref _microseconds, before == 0 ? now : before + (now - before) * Weight);
    }
}
