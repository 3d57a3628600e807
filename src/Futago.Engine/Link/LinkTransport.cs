using System.Net.Sockets;

namespace Futago.Engine.Link;

/// <summary>
/// The bytes under TLS. TLS works in records of 16 KiB; a call to the kernel, and a thread to wake on the other node, for each of them costs
/// more than encrypting it. After <see cref="Gather"/> many records go in one call, in both directions; what is written then leaves with
/// <see cref="FlushAsync"/>, or when the buffer is full.
/// </summary>
internal sealed class LinkTransport(Socket socket) : Stream
{
    private const int BufferBytes = 256 << 10;

    private byte[]? _received;
    private int _start;
    private int _end;
    private byte[]? _toSend;
    private int _filled;

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>From here on. The handshake is over, nobody is reading or writing, and whoever writes flushes.</summary>
    public void Gather()
    {
        _received ??= GC.AllocateUninitializedArray<byte>(BufferBytes);
        _toSend ??= GC.AllocateUninitializedArray<byte>(BufferBytes);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_received is not { } received || buffer.IsEmpty)
            return await ReceiveAsync(buffer, cancellationToken);
        if (_start == _end)
        {
            _start = 0;
            _end = await ReceiveAsync(received, cancellationToken);
        }
        var n = Math.Min(buffer.Length, _end - _start);
        received.AsSpan(_start, n).CopyTo(buffer.Span);
        _start += n;
        return n;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_toSend is not { } toSend)
        {
            await SendAsync(buffer, cancellationToken);
            return;
        }
        if (buffer.Length > toSend.Length - _filled)
            await FlushAsync(cancellationToken);
        if (buffer.Length > toSend.Length)
        {
            await SendAsync(buffer, cancellationToken);
            return;
        }
        buffer.Span.CopyTo(toSend.AsSpan(_filled));
        _filled += buffer.Length;
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async Task FlushAsync(CancellationToken cancellationToken)
    {
        if (_filled == 0)
            return;
        var filled = _filled;
        _filled = 0;
        await SendAsync(_toSend.AsMemory(0, filled), cancellationToken);
    }

    public override void Flush() => FlushAsync(CancellationToken.None).GetAwaiter().GetResult();

    public override int Read(byte[] buffer, int offset, int count) => ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    public override void Write(byte[] buffer, int offset, int count) => WriteAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private async ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellation)
    {
        try
        {
            return await socket.ReceiveAsync(buffer, SocketFlags.None, cancellation);
        }
        catch (SocketException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    /// <summary>All of it: a socket that does not block may take less at once.</summary>
    private async ValueTask SendAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellation)
    {
        try
        {
            while (!buffer.IsEmpty)
                buffer = buffer[await socket.SendAsync(buffer, SocketFlags.None, cancellation)..];
        }
        catch (SocketException e)
        {
            throw new IOException(e.Message, e);
        }
    }
}
