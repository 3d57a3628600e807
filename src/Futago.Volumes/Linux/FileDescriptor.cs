using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Futago.Volumes.Linux;

/// <summary>A file descriptor opened with flags that the base class library does not offer, and the calls made on it.</summary>
internal sealed class FileDescriptor : SafeHandleZeroOrMinusOneIsInvalid
{
    private FileDescriptor(int fd) : base(true) => SetHandle(fd);

    private int Fd => (int)handle;

    /// <exception cref="Win32Exception">The file could not be opened; the message is the system's.</exception>
    public static FileDescriptor Open(string path, int flags)
    {
        int fd;
        while ((fd = LibC.Open(path, flags | LibC.O_CLOEXEC, 0)) < 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error != LibC.EINTR)
                throw new Win32Exception(error);
        }
        return new FileDescriptor(fd);
    }

    public void Sync() => Check(LibC.Fsync(Fd));

    public void SyncData() => Check(LibC.Fdatasync(Fd));

    /// <summary>Allocates the range (as unwritten extents, which read as zeros) and extends the file to its end.</summary>
    public void Allocate(long offset, long length)
    {
        // XFS may stop early on a signal; the call is idempotent, so it is simply made again.
        while (LibC.Fallocate(Fd, 0, offset, length) < 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error != LibC.EINTR)
                throw new Win32Exception(error);
        }
    }

    /// <summary>Has the file system give the file space in pieces of this length, as long as it has any. The file is empty.</summary>
    /// <param name="bytes">A multiple of the file system's blocks.</param>
    public unsafe void AllocateInPiecesOf(uint bytes)
    {
        // struct fsxattr, linux/fs.h: flags, length of an extent, number of extents, project, length of an extent that is copied; eight bytes more.
        var attributes = stackalloc uint[7];
        Control(LibC.FS_IOC_FSGETXATTR, (nint)attributes);
        (attributes[0], attributes[1]) = (attributes[0] | LibC.FS_XFLAG_EXTSIZE, bytes);
        Control(LibC.FS_IOC_FSSETXATTR, (nint)attributes);
    }

    /// <summary>Makes everything that was written to the file system durable.</summary>
    public void SyncFileSystem() => Check(LibC.Syncfs(Fd));

    /// <summary>
    /// Makes this file share all blocks of another one of the same file system. The kernel holds new writes to the source, waits for
    /// those in flight and writes back what its page cache holds: the copy is the source at one instant.
    /// </summary>
    public void CloneFrom(FileDescriptor source) => Control(LibC.FICLONE, source.Fd);

    /// <summary>The same for a range. Offset and length are multiples of the file system's blocks, except at the end of the source.</summary>
    public unsafe void CloneRangeFrom(FileDescriptor source, long offset, long length)
    {
        // struct file_clone_range, linux/fs.h: source file, source offset, length, target offset.
        var range = stackalloc long[] { source.Fd, offset, length, offset };
        Control(LibC.FICLONERANGE, (nint)range);
    }

    public long Length => Seek(0, LibC.SEEK_END);

    public void Truncate(long length) => Check(LibC.Ftruncate(Fd, length));

    /// <summary>First hole (or unwritten extent without cached data) at or after the offset; the file's length when there is none.</summary>
    public long NextHole(long offset) => Seek(offset, LibC.SEEK_HOLE);

    /// <summary>First data at or after the offset, or -1 when only a hole is left.</summary>
    public long NextData(long offset) => Seek(offset, LibC.SEEK_DATA);

    public void Write(nint buffer, int count, long offset)
    {
        var done = 0;
        while (done < count)
        {
            var written = LibC.Pwrite(Fd, buffer + done, (nuint)(count - done), offset + done);
            if (written > 0)
            {
                done += (int)written;
                continue;
            }
            var error = written == 0 ? LibC.ENOSPC : Marshal.GetLastPInvokeError();
            if (error != LibC.EINTR)
                throw new Win32Exception(error);
        }
    }

    public int Control(nuint request, nint argument)
    {
        var result = LibC.Ioctl(Fd, request, argument);
        return result < 0 ? throw new Win32Exception(Marshal.GetLastPInvokeError()) : result;
    }

    public uint Number => (uint)Fd;

    protected override bool ReleaseHandle() => LibC.Close(Fd) == 0;

    private long Seek(long offset, int whence)
    {
        var found = LibC.Lseek(Fd, offset, whence);
        if (found >= 0)
            return found;
        var error = Marshal.GetLastPInvokeError();
        return error == LibC.ENXIO ? -1 : throw new Win32Exception(error);
    }

    private static void Check(int result)
    {
        if (result < 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError());
    }
}
