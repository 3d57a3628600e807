namespace Futago.Blocks;

/// <summary>
/// Something that is tried whenever it may help, and ever more rarely as long as it does not. Threads that share one without a lock only make it a
/// worse guess.
/// </summary>
public struct Trials
{
    /// <summary>Occasions without a trial after one in vain, at most; each time twice as many.</summary>
    private const int PauseMaximum = 64;

    private int _pause;
    private int _left;

    /// <summary>Whether to try on this occasion.</summary>
    public bool IsDue()
    {
        if (_left <= 0)
            return true;
        _left--;
        return false;
    }

    public void Ended(bool helped)
    {
        _pause = helped ? 0 : Math.Clamp(2 * _pause, 1, PauseMaximum);
        _left = _pause;
    }
}
