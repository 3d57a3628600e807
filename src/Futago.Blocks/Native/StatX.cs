using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Futago.Blocks.Native;

/// <summary>
/// statx(2), and what it answers: struct statx of linux/stat.h, the same on every architecture; only the fields that are used have names. Times are to
/// the nanosecond, of which the base class library drops the last two digits.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
public partial struct StatX
{
    internal const int S_IFMT = 0xf000;

    public const int S_IFREG = 0x8000;
    public const int S_IFDIR = 0x4000;
    public const int S_IFBLK = 0x6000;

    /// <summary>Unit of <see cref="Blocks"/>, whatever the file system's own is.</summary>
    public const int BlockBytes = 512;

    private const int AT_SYMLINK_NOFOLLOW = 0x100;
    private const int AT_EMPTY_PATH = 0x1000;
    private const uint STATX_BASIC_STATS = 0x7ff;
    private const uint STATX_DIOALIGN = 0x2000;

    [FieldOffset(0)] internal uint Mask;
    [FieldOffset(4)] internal uint FileSystemBlockBytes;
    [FieldOffset(20)] public uint User;
    [FieldOffset(24)] public uint Group;
    [FieldOffset(28)] internal ushort Mode;
    [FieldOffset(32)] public ulong Inode;
    [FieldOffset(40)] public long Size;
    [FieldOffset(48)] public long Blocks;
    [FieldOffset(112)] public long ModifiedSeconds;
    [FieldOffset(120)] public uint ModifiedNanoseconds;
    [FieldOffset(128)] public uint DeviceMajor;
    [FieldOffset(132)] public uint DeviceMinor;
    [FieldOffset(136)] public uint FileSystemMajor;
    [FieldOffset(140)] public uint FileSystemMinor;
    [FieldOffset(152)] internal uint DirectMemoryAlignment;
    [FieldOffset(156)] internal uint DirectOffsetAlignment;

    private static readonly SafeFileHandle AT_FDCWD = new(-100, ownsHandle: false);

    /// <summary>S_IFREG, S_IFDIR, S_IFBLK, or something else.</summary>
    public readonly int Kind => Mode & S_IFMT;

    /// <summary>Whether the alignments for direct access are known: older kernels and some file systems say nothing.</summary>
    internal readonly bool HasDirectAlignment => (Mask & STATX_DIOALIGN) != 0;

    /// <returns>False when it does not exist or its file system does not answer; the system's error says why.</returns>
    public static bool TryRead(string path, out StatX status) => Call(AT_FDCWD, path, 0, STATX_BASIC_STATS, out status) == 0;

    /// <summary>Of the symbolic link itself, where it is one.</summary>
    /// <inheritdoc cref="TryRead(string, out StatX)"/>
    public static bool TryReadLink(string path, out StatX status) => Call(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, out status) == 0;

    /// <summary>With the alignments for direct access.</summary>
    /// <inheritdoc cref="TryRead(string, out StatX)"/>
    internal static bool TryRead(SafeFileHandle file, out StatX status) =>
        Call(file, "", AT_EMPTY_PATH, STATX_BASIC_STATS | STATX_DIOALIGN, out status) == 0;

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Call(SafeFileHandle directory, string path, int flags, uint mask, out StatX status);
}
