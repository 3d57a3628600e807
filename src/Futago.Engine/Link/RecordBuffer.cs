using Futago.Blocks;

namespace Futago.Engine.Link;

/// <summary>
/// Between TLS and the socket. TLS cuts what it sends into records of 16 KiB (RFC 8446 section 5.1), and each of them would be a system call
/// of its own on both sides. With <see cref="Gathers"/> many of them share one; what is gathered leaves when the buffer is full or at
/// <see cref="FlushAsync"/>, which whoever writes has to call before it waits for anything.
/// </summary>
/// <remarks>One reader and one writer at a time, as with the stream of TLS itself. Closing sends nothing.</remarks>
internal sealed class RecordBuffer(Stream socket) : SequentialStream
{
    private const int SendBytes = 128 << 10;
    private const int ReceiveBytes = 256 << 10;

    private byte[] _send = [];
    private byte[] _receive = [];
    private int _filled;
    private int _start;
    private int _end;

    /// <summary>Cannot be taken back: the peer's bytes may be in here.</summary>
    public bool Gathers { get; private set; }

    /// <summary>Begins to gather; while nothing is read or written.</summary>
    public void Gather()
    {
        if (Gathers)
            return;
        (_send, _receive) = (GC.AllocateUninitializedArray<byte>(SendBytes), GC.AllocateUninitializedArray<byte>(ReceiveBytes));
        Gathers = true;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!Gathers)
            return socket.ReadAsync(buffer, cancellationToken);
        return _start < _end ? new ValueTask<int>(Take(buffer.Span)) : FillAsync(buffer, cancellationToken);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!Gathers)
            return socket.WriteAsync(buffer, cancellationToken);
        if (buffer.Length > SendBytes - _filled)
            return SendAsync(buffer, cancellationToken);
        Keep(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public override Task FlushAsync(CancellationToken cancellationToken) =>
        _filled > 0 ? SendGatheredAsync(cancellationToken).AsTask() : socket.FlushAsync(cancellationToken);

    public override void Flush()
    {
        if (_filled > 0)
            socket.Write(_send, 0, _filled);
        _filled = 0;
        socket.Flush();
    }

    public override int Read(Span<byte> buffer) => _start < _end ? Take(buffer) : socket.Read(buffer);

    /// <summary>TLS itself writes this way at its end only.</summary>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        Flush();
        socket.Write(buffer);
    }

    public override async ValueTask DisposeAsync()
    {
        await socket.DisposeAsync();
        await base.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            socket.Dispose();
        base.Dispose(disposing);
    }

    private int Take(Span<byte> to)
    {
        var count = Math.Min(to.Length, _end - _start);
        _receive.AsSpan(_start, count).CopyTo(to);
        _start += count;
        return count;
    }

    private async ValueTask<int> FillAsync(Memory<byte> buffer, CancellationToken cancellation)
    {
        // A read for nothing asks whether there is something (TLS does so), and takes nothing.
        if (buffer.Length == 0)
            return await socket.ReadAsync(buffer, cancellation);
        (_start, _end) = (0, 0);
        _end = await socket.ReadAsync(_receive, cancellation);
        return Take(buffer.Span);
    }

    private async ValueTask SendAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellation)
    {
        await SendGatheredAsync(cancellation);
        if (buffer.Length > SendBytes)
            await socket.WriteAsync(buffer, cancellation);
        else
            Keep(buffer.Span);
    }

    private async ValueTask SendGatheredAsync(CancellationToken cancellation)
    {
        var filled = _filled;
        // An attempt that fails ends the connection: nothing is sent twice.
        _filled = 0;
        if (filled > 0)
            await socket.WriteAsync(_send.AsMemory(0, filled), cancellation);
    }

    private void Keep(ReadOnlySpan<byte> buffer)
    {
        buffer.CopyTo(_send.AsSpan(_filled));
        _filled += buffer.Length;
    }
}
