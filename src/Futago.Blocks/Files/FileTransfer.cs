using Futago.Blocks.Native;

namespace Futago.Blocks;

/// <summary>
/// Whole transfers on an <see cref="IBlockFile"/>: goes on after short ones, and goes through an aligned bounce buffer where
/// direct access does not take the request as it is. Blocks; runs on I/O threads. Results are 0 or an errno.
/// </summary>
internal sealed class FileTransfer(IBlockFile file, int threads, Func<bool>? makeRoom)
{
    /// <summary>Largest piece that goes through a bounce buffer at once.</summary>
    private const int BounceBytes = 256 * 1024;

    /// <summary>Zeroing and unmapping go in pieces, so that the file system's lock is free for reads and writes in between.</summary>
    private const long DeallocationPieceBytes = 64L << 20;

    private readonly BlockBufferPool _bounce = new((long)BounceBytes * (threads + 1));
    private readonly SectorLocks? _locks = file.OffsetAlignment > 512 ? new SectorLocks(file.OffsetAlignment) : null;

    /// <summary>What is left of the request needs no bounce buffer.</summary>
    public bool IsAligned(BlockRequest request)
    {
        var (offset, bufferOffset, length) = Rest(request);
        return IsAligned(offset, length, request.Buffer!.Address + bufferOffset);
    }

    /// <summary>Reads what is left of a request.</summary>
    public int Read(BlockRequest request)
    {
        var (offset, bufferOffset, length) = Rest(request);
        var address = request.Buffer!.Address + bufferOffset;
        return IsAligned(offset, length, address)
            ? ReadAligned(offset, address, length)
            : ReadThroughBounce(offset, request.Buffer.Slice(bufferOffset, length));
    }

    /// <summary>Writes what is left of a request.</summary>
    public int Write(BlockRequest request)
    {
        var (offset, bufferOffset, length) = Rest(request);
        var address = request.Buffer!.Address + bufferOffset;
        if (_locks is null)
            return WriteAny(offset, request.Buffer, bufferOffset, length, address);
        using (_locks.Enter(offset, length))
            return WriteAny(offset, request.Buffer, bufferOffset, length, address);
    }

    private static (long Offset, int BufferOffset, int Length) Rest(BlockRequest request) =>
        (request.OffsetBytes + request.DoneBytes, request.BufferOffset + request.DoneBytes, (int)request.LengthBytes - request.DoneBytes);

    public int Unmap(long offset, long length) => InPieces(offset, length, static (self, o, l) =>
    {
        var result = -self.File.PunchHole(o, l);
        // What cannot be given back must still read as zeros.
        return result == Errno.EOPNOTSUPP ? self.Zero(o, l) : result;
    });

    public int WriteZeroes(long offset, long length) => InPieces(offset, length, static (self, o, l) => self.Zero(o, l));

    private IBlockFile File => file;

    private int Zero(long offset, long length)
    {
        var result = -file.ZeroRange(offset, length);
        return result == Errno.EOPNOTSUPP ? WriteZeroBytes(offset, length) : result;
    }

    private int InPieces(long offset, long length, Func<FileTransfer, long, long, int> piece)
    {
        // Block devices take only whole sectors; the edges are written like any other data.
        if (file.IsBlockDevice)
        {
            long sector = Math.Max(file.OffsetAlignment, 4096);
            var first = Math.Min((offset + sector - 1) / sector * sector, offset + length);
            var end = Math.Max((offset + length) / sector * sector, first);
            var error = WriteZeroBytes(offset, first - offset);
            if (error == 0)
                error = WriteZeroBytes(end, offset + length - end);
            if (error != 0)
                return error;
            (offset, length) = (first, end - first);
        }
        while (length > 0)
        {
            var count = Math.Min(length, DeallocationPieceBytes - offset % DeallocationPieceBytes);
            var error = piece(this, offset, count);
            if (error != 0)
                return error;
            offset += count;
            length -= count;
        }
        return 0;
    }

    private int WriteZeroBytes(long offset, long length)
    {
        if (length == 0)
            return 0;
        var buffer = RentBounce();
        try
        {
            buffer.GetSpan().Clear();
            while (length > 0)
            {
                var count = (int)Math.Min(length, BounceBytes - offset % BounceBytes);
                var error = WriteZeroPiece(offset, buffer, count);
                if (error != 0)
                    return error;
                offset += count;
                length -= count;
            }
            return 0;
        }
        finally
        {
            _bounce.Return(buffer);
        }
    }

