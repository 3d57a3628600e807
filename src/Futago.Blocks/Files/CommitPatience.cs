namespace Futago.Blocks;

/// <summary>
/// How long the next commit waits for more to join it. Initiators that keep a number of writes under way fall into two halves without it: while one is
/// committed the other comes in, and just misses that commit. Where a commit of both costs hardly more than one of either, the next one had better
/// wait for those that the last has ended, as long as that is short against a commit. Where it costs nearly twice as much, two halves that take turns keep
/// medium and network busy at once. What is the case is measured; and when those who are waited for do not come, waiting soon stops.
/// Under its owner's lock.
/// </summary>
internal sealed class CommitPatience
{
    /// <summary>Part of a commit's time that may be waited.</summary>
    private const int CommitsPerWait = 4;

    /// <summary>From one commit's end to the next, as so many times the commit: more, and it was not the commits that writers waited for.</summary>
    private const int CommitsPerGap = 4;

    private static readonly TimeSpan _worthwhile = TimeSpan.FromMicroseconds(50);
    private static readonly TimeSpan _longest = TimeSpan.FromMilliseconds(2);

    private TimeSpan _commit;
    private Trials _waits;

    /// <summary>The first way is to wait.</summary>
    private Contest _ways;

    /// <summary>Requests that the next commit would have if all came back.</summary>
    public int Expected { get; private set; }

    /// <param name="joined">Requests that it has.</param>
    /// <returns>Zero: it begins at once.</returns>
    public TimeSpan WaitFor(int joined)
    {
        var wait = _commit / CommitsPerWait;
        if (joined >= Expected || wait < _worthwhile || _ways.Second || !_waits.IsDue())
            return TimeSpan.Zero;
        return wait < _longest ? wait : _longest;
    }

    /// <summary>It has waited; half of those who were missing are enough for having been right.</summary>
    public void Waited(int before, int after) => _waits.Ended(helped: 2 * (after - before) >= Expected - before);

    /// <param name="ended">Requests that the commit ends.</param>
    /// <param name="joined">Requests that have joined the next one meanwhile.</param>
    /// <param name="sinceLast">From the end of the commit before to the end of this one.</param>
    public void Committed(int ended, int joined, TimeSpan took, TimeSpan sinceLast)
    {
        (Expected, _commit) = (ended + joined, took);
        _ways.Step(ended, sinceLast > took * CommitsPerGap ? TimeSpan.Zero : sinceLast);
    }
}
