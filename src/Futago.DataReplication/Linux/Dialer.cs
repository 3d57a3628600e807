using System.Net.Sockets;

namespace Futago.DataReplication.Linux;

/// <summary>Makes a connection for a <see cref="BlockingStream"/>, of which the runtime's engine never learns.</summary>
internal static class Dialer
{
    /// <summary>A peer that is gone without a word is missed after a minute.</summary>
    /// <exception cref="SocketException">There is no connection.</exception>
    public static async Task<Socket> ConnectAsync(string host, int port, CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            using var end = cancellation.Register(socket.Dispose);
            // A call that the disposal should not reach is left behind with its thread, for as long as the system tries.
            await Task.Factory.StartNew(() => socket.Connect(host, port), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)
                .WaitAsync(cancellation);
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 20);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 10);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 4);
            return socket;
        }
        catch (Exception e)
        {
            socket.Dispose();
            if (e is SocketException or ObjectDisposedException)
                cancellation.ThrowIfCancellationRequested();
            throw;
        }
    }
}
