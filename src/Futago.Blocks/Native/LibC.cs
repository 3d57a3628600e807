using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Futago.Blocks.Native;

/// <summary>The Linux system calls of this assembly, 64-bit offsets. All of them set errno.</summary>
internal static unsafe partial class LibC
{
    internal const int O_RDONLY = 0;
    internal const int O_RDWR = 2;
    internal const int O_CLOEXEC = 0x80000;

    internal const int O_DSYNC = 0x1000;

    internal const int RWF_NOWAIT = 8;

    internal const int F_SETFD = 2;
    internal const int FD_CLOEXEC = 1;

    internal const int FALLOC_FL_KEEP_SIZE = 1;
    internal const int FALLOC_FL_PUNCH_HOLE = 2;
    internal const int FALLOC_FL_ZERO_RANGE = 16;

    /// <summary>FICLONERANGE, linux/fs.h: <c>_IOW(0x94, 13, struct file_clone_range)</c>.</summary>
    internal const uint FICLONERANGE = 0x4020_940d;

    internal const int SEEK_END = 2;
    internal const int SEEK_DATA = 3;
    internal const int SEEK_HOLE = 4;

    /// <summary>O_DIRECT has another value on ARM than on x86 (asm/fcntl.h).</summary>
    internal static int O_DIRECT =>
        RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm ? 0x10000 : 0x4000;

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Open(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "pread", SetLastError = true)]
    internal static partial nint PRead(SafeFileHandle file, nint buffer, nint count, long offset);

    [LibraryImport("libc", EntryPoint = "pwrite", SetLastError = true)]
    internal static partial nint PWrite(SafeFileHandle file, nint buffer, nint count, long offset);

    [LibraryImport("libc", EntryPoint = "preadv2", SetLastError = true)]
    internal static partial nint PReadV2(SafeFileHandle file, IoVector* vectors, int count, long offset, int flags);

    [LibraryImport("libc", EntryPoint = "pwritev2", SetLastError = true)]
    internal static partial nint PWriteV2(SafeFileHandle file, IoVector* vectors, int count, long offset, int flags);

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    internal static partial int FDataSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    internal static partial int FSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "fallocate", SetLastError = true)]
    internal static partial int FAllocate(SafeFileHandle file, int mode, long offset, long length);

    [LibraryImport("libc", EntryPoint = "lseek", SetLastError = true)]
    internal static partial long LSeek(SafeFileHandle file, long offset, int whence);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    internal static partial int IoControl(SafeFileHandle file, nuint request, CloneRangeArgument* argument);

    [LibraryImport("libc", EntryPoint = "copy_file_range", SetLastError = true)]
    internal static partial nint CopyFileRange(SafeFileHandle source, long* sourceOffset, SafeFileHandle destination, long* offset, nint length, uint flags);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    internal static partial int FControl(SafeFileHandle file, int command, nint argument);

    /// <summary>struct file_clone_range of linux/fs.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct CloneRangeArgument
    {
        public long SourceDescriptor;
        public long SourceOffset;
        public long SourceLength;
        public long DestinationOffset;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct IoVector
    {
        public nint Base;
        public nint Length;
    }

    [LibraryImport("libc", EntryPoint = "fstatvfs", SetLastError = true)]
    internal static partial int FStatVfs(SafeFileHandle file, FileSystemStatus* status);

    /// <summary>struct statvfs of bits/statvfs.h on 64-bit systems; only the fields that are used have names.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    internal struct FileSystemStatus
    {
        [FieldOffset(8)] public ulong FragmentSize;
        [FieldOffset(32)] public ulong AvailableBlocks;
    }
}
