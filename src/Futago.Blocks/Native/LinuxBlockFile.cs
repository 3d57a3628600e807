using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Futago.Blocks.Native;

/// <summary>
/// <see cref="IBlockFile"/> on Linux. The handle counts its users, so that closing it while another thread is inside a call
/// cannot hit a file descriptor that was given to somebody else meanwhile.
/// </summary>
internal sealed unsafe class LinuxBlockFile : IBlockFile
{
    private const int SectorBytes = 512;

    private readonly SafeFileHandle _file;

    private LinuxBlockFile(SafeFileHandle file, in StatX status, bool direct)
    {
        _file = file;
        IsBlockDevice = status.Kind == StatX.S_IFBLK;
        UnmapGranularity = IsBlockDevice ? DiscardGranularity(status) : (int)Math.Max(status.FileSystemBlockBytes, SectorBytes);
        SharingWith = IsBlockDevice ? null : new FileSystemId(status.FileSystemMajor, status.FileSystemMinor);
        if (!direct)
        {
            OffsetAlignment = MemoryAlignment = 1;
            return;
        }
        // statx(2): a kernel or file system that says nothing gets what every one of them takes.
        var known = status.HasDirectAlignment && status.DirectOffsetAlignment != 0;
        OffsetAlignment = known ? (int)Math.Max(status.DirectOffsetAlignment, SectorBytes) : BlockBuffer.Alignment;
        MemoryAlignment = known ? (int)Math.Max(status.DirectMemoryAlignment, 1) : BlockBuffer.Alignment;
    }

    /// <summary>For system calls that take it in a structure; valid until <see cref="Dispose"/>, which their caller holds off.</summary>
    internal int Descriptor => (int)_file.DangerousGetHandle();

    public bool IsBlockDevice { get; }

    public int OffsetAlignment { get; }

    public int MemoryAlignment { get; }

    public int UnmapGranularity { get; }

    public FileSystemId? SharingWith { get; }

    /// <exception cref="IOException">The file cannot be opened, is neither a regular file nor a block device, or refuses direct access.</exception>
    internal static LinuxBlockFile Open(string path, bool direct, bool readOnly) => Open(path, direct, readOnly, 0);

    /// <summary>With direct access, and so that a write returns when it is durable.</summary>
    /// <inheritdoc cref="Open(string, bool, bool)"/>
    internal static LinuxBlockFile OpenDurable(string path) => Open(path, direct: true, readOnly: false, LibC.O_DSYNC);

