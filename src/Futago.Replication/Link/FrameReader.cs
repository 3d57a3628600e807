using System.Buffers;
using Futago.Blocks;

namespace Futago.Replication;

/// <summary>Bytes to frames. Whatever is wrong with them is an <see cref="IOException"/>, which ends the connection.</summary>
/// <param name="waitForBuffer">Returns when it is worth looking again, and throws when nobody wants more.</param>
internal sealed class FrameReader(Stream stream, BlockBufferPool pool, Action waitForBuffer, byte version = FrameHeader.Version1) : IDisposable
{
    private const int BufferBytes = 256 << 10;

    /// <summary>Small frames come many at a time; of a large payload, all but the beginning goes straight to where it will be.</summary>
    private const int PieceBytes = 64 << 10;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
    private int _start;
    private int _end;
    private byte[] _front = new byte[256];

    public long ReadBytes { get; private set; }

    /// <summary>The next frame, when it is here.</summary>
    public Frame Read()
    {
        Fill(FrameHeader.Bytes);
        var header = ReadHeader();
        var front = FrameHeader.Bytes + header.BodyLength;
        Fill(front);
        if (header.PayloadLength == 0)
            return ReadWithoutPayload(header, front);
        BlockBuffer? buffer;
        while ((buffer = pool.TryRent(header.PayloadLength)) is null)
            waitForBuffer();
        return ReadWithPayload(header, front, buffer);
    }

    /// <summary>The next frame, if it is here as a whole, and there is memory for it; nothing is waited for.</summary>
    public Frame? TryRead()
    {
        if (_end - _start < FrameHeader.Bytes)
            return null;
        var header = ReadHeader();
        var front = FrameHeader.Bytes + header.BodyLength;
        if (_end - _start < front + header.PayloadLength)
            return null;
        if (header.PayloadLength == 0)
            return ReadWithoutPayload(header, front);
        return pool.TryRent(header.PayloadLength) is { } buffer ? ReadWithPayload(header, front, buffer) : null;
    }

    public void Dispose()
    {
        if (_buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    private FrameHeader ReadHeader() => FrameHeader.TryRead(_buffer.AsSpan(_start, FrameHeader.Bytes), version, out var header)
        ? header
        : throw new IOException("The peer sent something that is no frame.");

    private Frame ReadWithoutPayload(FrameHeader header, int front)
    {
        var frame = Decode(header, _buffer.AsSpan(_start, front), null);
        _start += front;
        return frame;
    }

    private Frame ReadWithPayload(FrameHeader header, int front, BlockBuffer buffer)
    {
        try
        {
            // The buffer is needed for what follows, which may be long.
            if (_front.Length < front)
                _front = new byte[front];
            _buffer.AsSpan(_start, front).CopyTo(_front);
            _start += front;
            var length = header.PayloadLength;
            var buffered = Math.Min(length, _end - _start);
            _buffer.AsSpan(_start, buffered).CopyTo(buffer.GetSpan());
            _start += buffered;
            if (buffered < length)
                stream.ReadExactly(buffer.Slice(buffered, length - buffered));
            ReadBytes += length - buffered;
            return Decode(header, _front.AsSpan(0, front), new Payload(buffer, 0, length, pool));
        }
        catch
        {
            pool.Return(buffer);
            throw;
        }
    }

    private Frame Decode(FrameHeader header, Span<byte> front, Payload? payload)
    {
        front.Slice(28, 4).Clear();
        var crc = Crc32C.Append(Crc32C.Seed, front);
        if (payload is not null && version == FrameHeader.Version1)
            crc = Crc32C.Append(crc, payload.Span);
        if (Crc32C.Finish(crc) != header.Checksum)
            throw new IOException("A frame of the peer arrived damaged.");
        var message = MessageCodec.TryRead(header.Type, front[FrameHeader.Bytes..], payload)
            ?? throw new IOException($"A frame of the peer is not a {header.Type}.");
        return new Frame(header.Number, header.Term, message);
    }

    private void Fill(int count)
    {
        if (_end - _start >= count)
            return;
        if (_start == _end)
            (_start, _end) = (0, 0);
        if (Math.Max(count, PieceBytes) > _buffer.Length - _start)
        {
            var target = count > _buffer.Length ? ArrayPool<byte>.Shared.Rent(count) : _buffer;
            _buffer.AsSpan(_start, _end - _start).CopyTo(target);
            (_start, _end) = (0, _end - _start);
            if (target != _buffer)
                ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = target;
        }
        while (_end - _start < count)
        {
            var room = _buffer.AsSpan(_end);
            var n = stream.Read(room[..Math.Min(room.Length, Math.Max(PieceBytes, count - (_end - _start)))]);
            if (n == 0)
                throw new EndOfStreamException("The peer closed the connection.");
            _end += n;
            ReadBytes += n;
        }
    }
}
