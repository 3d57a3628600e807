using System.Runtime.InteropServices;

namespace Futago.Volumes.Linux;

/// <summary>The system calls that the base class library does not reach. Numbers are those of the generic Linux ABI.</summary>
internal static partial class LibC
{
    public const int O_RDONLY = 0;
    public const int O_WRONLY = 1;
    public const int O_RDWR = 2;
    public const int O_EXCL = 0x80;
    public const int O_CLOEXEC = 0x80000;

    /// <summary>_IOW(0x94, 9, int).</summary>
    public const nuint FICLONE = 0x40049409;

    /// <summary>_IOW(0x94, 13, struct file_clone_range).</summary>
    public const nuint FICLONERANGE = 0x4020940D;

    /// <summary>_IOWR('f', 11, struct fiemap).</summary>
    public const nuint FS_IOC_FIEMAP = 0xC020660B;

    /// <summary>_IOR('X', 31, struct fsxattr) and _IOW('X', 32, struct fsxattr).</summary>
    public const nuint FS_IOC_FSGETXATTR = 0x801C581F;
    public const nuint FS_IOC_FSSETXATTR = 0x401C5820;
    public const uint FS_XFLAG_EXTSIZE = 0x800;

    /// <summary>_IOWR('X', 119, int) and _IOWR('X', 120, int).</summary>
    public const nuint FIFREEZE = 0xC0045877;
    public const nuint FITHAW = 0xC0045878;

    public const int SEEK_END = 2;
    public const int SEEK_DATA = 3;
    public const int SEEK_HOLE = 4;

    public const int EPERM = 1;
    public const int ENOENT = 2;
    public const int EINTR = 4;
    public const int ENXIO = 6;
    public const int EBUSY = 16;
    public const int EINVAL = 22;
    public const int EFBIG = 27;
    public const int ENOSPC = 28;

    public const nuint MS_RDONLY = 1;
    public const nuint MS_NOSUID = 2;
    public const nuint MS_NODEV = 4;
    public const nuint MS_NOEXEC = 8;
    public const nuint MS_NOATIME = 1024;
    public const int MNT_FORCE = 1;
    public const int MNT_DETACH = 2;

    private const string Library = "libc";

    /// <summary>The one open flag used here whose value differs between architectures: ARM has its own.</summary>
    public static int O_DIRECT => RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm ? 0x10000 : 0x4000;

    [LibraryImport(Library, EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags, int mode);

    [LibraryImport(Library, EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int fd);

    [LibraryImport(Library, EntryPoint = "fsync", SetLastError = true)]
    public static partial int Fsync(int fd);

    [LibraryImport(Library, EntryPoint = "fdatasync", SetLastError = true)]
    public static partial int Fdatasync(int fd);

    [LibraryImport(Library, EntryPoint = "syncfs", SetLastError = true)]
    public static partial int Syncfs(int fd);

    [LibraryImport(Library, EntryPoint = "fallocate", SetLastError = true)]
    public static partial int Fallocate(int fd, int mode, long offset, long length);

    [LibraryImport(Library, EntryPoint = "ftruncate", SetLastError = true)]
    public static partial int Ftruncate(int fd, long length);

    [LibraryImport(Library, EntryPoint = "lseek", SetLastError = true)]
    public static partial long Lseek(int fd, long offset, int whence);

    [LibraryImport(Library, EntryPoint = "pwrite", SetLastError = true)]
    public static partial nint Pwrite(int fd, nint buffer, nuint count, long offset);

    [LibraryImport(Library, EntryPoint = "ioctl", SetLastError = true)]
    public static partial int Ioctl(int fd, nuint request, nint argument);

    [LibraryImport(Library, EntryPoint = "mount", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Mount(string source, string target, string fileSystem, nuint flags, string? data);

    [LibraryImport(Library, EntryPoint = "umount2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Umount2(string target, int flags);
}
