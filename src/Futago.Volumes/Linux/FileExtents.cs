using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Futago.Volumes.Linux;

/// <summary>Where the blocks of a file lie, FS_IOC_FIEMAP (Documentation/filesystems/fiemap.rst).</summary>
internal static class FileExtents
{
    private const int HeaderLength = 32;
    private const int ExtentLength = 56;
    private const int ExtentsPerCall = 512;
    private const uint FlagLast = 0x1;
    private const uint FlagUnknown = 0x2;
    private const uint FlagDelayed = 0x4;
    private const uint FlagShared = 0x2000;

    /// <param name="found">Physical start and length in bytes, and whether another file has the blocks too.</param>
    /// <exception cref="Win32Exception">The file cannot be opened or mapped.</exception>
    public static unsafe void Read(string path, Action<long, long, bool> found)
    {
        using var file = FileDescriptor.Open(path, LibC.O_RDONLY);
        var buffer = new byte[HeaderLength + ExtentLength * ExtentsPerCall];
        long next = 0;
        while (true)
        {
            buffer.AsSpan(0, HeaderLength).Clear();
            MemoryMarshal.Write(buffer.AsSpan(0), next);
            MemoryMarshal.Write(buffer.AsSpan(8), long.MaxValue - next);
            MemoryMarshal.Write(buffer.AsSpan(24), ExtentsPerCall);
            fixed (byte* pointer = buffer)
                file.Control(LibC.FS_IOC_FIEMAP, (nint)pointer);
            var count = MemoryMarshal.Read<int>(buffer.AsSpan(20));
            for (var i = 0; i < count; i++)
            {
                var extent = buffer.AsSpan(HeaderLength + i * ExtentLength, ExtentLength);
                var length = MemoryMarshal.Read<long>(extent[16..]);
                var flags = MemoryMarshal.Read<uint>(extent[40..]);
                next = MemoryMarshal.Read<long>(extent) + length;
                // What is not on the disk yet has no place, and nobody shares it.
                if ((flags & (FlagUnknown | FlagDelayed)) == 0)
                    found(MemoryMarshal.Read<long>(extent[8..]), length, (flags & FlagShared) != 0);
                if ((flags & FlagLast) != 0)
                    return;
            }
            if (count == 0)
                return;
        }
    }
}
