namespace Futago.DataReplication.Rsync;

/// <summary>
/// Progress between two lines of an rsync that prints one only when a file has been sent: what it has read since the last one, file by file in
/// the order in which it sends. Pure; callers take turns.
/// </summary>
internal sealed class RsyncEstimate
{
    private const int PercentMax = 99;

    private RsyncProgress _said = new(0, null, 0, null, 0);
    private long _readThen;
    private long _shown;

    /// <param name="said">What rsync has printed.</param>
    /// <param name="read">Bytes that it had read when that came here, which is a little later; null when that is not known.</param>
    public RsyncProgress Say(RsyncProgress said, long? read)
    {
        _said = said;
        _readThen = read ?? long.MaxValue;
        // What was estimated before may have been a little more: it also reads what the destination tells it.
        _shown = Math.Max(_shown, said.Bytes);
        return said with { Bytes = _shown };
    }

    /// <param name="read">Bytes that rsync has read by now.</param>
    public RsyncProgress At(long read)
    {
        _shown = Math.Max(_shown, _said.Bytes + Math.Max(0, read - _readThen));
        return _said with { Bytes = _shown, Percent = PercentOf(_shown) };
    }

    /// <summary>
    /// rsync cuts its percentage off, so that the whole is <c>bytes / percent</c> at most: by that measure, what is shown has been reached for
    /// sure. From 0 % nothing follows about the whole.
    /// </summary>
    private int? PercentOf(long bytes)
    {
        if (_said.Percent is not { } percent || bytes <= _said.Bytes)
            return _said.Percent;
        return percent == 0 ? null : Math.Max(percent, (int)Math.Min(PercentMax, (double)bytes * percent / _said.Bytes));
    }
}
