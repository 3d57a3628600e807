using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Futago.Blocks.Native;

/// <summary>A pipe that holds pages of the page cache between a file and a socket (splice(2)). Rented and returned; empty in between.</summary>
internal sealed class PagePipe : IDisposable
{
    /// <summary>Most that is lent at once, in bytes; what Linux lets a pipe hold unless an administrator says otherwise.</summary>
    public const int MaximumBytes = 1 << 20;

    /// <summary>Two descriptors each. Few are in use at once: an answer is sent soon after it was made, and who does not take answers gets none.</summary>
    private const int MaximumPipes = 64;

    private static readonly ConcurrentBag<PagePipe> _free = [];
    private static int _count;

    private readonly SafeFileHandle _output;
    private readonly SafeFileHandle _input;

    private PagePipe(SafeFileHandle output, SafeFileHandle input) => (_output, _input) = (output, input);

    public SafeFileHandle Input => _input;

    /// <summary>Null when all are in use, or there can be no more.</summary>
    public static unsafe PagePipe? TryRent()
    {
        if (_free.TryTake(out var pipe))
            return pipe;
        if (Interlocked.Increment(ref _count) > MaximumPipes)
        {
            Interlocked.Decrement(ref _count);
            return null;
        }
        var ends = stackalloc int[2];
        if (LibC.Pipe2(ends, LibC.O_CLOEXEC | LibC.O_NONBLOCK) < 0)
        {
            Interlocked.Decrement(ref _count);
            return null;
        }
        pipe = new PagePipe(new SafeFileHandle(ends[0], ownsHandle: true), new SafeFileHandle(ends[1], ownsHandle: true));
        // One that stays smaller takes shorter ranges only.
        _ = LibC.FControl(pipe._input, LibC.F_SETPIPE_SZ, MaximumBytes);
        return pipe;
    }

    /// <returns>Bytes that the socket has taken, or a negative error number.</returns>
    public unsafe nint SpliceTo(SafeHandle socket, int length)
    {
        while (true)
        {
            var n = LibC.Splice(_output, null, socket, null, length, LibC.SPLICE_F_NONBLOCK);
            if (n >= 0)
                return n;
            var error = Marshal.GetLastPInvokeError();
            if (error != Errno.EINTR)
                return -error;
        }
    }

    /// <param name="empty">False: it goes, with what is in it.</param>
    public void Return(bool empty)
    {
        if (empty)
        {
            _free.Add(this);
            return;
        }
        Dispose();
        Interlocked.Decrement(ref _count);
    }

    public void Dispose()
    {
        _output.Dispose();
        _input.Dispose();
    }
}
