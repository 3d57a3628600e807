using System.Net;
using System.Net.Sockets;

namespace Futago.DataReplication.Tests;

/// <summary>A connection that is cut once after so many bytes; later ones pass whole.</summary>
internal sealed class Cable : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private Task _work = Task.CompletedTask;
    private bool _cut;

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public static Task<Cable> StartAsync(int port, long cutAfterBytes)
    {
        var cable = new Cable();
        cable._listener.Start();
        cable._work = cable.AcceptAsync(port, cutAfterBytes);
        return Task.FromResult(cable);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Dispose();
        await _work;
        _stopping.Dispose();
    }

    private async Task AcceptAsync(int port, long cutAfterBytes)
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stopping.Token);
                var server = new TcpClient();
                await server.ConnectAsync(IPAddress.Loopback, port, _stopping.Token);
                _ = CarryAsync(client, server, cutAfterBytes);
                _ = CarryAsync(server, client, long.MaxValue);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
        }
    }

    private async Task CarryAsync(TcpClient from, TcpClient to, long cutAfterBytes)
    {
        try
        {
            var buffer = new byte[64 << 10];
            long carried = 0;
            int count;
            while ((count = await from.GetStream().ReadAsync(buffer, _stopping.Token)) > 0)
            {
                carried += count;
                if (carried > cutAfterBytes && !_cut)
                {
                    _cut = true;
                    break;
                }
                await to.GetStream().WriteAsync(buffer.AsMemory(0, count), _stopping.Token);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
        }
        from.Dispose();
        to.Dispose();
    }
}
