using Futago.Blocks;
using Futago.Engine.Link;

namespace Futago.Engine.Replication;

/// <summary>The bytes of a link connection; closing it closes the connection at once, without a farewell that the peer would have to take.</summary>
/// <param name="bytes">The stream of TLS, or the sealed one in its place.</param>
internal sealed class ConnectionStream(LinkConnection connection, Stream bytes) : SequentialStream
{
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => bytes.ReadAsync(buffer, cancellationToken);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => bytes.WriteAsync(buffer, cancellationToken);

    public override Task FlushAsync(CancellationToken cancellationToken) => bytes.FlushAsync(cancellationToken);

    public override async ValueTask DisposeAsync()
    {
        await connection.DisposeAsync();
        await bytes.DisposeAsync();
        await base.DisposeAsync();
    }

    public override void Flush() => bytes.Flush();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            connection.Socket.Dispose();
        base.Dispose(disposing);
    }
}
