using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Futago.Volumes.Linux;

/// <summary>Whose a file is.</summary>
public static class FileOwner
{
    private const int AtFdCwd = -100;
    private const int AtSymlinkNoFollow = 0x100;
    private const uint BasicStats = 0x7ff;

    /// <returns>Numbers of user and group, of the link itself where it is one.</returns>
    /// <exception cref="Win32Exception">There is no such file.</exception>
    public static unsafe (uint User, uint Group) Read(string path)
    {
        Span<byte> buffer = stackalloc byte[256];
        fixed (byte* pointer = buffer)
        {
            if (LibC.Statx(AtFdCwd, path, AtSymlinkNoFollow, BasicStats, pointer) != 0)
                throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
        // struct statx, include/uapi/linux/stat.h: stx_uid and stx_gid.
        return (MemoryMarshal.Read<uint>(buffer[0x14..]), MemoryMarshal.Read<uint>(buffer[0x18..]));
    }
}