    private int WriteZeroPiece(long offset, BlockBuffer zeros, int count)
    {
        if (_locks is null)
            return WriteAny(offset, zeros, 0, count, zeros.Address);
        using (_locks.Enter(offset, count))
            return WriteAny(offset, zeros, 0, count, zeros.Address);
    }

    private int WriteAny(long offset, BlockBuffer buffer, int bufferOffset, int length, nint address) =>
        IsAligned(offset, length, address)
            ? WriteAligned(offset, address, length)
            : WriteThroughBounce(offset, buffer.Slice(bufferOffset, length));

    private bool IsAligned(long offset, int length, nint address) =>
        (offset | (long)length) % file.OffsetAlignment == 0 && address % file.MemoryAlignment == 0;

    /// <summary>Goes on after short reads. Results are 0 or an errno.</summary>
    internal static int ReadAll(IBlockFile file, long offset, nint address, int length)
    {
        while (length > 0)
        {
            var n = file.Read(offset, address, length, cachedOnly: false);
            if (n < 0)
                return -n;
            // The file is shorter than the device says: the medium does not hold what was promised.
            if (n == 0)
                return Errno.EIO;
            (offset, address, length) = (offset + n, address + n, length - n);
        }
        return 0;
    }

    /// <summary>Goes on after short writes, and after a lack of space when there is some then. Results are 0 or an errno.</summary>
    internal static int WriteAll(IBlockFile file, long offset, nint address, int length, Func<bool>? makeRoom = null)
    {
        while (length > 0)
        {
            var n = file.Write(offset, address, length, cachedOnly: false);
            if (n == -Errno.ENOSPC && makeRoom?.Invoke() == true)
                continue;
            if (n < 0)
                return -n;
            if (n == 0)
                return Errno.EIO;
            (offset, address, length) = (offset + n, address + n, length - n);
        }
        return 0;
    }

    private int ReadAligned(long offset, nint address, int length) => ReadAll(file, offset, address, length);

    private int WriteAligned(long offset, nint address, int length) => WriteAll(file, offset, address, length, makeRoom);

    private int ReadThroughBounce(long offset, Span<byte> destination)
    {
        var buffer = RentBounce();
        try
        {
            while (destination.Length > 0)
            {
                var (start, skip, window, count) = Window(offset, destination.Length);
                var error = ReadAligned(start, buffer.Address, window);
                if (error != 0)
                    return error;
                buffer.Slice(skip, count).CopyTo(destination);
                destination = destination[count..];
                offset += count;
            }
            return 0;
        }
        finally
        {
            _bounce.Return(buffer);
        }
    }

    /// <summary>The caller holds the sector lock of the range.</summary>
    private int WriteThroughBounce(long offset, ReadOnlySpan<byte> source)
    {
        var buffer = RentBounce();
        try
        {
            while (source.Length > 0)
            {
                var (start, skip, window, count) = Window(offset, source.Length);
                if (skip != 0 || count != window)
                {
                    var error = ReadAligned(start, buffer.Address, window);
                    if (error != 0)
                        return error;
                }
                source[..count].CopyTo(buffer.Slice(skip, count));
                var failure = WriteAligned(start, buffer.Address, window);
                if (failure != 0)
                    return failure;
                source = source[count..];
                offset += count;
            }
            return 0;
        }
        finally
        {
            _bounce.Return(buffer);
        }
    }

    /// <summary>The aligned piece of the file that holds the next bytes of a request.</summary>
    private (long Start, int Skip, int Window, int Count) Window(long offset, int remaining)
    {
        var sector = file.OffsetAlignment;
        var skip = (int)(offset % sector);
        var window = (int)Math.Min(((long)skip + remaining + sector - 1) / sector * sector, BounceBytes);
        return (offset - skip, skip, window, Math.Min(remaining, window - skip));
    }

    private BlockBuffer RentBounce() =>
        _bounce.TryRent(BounceBytes) ?? throw new InvalidOperationException("More bounce buffers in use than there are I/O threads");
}
