using System.Runtime.InteropServices;

namespace Futago.Blocks.Native;

/// <summary>Linux error numbers (asm-generic/errno.h) that this assembly tells apart.</summary>
internal static class Errno
{
    internal const int EINTR = 4;
    internal const int EIO = 5;
    internal const int ENXIO = 6;
    internal const int EBADF = 9;
    internal const int EAGAIN = 11;
    internal const int EBUSY = 16;
    internal const int EXDEV = 18;
    internal const int EINVAL = 22;
    internal const int ENOTTY = 25;
    internal const int ENOSPC = 28;
    internal const int EROFS = 30;
    internal const int EOPNOTSUPP = 95;
    internal const int EDQUOT = 122;

    /// <summary>What the system calls it: "Input/output error".</summary>
    internal static string Describe(int errno) => Marshal.GetPInvokeErrorMessage(errno);

    internal static BlockStatus ToReadStatus(int errno) => errno switch
    {
        0 => BlockStatus.Ok,
        _ => BlockStatus.ReadError,
    };

    internal static BlockStatus ToWriteStatus(int errno) => errno switch
    {
        0 => BlockStatus.Ok,
        ENOSPC or EDQUOT => BlockStatus.NoSpace,
        EROFS or EBADF => BlockStatus.ReadOnly,
        _ => BlockStatus.WriteError,
    };
}
