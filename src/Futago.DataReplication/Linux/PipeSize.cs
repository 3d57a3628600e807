using System.IO.Pipes;
using System.Runtime.InteropServices;

namespace Futago.DataReplication.Linux;

/// <summary>fcntl(2), F_SETPIPE_SZ.</summary>
internal static partial class PipeSize
{
    private const int F_SETPIPE_SZ = 1031;

    /// <summary>What the kernel allows everybody (/proc/sys/fs/pipe-max-size): some ten thousand lines.</summary>
    private const int Bytes = 1 << 20;

    /// <summary>So that whoever writes into the pipe need not wait for a reader that is busy with something else. Where it is refused, it waits.</summary>
    public static void Enlarge(Stream stream)
    {
        if (stream is PipeStream pipe)
            _ = Control(pipe.SafePipeHandle, F_SETPIPE_SZ, Bytes);
    }

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(SafeHandle file, int command, int value);
}
