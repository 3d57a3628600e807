namespace Futago.Blocks;

/// <summary>
/// Two ways of doing the same, of which machines differ in the faster one: both are measured while they are used, the slower one now and then. What was measured
/// counts less the older it is. Under its owner's lock.
/// </summary>
internal struct Contest
{
    /// <summary>Steps that are measured together: some tenths of a second of small commits, in which what comes in between evens out.</summary>
    internal const int StepsOfPeriod = 256;

    /// <summary>One of so many goes to the slower way.</summary>
    internal const int PeriodsOfTrial = 8;

    /// <summary>Weight of what was known before, as so many times the new figure.</summary>
    private const int Memory = 3;

    private double _first;
    private double _second;
    private int _periods;
    private int _steps;
    private long _done;
    private TimeSpan _took;

    /// <summary>The way to be gone now: the second, or the first.</summary>
    public bool Second { get; private set; }

    /// <summary>A step has been made in that way.</summary>
    /// <param name="done">What it brought, in any unit.</param>
    /// <param name="took">Since the step before; zero or less: cannot be compared, and what was measured of this period is dropped.</param>
    public void Step(int done, TimeSpan took)
    {
        if (took <= TimeSpan.Zero)
        {
            BeginPeriod();
            return;
        }
        (_steps, _done, _took) = (_steps + 1, _done + done, _took + took);
        if (_steps == StepsOfPeriod)
            EndPeriod();
    }

    private void EndPeriod()
    {
        ref var rate = ref Second ? ref _second : ref _first;
        var now = _done / _took.TotalSeconds;
        rate = rate == 0 ? now : (Memory * rate + now) / (Memory + 1);
        // One that was never measured counts as faster: its turn comes at once.
        var secondIsFaster = _second == 0 || _second > _first;
        Second = ++_periods % PeriodsOfTrial == 0 ? !secondIsFaster : secondIsFaster;
        BeginPeriod();
    }

    private void BeginPeriod() => (_steps, _done, _took) = (0, 0, TimeSpan.Zero);
}
