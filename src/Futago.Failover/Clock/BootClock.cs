using System.Runtime.InteropServices;

namespace Futago.Failover;

/// <summary>
/// CLOCK_BOOTTIME: monotonic, and it counts the time during which the machine was suspended, so that a lease that ran out meanwhile
/// has run out. Engine and guard of a node read the same one.
/// </summary>
public sealed partial class BootClock : TimeProvider
{
    private const int CLOCK_BOOTTIME = 7;

    public static BootClock Instance { get; } = new();

    public override long TimestampFrequency => 1_000_000_000;

    /// <summary>In ns since the machine was started.</summary>
    public override long GetTimestamp()
    {
        if (ClockGetTime(CLOCK_BOOTTIME, out var now) != 0)
            throw new InvalidOperationException($"CLOCK_BOOTTIME cannot be read: error {Marshal.GetLastPInvokeError()}");
        return now.Seconds * 1_000_000_000 + now.Nanoseconds;
    }

    /// <summary>What <see cref="FailoverOptions"/> counts in.</summary>
    public long NowMs => GetTimestamp() / 1_000_000;

    [LibraryImport("libc", EntryPoint = "clock_gettime", SetLastError = true)]
    private static partial int ClockGetTime(int clock, out TimeSpec now);

    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
