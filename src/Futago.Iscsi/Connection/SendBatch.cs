using System.Buffers.Binary;
using Futago.Blocks;
using Futago.Iscsi.Observation;
using Futago.Iscsi.Pdu;
using Futago.Iscsi.Session;

namespace Futago.Iscsi.Connection;

/// <summary>
/// The PDUs of one gather send: headers, digests, padding and small data in an arena, payload where it lies.
/// Used by one thread at a time, the one that flushes the connection.
/// </summary>
internal sealed class SendBatch : IDisposable
{
    private const int SmallArena = BlockBufferPool.MinimumBytes;
    private const int LargeArena = 64 << 10;
    private const long MaximumBytes = 2 << 20;

    /// <summary>Data up to this size is copied beside its header: cheaper than one more vector.</summary>
    private const int CopyLimit = 512;

    private readonly BlockBufferPool _pool;
    private readonly BlockBuffer _vectorMemory;
    private BlockBuffer _arena;
    private int _used;
    private int _headerOffset;
    private bool _withoutDigests;
    private bool _outgrown;
    private uint _statSn;

    private SendBatch(BlockBufferPool pool, BlockBuffer arena, BlockBuffer vectorMemory)
    {
        _pool = pool;
        _arena = arena;
        _vectorMemory = vectorMemory;
        Vectors = new IoVectors(vectorMemory);
    }

    /// <summary>Rents the small arena that an idle connection lives with; null when the budget is used up.</summary>
    public static SendBatch? TryCreate(BlockBufferPool pool)
    {
        if (pool.TryRent(SmallArena) is not { } arena)
            return null;
        if (pool.TryRent(BlockBufferPool.MinimumBytes) is { } vectorMemory)
            return new SendBatch(pool, arena, vectorMemory);
        pool.Return(arena);
        return null;
    }

    /// <summary>What is left to be sent.</summary>
    public IoVectors Vectors { get; }

    public bool HeaderDigest { get; set; }

    public bool DataDigest { get; set; }

    /// <summary>Where ExpCmdSN and MaxCmdSN come from; null before a session exists.</summary>
    public CommandWindow? Window { get; set; }

    /// <summary>Null before a session exists.</summary>
    public ConnectionTap? Tap { get; set; }

    /// <summary>The initiator's ExpStatSN of its first request sets where we count from.</summary>
    public void StartStatSn(uint value) => _statSn = value;

    /// <summary>CmdSN of a login request, answered as ExpCmdSN and MaxCmdSN while there is no session.</summary>
    public uint LoginCmdSn { get; set; }

    public void Clear()
    {
        Empty();
        if (!_outgrown || _arena.Capacity >= LargeArena)
            return;
        _outgrown = false;
        if (_pool.TryRent(LargeArena) is { } larger)
        {
            _pool.Return(_arena);
            _arena = larger;
        }
    }

    /// <summary>Everything is sent, and nothing more is likely to come soon: takes no memory until it is used again.</summary>
    public void Rest()
    {
        Empty();
        _outgrown = false;
        if (_arena.Capacity > SmallArena && _pool.TryRent(SmallArena) is { } smaller)
        {
            _pool.Return(_arena);
            _arena = smaller;
        }
        _arena.Forget();
        _vectorMemory.Forget();
    }

    /// <summary>Room for one more PDU whose data of that many bytes is copied (0: payload by reference).</summary>
    public bool HasRoom(int copiedBytes)
    {
        var needed = Bhs.Length + Crc32C.Length + copiedBytes + 3 + Crc32C.Length;
        if (_arena.Capacity - _used >= needed && Vectors.Free >= 4 && Vectors.Bytes < MaximumBytes)
            return true;
        _outgrown |= _arena.Capacity - _used < needed;
        // A PDU that would not fit an empty arena of this size gets a larger one at once.
        if (_used == 0 && _arena.Capacity < needed && _pool.TryRent(needed) is { } larger)
        {
            _pool.Return(_arena);
            _arena = larger;
            return true;
        }
        return false;
    }

    /// <summary>48 bytes for a header. Fill them, then <see cref="EndHeader"/>.</summary>
    public Span<byte> Begin(bool withoutDigests = false)
    {
        _withoutDigests = withoutDigests;
        _headerOffset = _used;
        return Take(Bhs.Length);
    }

    /// <summary>Sequence numbers as of now, RFC 7143 section 4.2.2: bytes 24 to 35 of every PDU that we send.</summary>
    public void Stamp(Span<byte> header, StatSnUse use)
    {
        var statSn = use switch
        {
            StatSnUse.Advance => _statSn++,
            StatSnUse.Show => _statSn,
            _ => 0u,
        };
        BinaryPrimitives.WriteUInt32BigEndian(header[24..], statSn);
        BinaryPrimitives.WriteUInt32BigEndian(header[28..], Window?.ExpCmdSn ?? LoginCmdSn);
        BinaryPrimitives.WriteUInt32BigEndian(header[32..], Window?.MaxCmdSn ?? LoginCmdSn);
    }

    public void EndHeader()
    {
        if (!HeaderDigest || _withoutDigests)
            return;
        var digest = Crc32C.Compute(_arena.Slice(_headerOffset, Bhs.Length));
        BinaryPrimitives.WriteUInt32LittleEndian(Take(Crc32C.Length), digest);
    }

    /// <summary>Data that is not kept beyond this call; may be empty. Checked for room with <see cref="HasRoom"/> before.</summary>
    public void AppendCopy(ReadOnlySpan<byte> data)
    {
        Show(data);
        if (data.IsEmpty)
            return;
        data.CopyTo(Take(data.Length));
        EndData(data, Crc32C.Seed);
    }

    /// <summary>Payload that stays in its buffer until the batch is sent.</summary>
    public void AppendPayload(BlockBuffer buffer, int offset, int length)
    {
        var data = buffer.Slice(offset, length);
        if (length <= CopyLimit && _arena.Capacity - _used >= length + 3 + Crc32C.Length)
        {
            AppendCopy(data);
            return;
        }
        Show(data);
        Vectors.Add(buffer, offset, length);
        EndData(data, Crc32C.Seed);
    }

    private void Empty()
    {
        Vectors.Clear();
        _used = 0;
    }

    private void Show(ReadOnlySpan<byte> data)
    {
        if (Tap?.Capture is { } capture)
            Tap.Sent(capture, _arena.Slice(_headerOffset, Bhs.Length), data);
    }

    private void EndData(ReadOnlySpan<byte> data, uint running)
    {
        var padding = Bhs.Padding(data.Length);
        if (padding > 0)
            Take(padding).Clear();
        if (!DataDigest || _withoutDigests)
            return;
        // Section 13.1: the digest covers the padding.
        running = Crc32C.Append(running, data);
        running = Crc32C.Append(running, Zeros[..padding]);
        BinaryPrimitives.WriteUInt32LittleEndian(Take(Crc32C.Length), Crc32C.Finish(running));
    }

    private static ReadOnlySpan<byte> Zeros => [0, 0, 0, 0];

    private Span<byte> Take(int length)
    {
        var span = _arena.Slice(_used, length);
        Vectors.Add(_arena, _used, length);
        _used += length;
        return span;
    }

    public void Dispose()
    {
        Vectors.Dispose();
        _pool.Return(_vectorMemory);
        _pool.Return(_arena);
    }
}
