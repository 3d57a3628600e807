using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text;

namespace Futago.Volumes.Linux;

/// <summary>
/// A loop device over an image file. It is set up with the autoclear flag: the kernel detaches it when the last user is gone
/// (this object while the mount is made, the mount afterwards), so that a killed process leaves no loop device behind.
/// </summary>
internal sealed class LoopDevice : IDisposable
{
    private const nuint LOOP_CTL_GET_FREE = 0x4C82;
    private const nuint LOOP_CONFIGURE = 0x4C0A;
    private const nuint LOOP_SET_CAPACITY = 0x4C07;
    private const uint LO_FLAGS_READ_ONLY = 1;
    private const uint LO_FLAGS_AUTOCLEAR = 4;
    private const uint LO_FLAGS_DIRECT_IO = 16;

    // struct loop_config: u32 fd, u32 block_size, struct loop_info64 (232 bytes), u64 reserved[8].
    private const int ConfigLength = 304;
    private const int SectorBytesOffset = 4;
    private const int FlagsOffset = 8 + 52;
    private const int FileNameOffset = 8 + 56;
    private const int FileNameLength = 64;

    /// <summary>Another process may take the free device between the two calls; each time it does, it has made progress.</summary>
    private const int AttemptsMaximum = 64;

    private readonly FileDescriptor _device;

    private LoopDevice(string path, FileDescriptor device)
    {
        Path = path;
        _device = device;
    }

    /// <summary>Device node such as <c>/dev/loop3</c>.</summary>
    public string Path { get; }

    /// <param name="sectorBytes">Smallest piece that is read or written; 0: what the kernel finds right for the file.</param>
    /// <exception cref="Win32Exception">The image or a loop device could not be opened.</exception>
    public static LoopDevice Attach(string imagePath, bool readOnly, int sectorBytes = 0)
    {
        using var control = FileDescriptor.Open("/dev/loop-control", LibC.O_RDWR);
        using var image = FileDescriptor.Open(imagePath, readOnly ? LibC.O_RDONLY : LibC.O_RDWR);
        for (var attempt = 1; ; attempt++)
        {
            var path = $"/dev/loop{control.Control(LOOP_CTL_GET_FREE, 0)}";
            FileDescriptor? device = null;
            try
            {
                device = FileDescriptor.Open(path, readOnly ? LibC.O_RDONLY : LibC.O_RDWR);
                Configure(device, image, imagePath, readOnly, sectorBytes);
                return new LoopDevice(path, device);
            }
            catch (Win32Exception e) when (e.NativeErrorCode is LibC.EBUSY or LibC.ENXIO && attempt < AttemptsMaximum)
            {
                device?.Dispose();
            }
            catch
            {
                device?.Dispose();
                throw;
            }
        }
    }

    /// <summary>The file behind a device such as <c>/dev/loop3</c>; null when it is none, or has none.</summary>
    public static string? BackingFileOf(string devicePath)
    {
        var file = $"/sys/block/{System.IO.Path.GetFileName(devicePath)}/loop/backing_file";
        return File.Exists(file) ? File.ReadAllText(file).TrimEnd('\n') : null;
    }

    /// <summary>The file behind an attached device has become longer.</summary>
    public static void Grow(string devicePath)
    {
        using var device = FileDescriptor.Open(devicePath, LibC.O_RDWR);
        device.Control(LOOP_SET_CAPACITY, 0);
    }

    public void Dispose() => _device.Dispose();

    private static unsafe void Configure(FileDescriptor device, FileDescriptor image, string imagePath, bool readOnly, int sectorBytes)
    {
        Span<byte> config = stackalloc byte[ConfigLength];
        config.Clear();
        MemoryMarshal.Write(config, image.Number);
        MemoryMarshal.Write(config[SectorBytesOffset..], sectorBytes);
        // Direct I/O keeps the image out of the page cache, where it would be held twice; the kernel drops the flag by itself
        // when the file system below cannot do it.
        var flags = LO_FLAGS_AUTOCLEAR | LO_FLAGS_DIRECT_IO | (readOnly ? LO_FLAGS_READ_ONLY : 0);
        MemoryMarshal.Write(config[FlagsOffset..], flags);
        var name = Encoding.UTF8.GetBytes(imagePath);
        name.AsSpan(0, Math.Min(name.Length, FileNameLength - 1)).CopyTo(config[FileNameOffset..]);
        fixed (byte* pointer = config)
            device.Control(LOOP_CONFIGURE, (nint)pointer);
    }
}
