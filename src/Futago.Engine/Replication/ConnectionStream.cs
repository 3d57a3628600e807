using Futago.Engine.Link;

namespace Futago.Engine.Replication;

/// <summary>The bytes of a link connection; closing it closes the connection at once, without a farewell that the peer would have to take.</summary>
/// <param name="bytes">The stream of TLS, or the sealed one in its place.</param>
internal sealed class ConnectionStream(LinkConnection connection, Stream bytes) : Stream
{
    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => bytes.ReadAsync(buffer, cancellationToken);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        bytes.ReadAsync(buffer, offset, count, cancellationToken);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => bytes.WriteAsync(buffer, cancellationToken);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        bytes.WriteAsync(buffer, offset, count, cancellationToken);

    public override Task FlushAsync(CancellationToken cancellationToken) => bytes.FlushAsync(cancellationToken);

    public override async ValueTask DisposeAsync()
    {
        await connection.DisposeAsync();
        await bytes.DisposeAsync();
        await base.DisposeAsync();
    }

    public override void Flush() => bytes.Flush();

    public override int Read(byte[] buffer, int offset, int count) => bytes.Read(buffer, offset, count);

    public override void Write(byte[] buffer, int offset, int count) => bytes.Write(buffer, offset, count);

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            connection.Socket.Dispose();
        base.Dispose(disposing);
    }
}
