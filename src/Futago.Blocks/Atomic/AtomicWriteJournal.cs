using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Futago.Blocks.Atomic;

/// <summary>
/// Atomic writes by way of a journal file with room for one: (1) data and header go to the journal and are made durable; (2) the data
/// goes to the device, durably; (3) the header is struck out, durably; (4) the write is acknowledged. A crash before the end of (1)
/// leaves the old data, since the header's checksums do not fit yet; one after it is made good by <see cref="Replay"/> before the
/// device is used again. Striking out before the acknowledgement keeps a replay from undoing writes that came later.
/// docs/on-disk/atomic-write-journal.md.
/// </summary>
public sealed class AtomicWriteJournal : IAtomicWriter, IDisposable
{
    public const string FileName = "atomic.journal";

    private const uint Version = 1;
    private const int HeaderBytes = 4096;
    private const int ChecksumBytes = 32;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly SemaphoreSlim _gate = new(1);
    private readonly string _path;
    private readonly IBlockDevice _device;
    private FileStream? _file;
    private bool _failed;

    /// <param name="path">The journal file; made with the first write.</param>
    public AtomicWriteJournal(string path, IBlockDevice device)
    {
        _path = path;
        _device = device;
    }

    public int MaximumBytes => 1 << 20;

    private static ReadOnlySpan<byte> Magic => "FUTAGOAJ"u8;

    /// <summary>Finishes a write that a crash interrupted. To be called before anything else uses the device.</summary>
    /// <param name="through">What to write through while the device itself does not serve yet; null for the device.</param>
    /// <returns>Whether there was one.</returns>
    /// <exception cref="IOException">The journal cannot be read, or the device not written: it must not be used.</exception>
    public bool Replay(IBlockDevice? through = null)
    {
        var device = through ?? _device;
        if (!File.Exists(_path))
            return false;
        var content = File.ReadAllBytes(_path);
        if (!TryParse(content, out var offset, out var length))
            return false;
        if (offset < 0 || offset > device.LengthBytes || length > device.LengthBytes - offset)
            throw new IOException($"{_path} holds a write beyond the end of its volume");
        var pool = new BlockBufferPool(MaximumBytes);
        var buffer = pool.TryRent(length)!;
        content.AsSpan(HeaderBytes, length).CopyTo(buffer.GetSpan());
        var status = device.RunAsync(BlockOperation.Write, offset, length, buffer, durable: true).GetAwaiter().GetResult();
        pool.Return(buffer);
        pool.ReleaseAll();
        if (status != BlockStatus.Ok)
            throw new IOException($"The write in {_path} cannot be finished: {status}");
        StrikeOut(Open());
        return true;
    }

    /// <summary>Drops an interrupted write: what the device holds has come from elsewhere since. Not while writes are under way.</summary>
    /// <exception cref="IOException">The journal cannot be written.</exception>
    public void Discard()
    {
        if (File.Exists(_path))
            StrikeOut(Open());
    }

    /// <summary>Overwrites what it ever held, durably. It may be open; no write is under way meanwhile.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Erase(string path)
    {
        if (!File.Exists(path))
            return;
        using var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        file.Write(new byte[file.Length]);
        FileSync.Sync(file);
    }

