using System.Net;
using System.Net.Sockets;
using Futago.DataReplication.Linux;
using Futago.Transport;

namespace Futago.DataReplication.Client;

/// <summary>
/// A loopback port for one connection of one rsync, which leads into a connection with an agent. It takes one connection only, from a
/// process of root; what is at its other end asks for the share's password once more.
/// </summary>
internal sealed class Forwarder : IAsyncDisposable
{
    private const uint Root = 0;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly AgentConnection _agent;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _work;

    public Forwarder(AgentConnection agent)
    {
        _agent = agent;
        _listener.Start(1);
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _work = RunAsync();
    }

    public int Port { get; }

    /// <summary>To be called when rsync has ended.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Dispose();
        _agent.Abort();
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
                var socket = await _listener.AcceptSocketAsync(_stopping.Token);
                await using var local = new WireStream(socket);
                if (SocketOwner.Find((IPEndPoint)socket.RemoteEndPoint!, (IPEndPoint)socket.LocalEndPoint!) != Root)
                    continue;
                _listener.Stop();
                socket.NoDelay = true;
                using var stop = _stopping.Token.Register(local.Abort);
                // rsync ends by itself once it has the agent's last words; when rsync has ended, there is nobody to hear any.
                await Task.WhenAll(PumpAsync(local, _agent.Tls), PumpAsync(_agent.Tls, local, local.EndWriting));
                return;
            }
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // rsync or the agent has gone; rsync's exit code says how it ended.
        }
    }

    /// <param name="atEnd">For the side that would learn nothing of it otherwise.</param>
    private static async Task PumpAsync(Stream from, Stream to, Action? atEnd = null)
    {
        try
        {
            await Pump.CopyAsync(from, to);
            atEnd?.Invoke();
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            // Ends this direction; the other follows.
        }
    }
}
