using System.Net;
using System.Net.Sockets;

namespace Futago.Transport;

/// <summary>Makes a connection for a <see cref="BlockingStream"/>, of which the runtime's engine never learns.</summary>
public static class Dialer
{
    /// <summary>A peer that is gone without a word is missed after a minute.</summary>
    /// <exception cref="SocketException">There is no connection.</exception>
    public static Task<Socket> ConnectAsync(string host, int port, CancellationToken cancellation) =>
        ConnectAsync(new Socket(SocketType.Stream, ProtocolType.Tcp), s => s.Connect(host, port), cancellation);

    /// <inheritdoc cref="ConnectAsync(string, int, CancellationToken)"/>
    /// <param name="from">One's own address, of the same family; null leaves it to the system.</param>
    public static Task<Socket> ConnectAsync(IPEndPoint place, IPAddress? from, CancellationToken cancellation)
    {
        var socket = new Socket(place.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        return ConnectAsync(
            socket,
            s =>
            {
                if (from is not null)
                    s.Bind(new IPEndPoint(from, 0));
                s.Connect(place);
            },
            cancellation);
    }

    private static async Task<Socket> ConnectAsync(Socket socket, Action<Socket> connect, CancellationToken cancellation)
    {
        try
        {
            socket.NoDelay = true;
            using var end = cancellation.Register(socket.Dispose);
            // A call that the disposal should not reach is left behind with its thread, for as long as the system tries.
            await Task.Factory.StartNew(() => connect(socket), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)
                .WaitAsync(cancellation);
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 20);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 10);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 4);
            return socket;
        }
        catch (SocketException e)
        {
            socket.Dispose();
            cancellation.ThrowIfCancellationRequested();
            // What is thrown here ends its sentence with the address as the socket spells it, such as [::ffff:192.0.2.1]: nobody typed that.
            throw new SocketException((int)e.SocketErrorCode);
        }
        catch (Exception e)
        {
            socket.Dispose();
            if (e is ObjectDisposedException)
                cancellation.ThrowIfCancellationRequested();
            throw;
        }
    }
}
