using System.Runtime.InteropServices;

namespace Futago.Volumes.Linux;

/// <summary>What statx(2) says about a file, as far as it is used here.</summary>
/// <param name="AllocatedBytes">Blocks that the file really takes.</param>
/// <param name="DeviceNumber"><c>major:minor</c> of the device that a block device node stands for.</param>
/// <param name="Identity">File system and inode: changes when another file takes the path.</param>
public sealed record FileStatus(FileKind Kind, long SizeBytes, long AllocatedBytes, string DeviceNumber, string Identity, long ModifiedNs)
{
    private const int AtFdCwd = -100;
    private const uint BasicStats = 0x7ff;

    /// <summary>Follows symbolic links. Null when the file does not exist or its file system does not answer.</summary>
    public static unsafe FileStatus? TryRead(string path)
    {
        Span<byte> buffer = stackalloc byte[256];
        fixed (byte* pointer = buffer)
        {
            if (LibC.Statx(AtFdCwd, path, 0, BasicStats, pointer) != 0)
                return null;
        }
        // struct statx, include/uapi/linux/stat.h: the layout is the same on every architecture, in host byte order.
        var mode = MemoryMarshal.Read<ushort>(buffer[0x1c..]);
        var kind = (mode & 0xf000) switch
        {
            0x8000 => FileKind.Regular,
            0x4000 => FileKind.Directory,
            0x6000 => FileKind.BlockDevice,
            _ => FileKind.Other,
        };
        return new FileStatus(
            kind,
            MemoryMarshal.Read<long>(buffer[0x28..]),
            MemoryMarshal.Read<long>(buffer[0x30..]) * 512,
            $"{MemoryMarshal.Read<uint>(buffer[0x80..])}:{MemoryMarshal.Read<uint>(buffer[0x84..])}",
            $"{MemoryMarshal.Read<uint>(buffer[0x88..])}:{MemoryMarshal.Read<uint>(buffer[0x8c..])}:{MemoryMarshal.Read<ulong>(buffer[0x20..])}",
            MemoryMarshal.Read<long>(buffer[0x70..]) * 1_000_000_000 + MemoryMarshal.Read<uint>(buffer[0x78..]));
    }
}
