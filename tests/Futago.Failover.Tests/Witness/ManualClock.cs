namespace Futago.Failover.Tests.Witness;

/// <summary>Stands still until a test moves it. Timers are those of the real clock: only instants are the test's.</summary>
internal sealed class ManualClock : TimeProvider
{
    private long _nowMs = 1_000_000;

    public override long TimestampFrequency => 1000;

    public override long GetTimestamp() => Interlocked.Read(ref _nowMs);

    public void Advance(long ms) => Interlocked.Add(ref _nowMs, ms);
}