    public async Task<BlockStatus> WriteAsync(long offsetBytes, int lengthBytes, BlockBuffer buffer, int bufferOffset)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(lengthBytes, MaximumBytes);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(lengthBytes);
        await _gate.WaitAsync();
        try
        {
            if (_failed)
                return BlockStatus.WriteError;
            if (await Task.Run(TryOpen) is not { } file)
                return BlockStatus.NoSpace;
            await Task.Run(() => Record(file, offsetBytes, buffer.Slice(bufferOffset, lengthBytes)));
            var status = await _device.RunAsync(BlockOperation.Write, offsetBytes, lengthBytes, buffer, durable: true, bufferOffset);
            // Also after an error: what is written later must not be undone by a replay.
            await Task.Run(() => StrikeOut(file));
            return status;
        }
        catch (IOException)
        {
            // What the journal holds is unknown; nothing is entrusted to it any more.
            _failed = true;
            File.Delete(_path);
            return BlockStatus.WriteError;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Waits for the write that is in flight, and keeps the next one off until the result is disposed.</summary>
    /// <returns>Null when the journal has been closed: nothing is in flight then.</returns>
    public IDisposable? Hold()
    {
        try
        {
            _gate.Wait();
            return new Held(_gate);
        }
        catch (ObjectDisposedException)
        {
            return null;
        }
    }

    public void Dispose()
    {
        _file?.Dispose();
        _gate.Dispose();
    }

    /// <summary>The journal of one write, as it stands in the file.</summary>
    public static byte[] Format(long offset, ReadOnlySpan<byte> data)
    {
        var content = new byte[HeaderBytes + data.Length];
        Magic.CopyTo(content);
        BinaryPrimitives.WriteUInt32LittleEndian(content.AsSpan(8), Version);
        BinaryPrimitives.WriteInt32LittleEndian(content.AsSpan(12), data.Length);
        BinaryPrimitives.WriteInt64LittleEndian(content.AsSpan(16), offset);
        SHA256.HashData(data, content.AsSpan(24));
        SHA256.HashData(content.AsSpan(0, HeaderBytes - ChecksumBytes), content.AsSpan(HeaderBytes - ChecksumBytes));
        data.CopyTo(content.AsSpan(HeaderBytes));
        return content;
    }

    private bool TryParse(ReadOnlySpan<byte> content, out long offset, out int length)
    {
        (offset, length) = (0, 0);
        if (content.Length < HeaderBytes || !content.StartsWith(Magic)
            || !SHA256.HashData(content[..(HeaderBytes - ChecksumBytes)]).AsSpan().SequenceEqual(content[(HeaderBytes - ChecksumBytes)..HeaderBytes]))
        {
            return false;
        }
        if (BinaryPrimitives.ReadUInt32LittleEndian(content[8..]) != Version)
            throw new IOException($"{_path} was written by a later version of the product");
        length = BinaryPrimitives.ReadInt32LittleEndian(content[12..]);
        offset = BinaryPrimitives.ReadInt64LittleEndian(content[16..]);
        return length > 0 && length <= MaximumBytes && content.Length >= HeaderBytes + length
            && SHA256.HashData(content.Slice(HeaderBytes, length)).AsSpan().SequenceEqual(content.Slice(24, ChecksumBytes));
    }

    /// <returns>Null when there is no space for the journal, which may change.</returns>
    private FileStream? TryOpen()
    {
        try
        {
            return Open();
        }
        catch (IOException e) when (e.HResult is Native.Errno.ENOSPC or Native.Errno.EDQUOT)
        {
            _file?.Dispose();
            _file = null;
            File.Delete(_path);
            return null;
        }
    }

    private FileStream Open()
    {
        if (_file is not null)
            return _file;
        var isNew = !File.Exists(_path);
        _file = new FileStream(_path, new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.ReadWrite,
            Share = FileShare.ReadWrite,
            BufferSize = 0,
            UnixCreateMode = OwnerOnly,
        });
        if (!isNew)
            return _file;
        // All of its space now: an atomic write must not fail for lack of it later than at its start.
        _file.Write(new byte[HeaderBytes + MaximumBytes]);
        FileSync.Sync(_file);
        Native.DirectorySync.Sync(Path.GetDirectoryName(_path)!);
        return _file;
    }

    private static void Record(FileStream file, long offset, ReadOnlySpan<byte> data)
    {
        file.Position = 0;
        file.Write(Format(offset, data));
        FileSync.Sync(file);
    }

    private static void StrikeOut(FileStream file)
    {
        file.Position = 0;
        file.Write(new byte[HeaderBytes]);
        FileSync.Sync(file);
    }

    private sealed class Held(SemaphoreSlim gate) : IDisposable
    {
        public void Dispose()
        {
            try
            {
                gate.Release();
            }
            catch (ObjectDisposedException)
            {
                // The volume was closed meanwhile.
            }
        }
    }
}
