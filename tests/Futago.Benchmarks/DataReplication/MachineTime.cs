using System.Globalization;

namespace Futago.Benchmarks.DataReplication;

/// <summary>
/// Time that the processors of the machine have worked, proc(5), /proc/stat. Of the whole machine, since neither processes that nobody
/// waits for nor the kernel's own threads (loop devices, file system) are found in the times of those that made them work.
/// </summary>
public static class MachineTime
{
    // Fixed by the kernel's interface: USER_HZ is 100 on every architecture that Linux shows to user space.
    private const double TicksPerSecond = 100;

    /// <summary>user, nice and system; irq and softirq.</summary>
    private static readonly int[] Working = [0, 1, 2, 5, 6];

    /// <summary>What the processors work in a second while nothing is measured.</summary>
    private static double _noise;

    private static double Seconds
    {
        get
        {
            var fields = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..];
            return Working.Sum(f => long.Parse(fields[f], CultureInfo.InvariantCulture)) / TicksPerSecond;
        }
    }

    public static Meter Begin() => new(Seconds, TimeProvider.System.GetTimestamp());

    /// <summary>
    /// Until the processors of the machine have worked for less than a tenth of one of them through two seconds, or do not rest any further. What
    /// they still work then is no work of what is measured next, and taken off it.
    /// </summary>
    public static async Task RestAsync()
    {
        const int AttemptsMinimum = 2;
        const int AttemptsMaximum = 15;
        const double Noise = 0.05;
        var pause = TimeSpan.FromSeconds(2);
        var least = double.MaxValue;
        for (var attempt = 1; attempt <= AttemptsMaximum; attempt++)
        {
            var before = Seconds;
            await Task.Delay(pause);
            var worked = Seconds - before;
            _noise = worked / pause.TotalSeconds;
            if (worked < pause.TotalSeconds / 10 || (attempt >= AttemptsMinimum && worked > least - Noise))
                return;
            least = Math.Min(least, worked);
        }
    }

    public readonly struct Meter(double workedBefore, long start)
    {
        /// <summary>Worked since it began, in seconds, without what the machine works at rest: one side is watched longer than the other.</summary>
        public double Worked => Seconds - workedBefore - _noise * TimeProvider.System.GetElapsedTime(start).TotalSeconds;
    }
}
