using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace Futago.Engine.Link;

/// <summary>
/// A connection with the peer, authenticated on both sides. TLS 1.3 lets a client finish before the server has judged its
/// certificate: who has dialled knows that it was accepted only when the first byte comes back.
/// </summary>
internal sealed class LinkConnection : IAsyncDisposable
{
    private readonly Action<LinkConnection> _onClosed;
    private readonly RecordBuffer _records;
    private int _closed;

    public LinkConnection(Socket socket, RecordBuffer records, SslStream stream, Action<LinkConnection> onClosed)
    {
        Socket = socket;
        _records = records;
        Stream = stream;
        _onClosed = onClosed;
        Protocol = stream.NegotiatedApplicationProtocol.ToString();
        LocalEndPoint = Plain(socket.LocalEndPoint!);
        RemoteEndPoint = Plain(socket.RemoteEndPoint!);
    }

    /// <summary>Encrypted; one reader and one writer at a time.</summary>
    public SslStream Stream { get; }

    /// <summary>What both ends agreed to speak.</summary>
    public string Protocol { get; }

    /// <summary>From here on whoever writes flushes before it waits; see <see cref="RecordBuffer"/>. While nothing is read or written.</summary>
    public void Gather() => _records.Gather();

    /// <summary>For its options and addresses; its bytes belong to TLS, until both ends have agreed to leave it (<see cref="SealedStream"/>).</summary>
    public Socket Socket { get; }

    public IPEndPoint LocalEndPoint { get; }

    public IPEndPoint RemoteEndPoint { get; }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0)
            return;
        // First the socket: whoever waits on the stream gets an error at once, and no farewell is waited for.
        Socket.Dispose();
        await Stream.DisposeAsync();
        _onClosed(this);
    }

    /// <summary>As people write it: a socket for both versions of IP shows IPv4 addresses mapped into IPv6.</summary>
    private static IPEndPoint Plain(EndPoint endPoint) =>
        (IPEndPoint)endPoint is { Address.IsIPv4MappedToIPv6: true } mapped ? new(mapped.Address.MapToIPv4(), mapped.Port) : (IPEndPoint)endPoint;
}
