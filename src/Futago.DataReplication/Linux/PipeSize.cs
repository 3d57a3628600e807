using System.IO.Pipes;
using System.Runtime.InteropServices;

namespace Futago.DataReplication.Linux;

/// <summary>fcntl(2), F_SETPIPE_SZ.</summary>
internal static partial class PipeSize
{
    private const int F_SETPIPE_SZ = 1031;

    /// <summary>What the kernel allows everybody (/proc/sys/fs/pipe-max-size): some ten thousand lines. In bytes.</summary>
    public const int Bulk = 1 << 20;

    /// <summary>A page, the least that a pipe holds: whoever reads gets no more at once.</summary>
    public const int Piece = 4 << 10;

    /// <summary>So that whoever writes into the pipe need not wait for a reader that is busy with something else. Where it is refused, it waits.</summary>
    public static void Enlarge(Stream stream) => Set(stream, Bulk);

    /// <summary>A pipe that holds more than it is to hold stays as it is.</summary>
    public static void Set(Stream stream, int bytes)
    {
        if (stream is PipeStream pipe)
            _ = Control(pipe.SafePipeHandle, F_SETPIPE_SZ, bytes);
    }

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(SafeHandle file, int command, int value);
}
