using System.Net;
using System.Net.Sockets;
using Futago.Transport.Tls;

namespace Futago.Engine.Link;

/// <summary>
/// A connection with the peer, authenticated on both sides. TLS 1.3 lets a client finish before the server has judged its
/// certificate: who has dialled knows that it was accepted only when the first byte comes back.
/// </summary>
internal sealed class LinkConnection : IAsyncDisposable
{
    private readonly Action<LinkConnection> _onClosed;
    private int _closed;

    public LinkConnection(Socket socket, TlsStream stream, Action<LinkConnection> onClosed)
    {
        Socket = socket;
        Stream = stream;
        _onClosed = onClosed;
        LocalEndPoint = Plain(socket.LocalEndPoint!);
        RemoteEndPoint = Plain(socket.RemoteEndPoint!);
    }

    /// <summary>Encrypted; one reader and one writer at a time. Much is read and written by calls that wait, on threads of their own.</summary>
    public TlsStream Stream { get; }

    /// <summary>What both ends agreed to speak.</summary>
    public string Protocol => Stream.Protocol;

    /// <summary>For its options; its bytes belong to TLS.</summary>
    public Socket Socket { get; }

    public IPEndPoint LocalEndPoint { get; }

    public IPEndPoint RemoteEndPoint { get; }

    /// <summary>Ends both directions at once, without a farewell that the peer would have to take; whoever waits returns.</summary>
    public void Abort() => Stream.Abort();

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0)
            return;
        await Stream.DisposeAsync();
        _onClosed(this);
    }

    /// <summary>As people write it: a socket for both versions of IP shows IPv4 addresses mapped into IPv6.</summary>
    private static IPEndPoint Plain(EndPoint endPoint) =>
        (IPEndPoint)endPoint is { Address.IsIPv4MappedToIPv6: true } mapped ? new(mapped.Address.MapToIPv4(), mapped.Port) : (IPEndPoint)endPoint;
}
