using System.Net;
using System.Net.Sockets;

namespace Futago.Iscsi.Portal;

/// <summary>A listening socket with its accepting thread.</summary>
internal sealed class PortalListener : IDisposable
{
    private const int Backlog = 256;
    private const int ThreadStackBytes = 256 << 10;

    private static readonly TimeSpan _retryDelay = TimeSpan.FromMilliseconds(50);

    private readonly ManualResetEventSlim _stopped = new();
    private readonly Socket _socket;
    private readonly Action<Socket> _accepted;

    /// <exception cref="SocketException">The address is not ours, or the port is taken.</exception>
    public PortalListener(IPEndPoint requested, Action<Socket> accepted)
    {
        Requested = requested;
        _accepted = accepted;
        _socket = new Socket(requested.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (requested.AddressFamily == AddressFamily.InterNetworkV6)
            {
                // A wildcard IPv6 portal stands beside a wildcard IPv4 one, not in its way.
                _socket.DualMode = false;
            }
            _socket.Bind(requested);
            _socket.Listen(Backlog);
        }
        catch
        {
            _socket.Dispose();
            throw;
        }
        Bound = (IPEndPoint)_socket.LocalEndPoint!;
        new Thread(Accept, ThreadStackBytes) { IsBackground = true, Name = $"iscsi portal {Bound}" }.Start();
    }

    public IPEndPoint Requested { get; }

    public IPEndPoint Bound { get; }

    private void Accept()
    {
        while (true)
        {
            Socket socket;
            try
            {
                socket = _socket.Accept();
            }
            catch (ObjectDisposedException)
            {
                return;
            }
            catch (SocketException)
            {
                // Closed by us; or the connection was gone before it was accepted, or we are out of descriptors until one closes.
                if (_stopped.Wait(_retryDelay))
                    return;
                continue;
            }
            _accepted(socket);
        }
    }

    public void Dispose()
    {
        _stopped.Set();
        _socket.Dispose();
    }
}
