using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Futago.DataReplication.Linux;

/// <summary>statx(2) and utimensat(2): to the nanosecond, of which the base class library drops the last two digits.</summary>
internal static partial class ModificationTime
{
    private const int AT_FDCWD = -100;
    private const int STATX_MTIME = 0x40;
    private const long UTIME_OMIT = (1L << 30) - 2;

    /// <summary>Does something in a directory that keeps the time it has.</summary>
    /// <exception cref="Win32Exception">The time cannot be read or set.</exception>
    public static unsafe void Keep(string directory, Action action)
    {
        StatX status = default;
        Check(GetStatus(AT_FDCWD, directory, 0, STATX_MTIME, ref status));
        action();
        var times = stackalloc long[] { 0, UTIME_OMIT, status.Seconds, status.Nanoseconds };
        Check(SetTimes(AT_FDCWD, directory, times, 0));
    }

    private static void Check(int result)
    {
        if (result != 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int GetStatus(int directory, string path, int flags, uint mask, ref StatX status);

    /// <param name="times">Two struct timespec of 64-bit Linux: access, modification.</param>
    [LibraryImport("libc", EntryPoint = "utimensat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int SetTimes(int directory, string path, long* times, int flags);

    /// <summary>struct statx: the same on every architecture.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct StatX
    {
        [FieldOffset(112)]
        public long Seconds;
        [FieldOffset(120)]
        public uint Nanoseconds;
    }
}
