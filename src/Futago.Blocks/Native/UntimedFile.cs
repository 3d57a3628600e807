using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Futago.Blocks.Native;

/// <summary>
/// A file of XFS, opened by its handle as xfs_fsr and xfsdump do: reads and writes through it leave its times alone. xfsctl(3), XFS_IOC_OPEN_BY_HANDLE.
/// Nobody asks when a volume was last written. To note it takes a transaction with every tick of the kernel's clock; the write that it falls to is refused by
/// RWF_NOWAIT, and so are those that come while an I/O thread makes up for it and holds the file.
/// </summary>
internal static unsafe partial class UntimedFile
{
    /// <summary>A handle is 24 bytes long; the kernel writes no more than this (MAXFIDSZ and the identity of the file system).</summary>
    private const int HandleBytes = 64;

    // _IOWR('X', 106, struct xfs_fsop_handlereq) and _IOWR('X', 107, …).
    private const uint XFS_IOC_FD_TO_HANDLE = 0xc038_586a;
    private const uint XFS_IOC_OPEN_BY_HANDLE = 0xc038_586b;

    /// <param name="file">The file, opened by its path.</param>
    /// <param name="path">Its path: the kernel wants a directory of the same file system.</param>
    /// <param name="flags">As of open(2).</param>
    /// <returns>Null where it cannot be had: on another file system, or without CAP_SYS_ADMIN.</returns>
    public static SafeFileHandle? TryOpen(SafeFileHandle file, string path, int flags)
    {
        var handle = stackalloc byte[HandleBytes];
        uint length = HandleBytes;
        // The call itself keeps the file open, whose number it also gets.
        var ask = new HandleRequest { File = (uint)file.DangerousGetHandle(), Handle = handle, HandleLengthFound = &length };
        if (IoControl(file, XFS_IOC_FD_TO_HANDLE, &ask) < 0)
            return null;
        using var directory = DirectorySync.TryOpen(Path.GetDirectoryName(Path.GetFullPath(path))!);
        if (directory is null)
            return null;
        var open = new HandleRequest { OpenFlags = (uint)flags, KnownHandle = handle, KnownHandleLength = length };
        var descriptor = IoControl(directory, XFS_IOC_OPEN_BY_HANDLE, &open);
        if (descriptor < 0)
            return null;
        var untimed = new SafeFileHandle(descriptor, ownsHandle: true);
        // The call knows no O_CLOEXEC.
        if (LibC.FControl(untimed, LibC.F_SETFD, LibC.FD_CLOEXEC) == 0)
            return untimed;
        untimed.Dispose();
        return null;
    }

    /// <summary>struct xfs_fsop_handlereq of xfs/xfs_fs.h on 64-bit systems.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct HandleRequest
    {
        public uint File;
        public byte* Path;
        public uint OpenFlags;
        public byte* KnownHandle;
        public uint KnownHandleLength;
        public byte* Handle;
        public uint* HandleLengthFound;
    }

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int IoControl(SafeFileHandle file, nuint request, HandleRequest* argument);
}
