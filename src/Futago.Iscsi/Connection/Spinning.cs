namespace Futago.Iscsi.Connection;

/// <summary>
/// When a connection looks for its next request instead of sleeping until it comes: when the last one was not long in coming, and
/// when not so many others do it already that they would take the processors from those who work.
/// </summary>
/// <param name="spinTime">How long; zero: never.</param>
internal sealed class Spinning(TimeSpan spinTime, TimeProvider time)
{
    /// <summary>Attempts of one spin, whatever the clock says.</summary>
    private const int MaximumAttempts = 10_000;

    /// <summary>Pauses of the processor between two attempts, each a system call.</summary>
    private const int PausesBetweenAttempts = 10;

    private static readonly int _maximumSpinners = Math.Max(1, Environment.ProcessorCount / 2);
    private static int _spinners;

    private bool _expectsSoon;
    private long _idleSince;

    /// <summary>Nothing is there: the wait for the next request begins.</summary>
    public void BeginWait()
    {
        if (_idleSince == 0)
            _idleSince = time.GetTimestamp();
    }

    /// <summary>Something has come. A gap of up to twice the time is worth spinning for the next time.</summary>
    public void EndWait()
    {
        _expectsSoon = _idleSince == 0 || time.GetElapsedTime(_idleSince) < 2 * spinTime;
        _idleSince = 0;
    }

    /// <summary>Tries again and again, while that makes sense.</summary>
    /// <param name="attempt">True: it is over.</param>
    /// <returns>False: the caller has to sleep.</returns>
    public bool Spin(Func<bool> attempt)
    {
        if (spinTime == TimeSpan.Zero || !_expectsSoon)
            return false;
        try
        {
            if (Interlocked.Increment(ref _spinners) > _maximumSpinners)
                return false;
            var start = time.GetTimestamp();
            for (var i = 0; i < MaximumAttempts && time.GetElapsedTime(start) < spinTime; i++)
            {
                Thread.SpinWait(PausesBetweenAttempts);
                if (attempt())
                    return true;
            }
            return false;
        }
        finally
        {
            Interlocked.Decrement(ref _spinners);
        }
    }
}
