namespace Futago.Guard;

/// <summary>How long to wait before the engine is started again: doubling from 0.2 s to 2 s, which costs the machine little and is well within what
/// initiators wait; from the beginning after a good minute.</summary>
internal sealed class Backoff
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(0.2);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan GoodRun = TimeSpan.FromMinutes(1);

    private TimeSpan _next = First;

    /// <param name="ranFor">How long the engine ran before it ended.</param>
    public TimeSpan After(TimeSpan ranFor)
    {
        if (ranFor >= GoodRun)
            _next = First;
        var pause = _next;
        _next = _next * 2 < Longest ? _next * 2 : Longest;
        return pause;
    }
}
