using System.ComponentModel;
using System.Runtime.InteropServices;
using Futago.Blocks.Native;

namespace Futago.DataReplication.Linux;

/// <summary>To the nanosecond, of which the base class library drops the last two digits.</summary>
internal static partial class ModificationTime
{
    private const int AT_FDCWD = -100;
    private const long UTIME_OMIT = (1L << 30) - 2;

    /// <summary>Does something in a directory that keeps the time it has.</summary>
    /// <exception cref="Win32Exception">The time cannot be read or set.</exception>
    public static unsafe void Keep(string directory, Action action)
    {
        Check(StatX.TryRead(directory, out var status));
        action();
        var times = stackalloc long[] { 0, UTIME_OMIT, status.ModifiedSeconds, status.ModifiedNanoseconds };
        Check(SetTimes(AT_FDCWD, directory, times, 0) == 0);
    }

    private static void Check(bool done)
    {
        if (!done)
            throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    /// <param name="times">Two struct timespec of 64-bit Linux: access, modification.</param>
    [LibraryImport("libc", EntryPoint = "utimensat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int SetTimes(int directory, string path, long* times, int flags);
}
