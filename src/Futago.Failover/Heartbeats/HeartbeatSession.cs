namespace Futago.Failover;

/// <summary>
/// Tells what the peer says now from what it said before. A heartbeat counts when it is newer than all before it; a new start of the
/// peer counts when it has heard something that this start of the node sent later than anything the former start had heard. So what
/// somebody recorded is worth nothing, without clocks and without memory across restarts.
/// </summary>
internal sealed class HeartbeatSession(ulong bootId, bool check)
{
    private const int Remembered = 512;
    private readonly long[] _sentMs = new long[Remembered];
    private ulong _peerBootId;
    private ulong _peerSequence;
    private ulong _peerEcho;
    private ulong _heardBootId;
    private ulong _heardSequence;

    public ulong Sequence { get; private set; }

    /// <summary>To be echoed: the newest that was heard, whether it counts already or not.</summary>
    public (ulong BootId, ulong Sequence) Heard => (_heardBootId, _heardSequence);

    public long HeardMs { get; private set; }

    public ulong PeerBootId => _peerBootId;

    public ulong NextSequence(long nowMs)
    {
        Sequence++;
        _sentMs[Sequence % Remembered] = nowMs;
        return Sequence;
    }

    /// <returns>When it was sent; null when that is too long ago to matter.</returns>
    public long? SentMs(ulong sequence) =>
        sequence == 0 || sequence > Sequence || Sequence - sequence >= Remembered ? null : _sentMs[sequence % Remembered];

    /// <returns>Whether its content counts.</returns>
    public bool Accept(Heartbeat h, long nowMs)
    {
        // An unknown start is echoed so that it can show that it is alive; nothing else is done with it.
        if (h.BootId != _heardBootId || h.Sequence > _heardSequence)
            (_heardBootId, _heardSequence, HeardMs) = (h.BootId, h.Sequence, nowMs);
        if (!check)
        {
            _peerBootId = h.BootId;
            return h.EchoBootId == bootId;
        }
        if (h.EchoBootId != bootId || h.EchoSequence > Sequence)
            return false;
        if (h.BootId == _peerBootId ? h.Sequence <= _peerSequence : h.EchoSequence <= _peerEcho)
            return false;
        _peerBootId = h.BootId;
        _peerSequence = h.Sequence;
        _peerEcho = Math.Max(_peerEcho, h.EchoSequence);
        return true;
    }
}
