using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Futago.DataReplication.Linux;

/// <summary>splice(2): bytes between a socket and a pipe that never enter this process.</summary>
internal static partial class Splice
{
    private const int ChunkBytes = 1 << 20;
    private const uint SPLICE_F_MOVE = 1;
    private const uint SPLICE_F_NONBLOCK = 2;
    private const short POLLIN = 1;
    private const short POLLOUT = 4;
    private const int EINTR = 4;
    private const int EAGAIN = 11;
    private const int PollMilliseconds = 1000;

    /// <summary>Until <paramref name="from"/> ends, on a thread of its own.</summary>
    /// <exception cref="Win32Exception">One of the two is broken.</exception>
    /// <exception cref="OperationCanceledException">Noticed within a second.</exception>
    public static Task PumpAsync(SafeHandle from, SafeHandle to, CancellationToken stop) =>
        Task.Factory.StartNew(() => Pump(from, to, stop), stop, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static void Pump(SafeHandle from, SafeHandle to, CancellationToken stop)
    {
        while (true)
        {
            stop.ThrowIfCancellationRequested();
            // Whoever is not ready is waited for; asking both at once would return at once, with the one that is.
            if (!IsReady(from, POLLIN) || !IsReady(to, POLLOUT))
                continue;
            var moved = SpliceOnce(from, 0, to, 0, ChunkBytes, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
            if (moved == 0)
                return;
            if (moved < 0 && Marshal.GetLastPInvokeError() is not (EAGAIN or EINTR) and var error)
                throw new Win32Exception(error);
        }
    }

    private static bool IsReady(SafeHandle file, short events)
    {
        var added = false;
        try
        {
            file.DangerousAddRef(ref added);
            var entry = new PollEntry { File = (int)file.DangerousGetHandle(), Events = events };
            return Poll(ref entry, 1, PollMilliseconds) > 0;
        }
        finally
        {
            if (added)
                file.DangerousRelease();
        }
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int File;
        public short Events;
        public short Returned;
    }

    [LibraryImport("libc", EntryPoint = "splice", SetLastError = true)]
    private static partial nint SpliceOnce(SafeHandle from, nint fromOffset, SafeHandle to, nint toOffset, nuint length, uint flags);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(ref PollEntry entries, nuint count, int timeoutMilliseconds);
}
