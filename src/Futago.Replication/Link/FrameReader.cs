using System.Buffers;
using Futago.Blocks;

namespace Futago.Replication;

/// <summary>Bytes to frames. Whatever is wrong with them is an <see cref="IOException"/>, which ends the connection.</summary>
internal sealed class FrameReader(Stream stream, BlockBufferPool pool, Func<CancellationToken, Task> waitForBuffer, byte version = FrameHeader.Version1) : IDisposable
{
    private const int BufferBytes = 256 << 10;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
    private int _start;
    private int _end;
    private byte[] _front = [];

    public long ReadBytes { get; private set; }

    public async ValueTask<Frame> ReadAsync(CancellationToken cancellation)
    {
        await FillAsync(FrameHeader.Bytes, cancellation);
        if (!FrameHeader.TryRead(_buffer.AsSpan(_start, FrameHeader.Bytes), version, out var header))
            throw new IOException("The peer sent something that is no frame.");
        var front = FrameHeader.Bytes + header.BodyLength;
        await FillAsync(front, cancellation);
        var payload = header.PayloadLength > 0 ? await ReadPayloadAsync(front, header.PayloadLength, cancellation) : null;
        try
        {
            var frame = Decode(header, front, payload);
            if (payload is null)
                _start += front;
            return frame;
        }
        catch
        {
            payload?.Release();
            throw;
        }
    }

    public void Dispose()
    {
        if (_buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    /// <summary>The header and body stay in the buffer while the payload, which may be long, is read past it.</summary>
    private async ValueTask<Payload> ReadPayloadAsync(int front, int length, CancellationToken cancellation)
    {
        BlockBuffer? buffer;
        while ((buffer = pool.TryRent(length)) is null)
            await waitForBuffer(cancellation);
        try
        {
            _front = _buffer.AsSpan(_start, front).ToArray();
            _start += front;
            var buffered = Math.Min(length, _end - _start);
            _buffer.AsSpan(_start, buffered).CopyTo(buffer.GetSpan());
            _start += buffered;
            if (buffered < length)
                await stream.ReadExactlyAsync(buffer.Memory[buffered..length], cancellation);
            ReadBytes += length - buffered;
            return new Payload(buffer, 0, length, pool);
        }
        catch
        {
            pool.Return(buffer);
            throw;
        }
    }

    private Frame Decode(FrameHeader header, int front, Payload? payload)
    {
        var bytes = payload is null ? _buffer.AsSpan(_start, front) : _front;
        bytes.Slice(28, 4).Clear();
        var crc = Crc32C.Append(Crc32C.Seed, bytes);
        if (payload is not null && version == FrameHeader.Version1)
            crc = Crc32C.Append(crc, payload.Span);
        if (Crc32C.Finish(crc) != header.Checksum)
            throw new IOException("A frame of the peer arrived damaged.");
        var message = MessageCodec.TryRead(header.Type, bytes[FrameHeader.Bytes..], payload)
            ?? throw new IOException($"A frame of the peer is not a {header.Type}.");
        return new Frame(header.Number, header.Term, message);
    }

    private async ValueTask FillAsync(int count, CancellationToken cancellation)
    {
        if (_end - _start >= count)
            return;
        // Room for whole records of the connection, which are taken without a copy then.
        if (_start == _end)
            (_start, _end) = (0, 0);
        if (count > _buffer.Length - _start)
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
            var n = await stream.ReadAsync(_buffer.AsMemory(_end), cancellation);
            if (n == 0)
                throw new EndOfStreamException("The peer closed the connection.");
            _end += n;
            ReadBytes += n;
        }
    }
}