    private static LinuxBlockFile Open(string path, bool direct, bool readOnly, int more)
    {
        var flags = more | LibC.O_CLOEXEC | (readOnly ? LibC.O_RDONLY : LibC.O_RDWR) | (direct ? LibC.O_DIRECT : 0);
        int descriptor;
        do
            descriptor = LibC.Open(path, flags, 0);
        while (descriptor < 0 && Marshal.GetLastPInvokeError() == Errno.EINTR);
        if (descriptor < 0)
            throw Failure($"Cannot open {path}");
        var file = new SafeFileHandle(descriptor, ownsHandle: true);
        try
        {
            if (!StatX.TryRead(file, out var status))
                throw Failure($"Cannot read the status of {path}");
            if (status.Kind is not (StatX.S_IFREG or StatX.S_IFBLK))
                throw new IOException($"{path} is neither a regular file nor a block device");
            if (!readOnly && status.Kind == StatX.S_IFREG && UntimedFile.TryOpen(file, path, flags) is { } untimed)
            {
                file.Dispose();
                file = untimed;
            }
            return new LinuxBlockFile(file, status, direct);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public BlockSpace? GetSpace()
    {
        LibC.FileSystemStatus space;
        if (IsBlockDevice || !StatX.TryRead(_file, out var status) || LibC.FStatVfs(_file, &space) < 0)
            return null;
        return new BlockSpace(status.Blocks * StatX.BlockBytes, (long)(space.AvailableBlocks * space.FragmentSize));
    }

    public long GetLength()
    {
        // SEEK_END answers for block devices too, where the size in the inode is 0.
        var length = LibC.LSeek(_file, 0, LibC.SEEK_END);
        return length >= 0 ? length : throw Failure("Cannot read the size");
    }

    public int Read(long offset, nint address, int length, bool cachedOnly)
    {
        while (true)
        {
            nint n;
            if (cachedOnly)
            {
                var vector = new LibC.IoVector { Base = address, Length = length };
                n = LibC.PReadV2(_file, &vector, 1, offset, LibC.RWF_NOWAIT);
            }
            else
            {
                n = LibC.PRead(_file, address, length, offset);
            }
            if (n >= 0)
                return (int)n;
            var error = Marshal.GetLastPInvokeError();
            if (error != Errno.EINTR)
                return -error;
        }
    }

    public int Write(long offset, nint address, int length, bool cachedOnly)
    {
        while (true)
        {
            nint n;
            if (cachedOnly)
            {
                var vector = new LibC.IoVector { Base = address, Length = length };
                n = LibC.PWriteV2(_file, &vector, 1, offset, LibC.RWF_NOWAIT);
            }
            else
            {
                n = LibC.PWrite(_file, address, length, offset);
            }
            if (n >= 0)
                return (int)n;
            var error = Marshal.GetLastPInvokeError();
            if (error != Errno.EINTR)
                return -error;
        }
    }

    public int Sync()
    {
        while (LibC.FDataSync(_file) < 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error != Errno.EINTR)
                return -error;
        }
        return 0;
    }

    public int PunchHole(long offset, long length) => Allocate(LibC.FALLOC_FL_PUNCH_HOLE | LibC.FALLOC_FL_KEEP_SIZE, offset, length);

    public int ZeroRange(long offset, long length) => Allocate(LibC.FALLOC_FL_ZERO_RANGE | LibC.FALLOC_FL_KEEP_SIZE, offset, length);

    public int CloneRange(IBlockFile source, long sourceOffset, long offset, long length)
    {
        if (source is not LinuxBlockFile other)
            return -Errno.EOPNOTSUPP;
        var result = Share(other, sourceOffset, offset, length);
        // A file system without reflinks can still spare the way through this process.
        return result is -Errno.EOPNOTSUPP or -Errno.ENOTTY or -Errno.EINVAL or -Errno.EXDEV ? Copy(other, sourceOffset, offset, length) : result;
    }

    public long SeekData(long offset) => Seek(offset, LibC.SEEK_DATA);

    public long SeekHole(long offset) => Seek(offset, LibC.SEEK_HOLE);

    public void Dispose() => _file.Dispose();

    private long Seek(long offset, int whence)
    {
        var position = LibC.LSeek(_file, offset, whence);
        return position >= 0 ? position : -Marshal.GetLastPInvokeError();
    }

    private int Share(LinuxBlockFile source, long sourceOffset, long offset, long length)
    {
        // The descriptor travels inside the argument, where the marshaller does not keep it open.
        var held = false;
        try
        {
            source._file.DangerousAddRef(ref held);
            var argument = new LibC.CloneRangeArgument
            {
                SourceDescriptor = source._file.DangerousGetHandle(),
                SourceOffset = sourceOffset,
                SourceLength = length,
                DestinationOffset = offset,
            };
            while (LibC.IoControl(_file, LibC.FICLONERANGE, &argument) < 0)
            {
                var error = Marshal.GetLastPInvokeError();
                if (error != Errno.EINTR)
                    return -error;
            }
            return 0;
        }
        catch (ObjectDisposedException)
        {
            return -Errno.EBADF;
        }
        finally
        {
            if (held)
                source._file.DangerousRelease();
        }
    }

    private int Copy(LinuxBlockFile source, long sourceOffset, long offset, long length)
    {
        while (length > 0)
        {
            // The kernel moves both offsets on by what it has copied.
            var n = LibC.CopyFileRange(source._file, &sourceOffset, _file, &offset, (nint)Math.Min(length, 1 << 30), 0);
            if (n < 0 && Marshal.GetLastPInvokeError() is var error && error != Errno.EINTR)
                return -error;
            // The source ends early: the medium does not hold what was promised.
            if (n == 0)
                return -Errno.EIO;
            length -= Math.Max(n, 0);
        }
        return 0;
    }

    private int Allocate(int mode, long offset, long length)
    {
        while (true)
        {
            if (LibC.FAllocate(_file, mode, offset, length) == 0)
                return 0;
            var error = Marshal.GetLastPInvokeError();
            if (error != Errno.EINTR)
                return -error;
        }
    }

    /// <summary>What sysfs says about the device; partitions keep their queue one directory up.</summary>
    private static int DiscardGranularity(in StatX status)
    {
        var directory = string.Create(CultureInfo.InvariantCulture, $"/sys/dev/block/{status.DeviceMajor}:{status.DeviceMinor}");
        foreach (var path in (string[])[$"{directory}/queue/discard_granularity", $"{directory}/../queue/discard_granularity"])
        {
            if (File.Exists(path) && int.TryParse(File.ReadAllText(path).Trim(), CultureInfo.InvariantCulture, out var bytes))
                return bytes;
        }
        return 0;
    }

    private static IOException Failure(string what) =>
        new($"{what}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}", Marshal.GetLastPInvokeError());
}
