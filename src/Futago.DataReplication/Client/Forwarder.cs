using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Futago.DataReplication.Linux;

namespace Futago.DataReplication.Client;

/// <summary>
/// A loopback port for one connection of one rsync, which leads into a connection with an agent. It takes one connection only, from a
/// process of root; what is at its other end asks for the share's password once more.
/// </summary>
internal sealed class Forwarder : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Stream _agent;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _work;

    public Forwarder(Stream agent)
    {
        _agent = agent;
        _listener.Start(1);
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _work = RunAsync();
    }

    public int Port { get; }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Dispose();
        await _work;
        await _agent.DisposeAsync();
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                using var socket = await _listener.AcceptSocketAsync(_stopping.Token);
                if (!IsOfRoot((IPEndPoint)socket.RemoteEndPoint!))
                    continue;
                _listener.Stop();
                socket.NoDelay = true;
                await using var local = new NetworkStream(socket);
                var outwards = PumpAsync(local, _agent);
                var inwards = PumpAsync(_agent, local);
                await Task.WhenAny(outwards, inwards);
                // rsync ends by itself once it has the agent's last words; when rsync has ended, there is nobody to hear any.
                if (!outwards.IsCompleted)
                {
                    socket.Shutdown(SocketShutdown.Send);
                    await outwards;
                }
                return;
            }
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // rsync or the agent has gone; rsync's exit code says how it ended.
        }
    }

    private async Task PumpAsync(Stream from, Stream to)
    {
        try
        {
            await Pump.CopyAsync(from, to, _stopping.Token);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // Ends this direction; the other follows.
        }
    }

    /// <summary>Asks the kernel's table of connections whose the other end is.</summary>
    private static bool IsOfRoot(IPEndPoint peer)
    {
        var address = Convert.ToHexString([.. peer.Address.MapToIPv4().GetAddressBytes().Reverse()]);
        var wanted = $"{address}:{peer.Port.ToString("X4", CultureInfo.InvariantCulture)}";
        foreach (var line in File.ReadLines("/proc/self/net/tcp").Skip(1))
        {
            var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length > 7 && fields[1] == wanted)
                return fields[7] == "0";
        }
        return false;
    }
}
