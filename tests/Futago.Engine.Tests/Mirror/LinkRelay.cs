using System.Net;
using System.Net.Sockets;

namespace Futago.Engine.Tests.Mirror;

/// <summary>A TCP port that passes everything on to another one, until somebody pulls the cable.</summary>
internal sealed class LinkRelay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _to;
    private readonly HashSet<Socket> _open = [];
    private readonly Task _accepting;
    private bool _cut;

    public LinkRelay(int to)
    {
        _to = to;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = Task.Run(AcceptAsync);
    }

    public int Port { get; }

    /// <summary>Ends what is connected, and lets nobody through until <see cref="Restore"/>.</summary>
    public void Cut()
    {
        lock (_open)
        {
            _cut = true;
            foreach (var socket in _open)
                socket.Close(0);
            _open.Clear();
        }
    }

    public void Restore()
    {
        lock (_open)
            _cut = false;
    }

    public async ValueTask DisposeAsync()
    {
        Cut();
        _listener.Stop();
        await _accepting;
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            Socket from;
            try
            {
                from = await _listener.AcceptSocketAsync();
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }
            _ = PassAsync(from);
        }
    }

    private async Task PassAsync(Socket from)
    {
        using var to = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        from.NoDelay = true;
        try
        {
            await to.ConnectAsync(IPAddress.Loopback, _to);
            lock (_open)
            {
                if (_cut)
                {
                    from.Close(0);
                    return;
                }
                _open.Add(from);
                _open.Add(to);
            }
            await Task.WhenAny(CopyAsync(from, to), CopyAsync(to, from));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Nobody is there, or the cable was pulled.
        }
        finally
        {
            lock (_open)
            {
                _open.Remove(from);
                _open.Remove(to);
            }
            from.Dispose();
        }
    }

    private static async Task CopyAsync(Socket from, Socket to)
    {
        var buffer = new byte[256 << 10];
        try
        {
            while (await from.ReceiveAsync(buffer) is > 0 and var received)
            {
                for (var sent = 0; sent < received;)
                    sent += await to.SendAsync(buffer.AsMemory(sent, received - sent));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Cut.
        }
    }
}
