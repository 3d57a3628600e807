namespace Futago.Failover;

/// <summary>Ping nodes answer "am I cut off?", never "is the other dead?".</summary>
internal sealed partial class FailoverCore
{
    /// <summary>When the newest request that was answered had been sent.</summary>
    private readonly long[] _pingSentMs;
    private readonly bool[] _pingUp;
    private long _nextPingMs;

    /// <summary>Not cut off, as far as ping nodes can say; without any, always.</summary>
    public bool PingOk => _options.PingNodes == 0 || _nowMs - LastPingMs() < _options.PingDeadMs;

    public ushort PingsSeen
    {
        get
        {
            var seen = 0;
            for (var i = 0; i < _pingSentMs.Length; i++)
                seen |= _nowMs - _pingSentMs[i] < _options.PingDeadMs ? 1 << i : 0;
            return (ushort)seen;
        }
    }

    private long LastPingMs()
    {
        var last = long.MinValue / 2;
        foreach (var sent in _pingSentMs)
            last = Math.Max(last, sent);
        return last;
    }

    private void OnPing(PingAnswered answer)
    {
        if (answer.PingNode < _pingSentMs.Length && answer.SentMs <= _nowMs)
            _pingSentMs[answer.PingNode] = Math.Max(_pingSentMs[answer.PingNode], answer.SentMs);
    }

    private void CheckPings()
    {
        for (var i = 0; i < _pingSentMs.Length; i++)
        {
            var up = _nowMs - _pingSentMs[i] < _options.PingDeadMs;
            if (up == _pingUp[i])
                continue;
            _pingUp[i] = up;
            Note(up ? NoticeKind.PingNodeUp : NoticeKind.PingNodeDown, number: i);
        }
        if (_nowMs < _nextPingMs)
            return;
        _nextPingMs = _nowMs + _options.PingMs;
        for (var i = 0; i < _pingSentMs.Length; i++)
            Emit(new SendPing(i, _nowMs));
    }
}
