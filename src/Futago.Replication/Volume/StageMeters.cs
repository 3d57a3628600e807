using Futago.Blocks;

namespace Futago.Replication;

/// <summary>
/// Measures every write by stage. What is on its way to the peer is noted in a ring, by its number: one whose answer never comes
/// is overwritten in time. Nothing is allocated after the start.
/// </summary>
internal sealed class StageMeters(TimeProvider time)
{
    /// <summary>More than can be on its way at once; a power of two.</summary>
    private const int Slots = 8192;

    private readonly LatencyCounter[] _counters = [.. Enum.GetValues<WriteStage>().Select(_ => new LatencyCounter())];
    private readonly LatencyMeter _peerWrite = new();
    private readonly LatencyMeter _ping = new();
    private readonly long[] _ids = new long[Slots];
    private readonly long[] _sentAt = new long[Slots];
    private readonly WriteStage[] _stages = new WriteStage[Slots];
    private long _pingAt;

    public double PeerWriteMicroseconds => _peerWrite.Microseconds;

    public double RoundTripMicroseconds => _ping.Microseconds;

    /// <summary>What was counted so far, by <see cref="LatencyScale"/>.</summary>
    public long[] BucketsOf(WriteStage stage) => _counters[(int)stage].ToArray();

    public void Add(WriteStage stage, long startedAt) => _counters[(int)stage].Add(time.GetElapsedTime(startedAt));

    /// <summary>By one thread at a time.</summary>
    public void OnSent(Message message)
    {
        switch (message)
        {
            case Write { Payload: Payload payload } write: Note(write.Id, payload.Owner is null ? WriteStage.PeerWrite : WriteStage.ResyncWrite); break;
            case Flush flush: Note(flush.Id, WriteStage.PeerFlush); break;
            case Ping: Interlocked.Exchange(ref _pingAt, time.GetTimestamp()); break;
        }
    }

    /// <summary>By one thread at a time, which may be another one than that of <see cref="OnSent"/>.</summary>
    public void OnReceived(Message message)
    {
        switch (message)
        {
            case WriteAck ack: Answered(ack.Id); break;
            case FlushAck ack: Answered(ack.Id); break;
            case Pong when Interlocked.Exchange(ref _pingAt, 0) is > 0 and var at: _ping.Add(time.GetElapsedTime(at)); break;
        }
    }

    private void Note(long id, WriteStage stage)
    {
        var slot = (int)(id & (Slots - 1));
        _sentAt[slot] = time.GetTimestamp();
        _stages[slot] = stage;
        // Last: whoever sees the number sees the rest.
        Volatile.Write(ref _ids[slot], id);
    }

    private void Answered(long id)
    {
        var slot = (int)(id & (Slots - 1));
        if (id <= 0 || Volatile.Read(ref _ids[slot]) != id)
            return;
        var duration = time.GetElapsedTime(_sentAt[slot]);
        _counters[(int)_stages[slot]].Add(duration);
        if (_stages[slot] == WriteStage.PeerWrite)
            _peerWrite.Add(duration);
        Volatile.Write(ref _ids[slot], 0);
    }
}
