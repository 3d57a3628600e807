namespace Futago.Blocks.Native;

/// <summary>
/// An open file or block device as the kernel offers it: the seam under <see cref="FileBlockDevice"/> where tests count and
/// break system calls. Calls transfer what the kernel transfers (EINTR is handled); a negative result is the negated errno.
/// </summary>
internal interface IBlockFile : IDisposable
{
    bool IsBlockDevice { get; }

    /// <summary>Alignment of offsets and lengths for direct access, in bytes; 1 through the page cache.</summary>
    int OffsetAlignment { get; }

    /// <summary>Alignment of memory for direct access, in bytes; 1 through the page cache.</summary>
    int MemoryAlignment { get; }

    /// <summary>Granularity in bytes in which space can be given back; 0 when it cannot.</summary>
    int UnmapGranularity { get; }

    /// <summary>Size in bytes now.</summary>
    long GetLength();

    /// <param name="cachedOnly">Fail with EAGAIN instead of waiting for the medium.</param>
    int Read(long offset, nint address, int length, bool cachedOnly);

    /// <param name="cachedOnly">Fail with EAGAIN instead of waiting for the medium or a lock.</param>
    int Write(long offset, nint address, int length, bool cachedOnly);

    int Sync();

    int PunchHole(long offset, long length);

    int ZeroRange(long offset, long length);

    /// <summary>Space that a regular file takes up, and what its file system has left; null for a block device.</summary>
    BlockSpace? GetSpace();

    /// <summary>Where the file is kept: two files with the same answer may share space. Null when it cannot share any.</summary>
    FileSystemId? SharingWith { get; }

    /// <summary>Makes a range the same as one of another file, by sharing its space (FICLONERANGE, then copy_file_range).</summary>
    int CloneRange(IBlockFile source, long sourceOffset, long offset, long length);

    /// <summary>First byte at or after <paramref name="offset"/> that is data.</summary>
    long SeekData(long offset);

    /// <summary>First byte at or after <paramref name="offset"/> that is a hole.</summary>
    long SeekHole(long offset);
}
