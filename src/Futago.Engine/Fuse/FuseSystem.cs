using System.Runtime.InteropServices;

namespace Futago.Engine.Fuse;

/// <summary>The system calls under the FUSE server. Numbers are those of the generic Linux ABI.</summary>
internal static unsafe partial class FuseSystem
{
    public const int O_RDWR = 2;
    public const int O_CLOEXEC = 0x80000;

    public const int ENOENT = 2;
    public const int EINTR = 4;
    public const int EIO = 5;
    public const int EAGAIN = 11;
    public const int ENOMEM = 12;
    public const int ENODEV = 19;
    public const int EINVAL = 22;
    public const int EFBIG = 27;
    public const int ENOSPC = 28;
    public const int EROFS = 30;
    public const int ENOSYS = 38;
    public const int EPROTO = 71;
    public const int EOPNOTSUPP = 95;

    public const nuint MS_NOSUID = 2;
    public const nuint MS_NODEV = 4;
    public const nuint MS_NOEXEC = 8;
    public const int MNT_FORCE = 1;
    public const int MNT_DETACH = 2;

    private const int PR_SET_IO_FLUSHER = 57;
    private const string Library = "libc";

    /// <summary>
    /// What this thread, and those that it starts, do is needed to write file systems back: memory for it is not to be had by writing one of them
    /// back (prctl(2), PR_SET_IO_FLUSHER). Without it a machine short of memory could wait for itself.
    /// </summary>
    /// <returns>False: not permitted (CAP_SYS_RESOURCE), or an older kernel.</returns>
    public static bool MarkAsWriteBack() => Control(PR_SET_IO_FLUSHER, 1, 0, 0, 0) == 0;

    [LibraryImport(Library, EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags, int mode);

    [LibraryImport(Library, EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int fd);

    [LibraryImport(Library, EntryPoint = "readv", SetLastError = true)]
    public static partial nint ReadVector(int fd, IoVector* vectors, int count);

    [LibraryImport(Library, EntryPoint = "writev", SetLastError = true)]
    public static partial nint WriteVector(int fd, IoVector* vectors, int count);

    [LibraryImport(Library, EntryPoint = "mount", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Mount(string source, string target, string fileSystem, nuint flags, string data);

    [LibraryImport(Library, EntryPoint = "umount2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Unmount(string target, int flags);

    [LibraryImport(Library, EntryPoint = "prctl", SetLastError = true)]
    private static partial int Control(int option, nuint argument2, nuint argument3, nuint argument4, nuint argument5);

    /// <summary>struct iovec.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct IoVector
    {
        public nint Base;
        public nuint Length;
    }
}
