using System.Buffers.Binary;
using System.Net.Sockets;
using System.Security.Cryptography;
using Futago.Blocks;

namespace Futago.Engine.Link;

/// <summary>
/// The bytes of a connection whose ends TLS has made known to each other, and which agreed under its protection on a secret: records of
/// AES-GCM that go from the memory of who writes straight into what is sent, and from what was received straight into the memory of who
/// reads. The stream of TLS copies every byte three times on its way out and five times on its way in, 16 KiB at a time, which costs more
/// than the cipher. docs/protocol/replication-link.md has the record, docs/adr/0020-sealed-records.md the reasons.
/// </summary>
/// <remarks>One reader and one writer at a time. Who writes flushes before it waits for anything. Closing sends nothing.</remarks>
internal sealed class SealedStream : SequentialStream
{
    /// <summary>Longest content of a record; longer writes are several.</summary>
    public const int RecordBytes = 64 << 10;

    /// <summary>The length of the content, little-endian, which the tag covers too.</summary>
    public const int HeaderBytes = 4;
    private const int OverheadBytes = HeaderBytes + RecordKeys.TagBytes;
    private const int SendRecords = 4;
    private const int ReceiveRecords = 8;

    /// <summary>Makes an <see cref="IOException"/> of what the socket throws, as everybody expects of a stream.</summary>
    private readonly NetworkStream _socket;
    private readonly RecordKeys _sendKeys;
    private readonly RecordKeys _receiveKeys;
    private readonly byte[] _send = GC.AllocateUninitializedArray<byte>(SendRecords * (RecordBytes + OverheadBytes), pinned: true);
    private readonly byte[] _receive = GC.AllocateUninitializedArray<byte>(ReceiveRecords * (RecordBytes + OverheadBytes), pinned: true);
    private byte[] _plain = [];
    private int _filled;
    private int _start;
    private int _end;
    private int _plainStart;
    private int _plainEnd;

    public SealedStream(Socket socket, RecordKeys sendKeys, RecordKeys receiveKeys) =>
        (_socket, _sendKeys, _receiveKeys) = (new NetworkStream(socket, ownsSocket: true), sendKeys, receiveKeys);

    /// <summary>
    /// The first record, an empty one, of who has dialled: it has read all that comes with TLS. Before that the other end sends nothing, or
    /// TLS might take the beginning of it for its own.
    /// </summary>
    public async Task StartAsync(CancellationToken cancellation)
    {
        Seal([]);
        await SendAsync(cancellation);
    }

    /// <summary>Waits for what <see cref="StartAsync"/> sends.</summary>
    /// <exception cref="IOException">The other end says something else, or does not have the secret.</exception>
    public async Task WaitForStartAsync(CancellationToken cancellation)
    {
        if (await ReceiveRecordAsync(cancellation) != 0)
            throw new IOException("The peer did not begin with the empty record.");
        Open([]);
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _plainStart < _plainEnd || buffer.Length == 0 ? new ValueTask<int>(Take(buffer.Span)) : ReadRecordAsync(buffer, cancellationToken);

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (buffer.Length > 0)
        {
            var piece = buffer[..Math.Min(buffer.Length, RecordBytes)];
            if (piece.Length + OverheadBytes > _send.Length - _filled)
                await SendAsync(cancellationToken);
            Seal(piece.Span);
            buffer = buffer[piece.Length..];
        }
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => _filled > 0 ? SendAsync(cancellationToken).AsTask() : Task.CompletedTask;

    public override void Flush() => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _socket.Dispose();
            _sendKeys.Dispose();
            _receiveKeys.Dispose();
        }
        base.Dispose(disposing);
    }

    private void Seal(ReadOnlySpan<byte> plain)
    {
        var header = _send.AsSpan(_filled, HeaderBytes);
        BinaryPrimitives.WriteInt32LittleEndian(header, plain.Length);
        _sendKeys.Seal(header, plain, _send.AsSpan(_filled + HeaderBytes, plain.Length), _send.AsSpan(_filled + HeaderBytes + plain.Length, RecordKeys.TagBytes));
        _filled += OverheadBytes + plain.Length;
    }

    private async ValueTask SendAsync(CancellationToken cancellation)
    {
        // An attempt that fails ends the connection: nothing is sent twice.
        var filled = _filled;
        _filled = 0;
        await _socket.WriteAsync(_send.AsMemory(0, filled), cancellation);
    }

    private async ValueTask<int> ReadRecordAsync(Memory<byte> buffer, CancellationToken cancellation)
    {
        var length = await ReceiveRecordAsync(cancellation);
        if (length < 0)
            return 0;
        // Only the first record is empty.
        if (length == 0)
            throw new IOException("The peer sent an empty record.");
        if (buffer.Length >= length)
        {
            Open(buffer.Span[..length]);
            return length;
        }
        if (_plain.Length == 0)
            _plain = GC.AllocateUninitializedArray<byte>(RecordBytes);
        Open(_plain.AsSpan(0, length));
        (_plainStart, _plainEnd) = (0, length);
        return Take(buffer.Span);
    }

    private int Take(Span<byte> to)
    {
        var count = Math.Min(to.Length, _plainEnd - _plainStart);
        _plain.AsSpan(_plainStart, count).CopyTo(to);
        _plainStart += count;
        return count;
    }

    /// <summary>Until the next record is here as a whole.</summary>
    /// <returns>The length of its content; -1 when the peer has closed.</returns>
    private async ValueTask<int> ReceiveRecordAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var length = _end - _start >= HeaderBytes ? BinaryPrimitives.ReadInt32LittleEndian(_receive.AsSpan(_start)) : -1;
            // Checked before anything is waited for.
            if (length is < -1 or > RecordBytes || (length == -1 && _end - _start >= HeaderBytes))
                throw new IOException("The peer sent something that is no record.");
            if (length >= 0 && _end - _start >= OverheadBytes + length)
                return length;
            MakeRoom();
            var received = await _socket.ReadAsync(_receive.AsMemory(_end), cancellation);
            if (received == 0)
                return -1;
            _end += received;
        }
    }

    private void MakeRoom()
    {
        if (_start == _end)
            (_start, _end) = (0, 0);
        if (_receive.Length - _start >= RecordBytes + OverheadBytes)
            return;
        _receive.AsSpan(_start, _end - _start).CopyTo(_receive);
        (_start, _end) = (0, _end - _start);
    }

    private void Open(Span<byte> plain)
    {
        var record = _receive.AsSpan(_start, OverheadBytes + plain.Length);
        try
        {
            _receiveKeys.Open(record[..HeaderBytes], record.Slice(HeaderBytes, plain.Length), record[^RecordKeys.TagBytes..], plain);
        }
        catch (AuthenticationTagMismatchException e)
        {
            throw new IOException("A record of the peer is not what it sent.", e);
        }
        _start += record.Length;
    }
}
