namespace Futago.Replication;

/// <summary>Measures the peer: one write and one ping at a time are followed until their answer, the others cost nothing.</summary>
internal sealed class LinkSamples(TimeProvider time)
{
    private readonly LatencyMeter _write = new();
    private readonly LatencyMeter _ping = new();
    private long _writeId;
    private long _writeAt;
    private long _pingAt;

    public double WriteMicroseconds => _write.Microseconds;

    public double RoundTripMicroseconds => _ping.Microseconds;

    /// <summary>By one thread at a time.</summary>
    public void OnSent(Message message)
    {
        switch (message)
        {
            case Write write:
                // One whose answer never came is forgotten after a while.
                if (Interlocked.Read(ref _writeId) != 0 && write.Id - Interlocked.Read(ref _writeId) < 10_000)
                    return;
                Interlocked.Exchange(ref _writeAt, time.GetTimestamp());
                Interlocked.Exchange(ref _writeId, write.Id);
                break;
            case Ping:
                Interlocked.Exchange(ref _pingAt, time.GetTimestamp());
                break;
        }
    }

    public void OnReceived(Message message)
    {
        switch (message)
        {
            case WriteAck ack when ack.Id == Interlocked.Read(ref _writeId):
                _write.Add(time.GetElapsedTime(Interlocked.Read(ref _writeAt)));
                Interlocked.Exchange(ref _writeId, 0);
                break;
            case Pong when Interlocked.Exchange(ref _pingAt, 0) is > 0 and var at:
                _ping.Add(time.GetElapsedTime(at));
                break;
        }
    }
}
