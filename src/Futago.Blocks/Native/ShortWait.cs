using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Futago.Blocks.Native;

/// <summary>One thread's wait for another of less than the milliseconds in which the runtime counts. futex(2).</summary>
internal sealed unsafe partial class ShortWait
{
    private const int FUTEX_WAIT_PRIVATE = 128;
    private const int FUTEX_WAKE_PRIVATE = 129;

    private readonly int[] _set = GC.AllocateArray<int>(1, pinned: true);

    private int* Word => (int*)Marshal.UnsafeAddrOfPinnedArrayElement(_set, 0);

    private static nint FutexNumber => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 98 : 202;

    /// <summary>Forgets what was set before.</summary>
    public void Reset() => Volatile.Write(ref _set[0], 0);

    public void Set()
    {
        Volatile.Write(ref _set[0], 1);
        _ = Futex(FutexNumber, Word, FUTEX_WAKE_PRIVATE, 1, null);
    }

    /// <summary>Until it is set, or so much time has gone.</summary>
    public void Wait(TimeSpan limit)
    {
        var start = Stopwatch.GetTimestamp();
        while (Volatile.Read(ref _set[0]) == 0 && limit - Stopwatch.GetElapsedTime(start) is { Ticks: > 0 } left)
        {
            var time = new TimeValue { Seconds = left.Ticks / TimeSpan.TicksPerSecond, Nanoseconds = left.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick };
            _ = Futex(FutexNumber, Word, FUTEX_WAIT_PRIVATE, 0, &time);
        }
    }

    /// <summary>struct timespec on 64-bit systems.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct TimeValue
    {
        public long Seconds;
        public long Nanoseconds;
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint Futex(nint number, int* word, nint operation, nint value, TimeValue* timeout);
}
