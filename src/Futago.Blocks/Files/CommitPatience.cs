namespace Futago.Blocks;

/// <summary>
/// How long the next commit waits for more to join it. Initiators that keep a number of writes under way fall into two halves without it: while one is
/// committed the other waits, and the first comes back just too late to join that; a commit of both costs hardly more than one of either. So the next commit
/// waits for those that the last has ended, as long as that is short against a commit; and when they do not come, it soon stops to.
/// Under its owner's lock.
/// </summary>
internal sealed class CommitPatience
{
    /// <summary>Part of a commit's time that may be waited.</summary>
    private const int CommitsPerWait = 4;

    private static readonly TimeSpan _worthwhile = TimeSpan.FromMicroseconds(50);
    private static readonly TimeSpan _longest = TimeSpan.FromMilliseconds(2);

    private TimeSpan _commit;
    private Trials _waits;

    /// <summary>Requests that the next commit would have if all came back.</summary>
    public int Expected { get; private set; }

    /// <param name="joined">Requests that it has.</param>
    /// <returns>Zero: it begins at once.</returns>
    public TimeSpan WaitFor(int joined)
    {
        var wait = _commit / CommitsPerWait;
        if (joined >= Expected || wait < _worthwhile || !_waits.IsDue())
            return TimeSpan.Zero;
        return wait < _longest ? wait : _longest;
    }

    /// <summary>It has waited; half of those who were missing are enough for having been right.</summary>
    public void Waited(int before, int after) => _waits.Ended(helped: 2 * (after - before) >= Expected - before);

    /// <param name="ended">Requests that the commit ends.</param>
    /// <param name="joined">Requests that have joined the next one meanwhile.</param>
    public void Committed(int ended, int joined, TimeSpan took) => (Expected, _commit) = (ended + joined, took);
}
