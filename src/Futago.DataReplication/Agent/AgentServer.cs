using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Futago.DataReplication.Protocol;
using Futago.DataReplication.Settling;
using Futago.Transport.Tls;
using Futago.Volumes;
using Microsoft.Extensions.Logging;

namespace Futago.DataReplication.Agent;

/// <summary>
/// The data replication agent: accepts connections over TLS, and plain rsync ones when a plain port is set, and puts an rsync daemon
/// behind each that has proven itself.
/// </summary>
public sealed partial class AgentServer(
    string runtime, string mark, X509Certificate2 certificate, IAgentShares shares, UnsettledCopies copies, TimeProvider time, ILogger<AgentServer> logger)
    : IAsyncDisposable
{
    private const int ConnectionsMax = 64;

    private static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(15);

    private readonly FailureThrottle _throttle = new(time);
    private readonly byte[] _certificateHash = certificate.GetCertHash(HashAlgorithmName.SHA256);
    private readonly TlsContext _context = TlsContext.ForServer(certificate);
    private readonly SemaphoreSlim _gate = new(1);
    private readonly List<TcpListener> _listeners = [];
    private readonly HashSet<Task> _connections = [];
    private CancellationTokenSource _stopping = new();
    private AgentSettings? _settings;
    private StorageProblem? _problem;
    private string? _rsyncVersion;

    public AgentState State
    {
        get
        {
            lock (_connections)
                return new AgentState(_settings is not null, _listeners.Count > 0, _problem, AgentCertificate.Fingerprint(certificate), _rsyncVersion, _connections.Count);
        }
    }

    /// <summary>Ports that it listens on, TLS first; for tests that ask for any free port.</summary>
    public IReadOnlyList<int> Ports
    {
        get
        {
            lock (_connections)
                return [.. _listeners.Select(l => ((IPEndPoint)l.LocalEndpoint).Port)];
        }
    }

    /// <summary>Listens as the settings say; null ends every connection and closes the ports. A port in use is reported in <see cref="State"/>.</summary>
    public async Task ApplyAsync(AgentSettings? settings)
    {
        await _gate.WaitAsync();
        try
        {
            if (settings == _settings && (settings is null || _problem is null))
                return;
            await StopListeningAsync();
            _settings = settings;
            _problem = null;
            if (settings is null)
                return;
            _stopping = new CancellationTokenSource();
            _rsyncVersion = await Rsync.RsyncProgram.ReadVersionAsync();
            if (_rsyncVersion is null)
            {
                _problem = new StorageProblem(AgentCodes.RsyncMissing, "rsync is not installed on this node. Install it, and turn the agent off and on.");
                return;
            }
            try
            {
                Listen(new IPEndPoint(settings.Listen, settings.TlsPort), HandleTlsAsync);
                if (settings.PlainPort is { } port)
                    Listen(new IPEndPoint(settings.Listen, port), HandlePlainAsync);
            }
            catch (SocketException e)
            {
                await StopListeningAsync();
                var ports = $"{settings.TlsPort}{(settings.PlainPort is { } plain ? $", {plain}" : "")}";
                _problem = new StorageProblem(
                    AgentCodes.PortUnusable, $"The port {ports.Replace(", ", " or ", StringComparison.Ordinal)} cannot be opened: {e.Message}.", null,
                    new Dictionary<string, string> { ["ports"] = ports, ["reason"] = e.Message });
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await ApplyAsync(null);
        _context.Dispose();
        _gate.Dispose();
        _stopping.Dispose();
    }

    private async Task StopListeningAsync()
    {
        await _stopping.CancelAsync();
        Task[] connections;
        lock (_connections)
        {
            foreach (var listener in _listeners)
                listener.Dispose();
            _listeners.Clear();
            connections = [.. _connections];
        }
        await Task.WhenAll(connections);
    }

    private void Listen(IPEndPoint address, Func<Socket, CancellationToken, Task> handle)
    {
        var listener = new TcpListener(address);
        if (address.Address.Equals(IPAddress.IPv6Any))
            listener.Server.DualMode = true;
        listener.Start();
        lock (_connections)
            _listeners.Add(listener);
        _ = AcceptAsync(listener, handle, _stopping.Token);
    }

    private async Task AcceptAsync(TcpListener listener, Func<Socket, CancellationToken, Task> handle, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            Socket socket;
            try
            {
                socket = await listener.AcceptSocketAsync(stopping);
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException e)
            {
                // Out of descriptors, or a connection that was gone before it was taken: the next one may do.
                LogAcceptFailed(logger, e.Message);
                await Task.Delay(TimeSpan.FromSeconds(1), time, CancellationToken.None);
                continue;
            }
            lock (_connections)
            {
                if (_connections.Count >= ConnectionsMax || stopping.IsCancellationRequested)
                {
                    socket.Dispose();
                    continue;
                }
                var connection = Task.Run(() => ServeAsync(socket, handle, stopping), CancellationToken.None);
                _connections.Add(connection);
                _ = connection.ContinueWith(Forget, TaskScheduler.Default);
            }
        }
    }

    private void Forget(Task connection)
    {
        lock (_connections)
            _connections.Remove(connection);
    }

    private async Task ServeAsync(Socket socket, Func<Socket, CancellationToken, Task> handle, CancellationToken stopping)
    {
        using (socket)
        {
            try
            {
                socket.NoDelay = true;
                socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
                await handle(socket, stopping);
            }
            catch (Exception e) when (e is IOException or SocketException or AuthenticationException or AgentException or OperationCanceledException or ObjectDisposedException)
            {
                LogEnded(logger, Address(socket), e.Message);
            }
            // A fault in one connection must not take the agent along.
            catch (Exception e)
            {
                LogFailed(logger, e);
            }
        }
    }

    private async Task HandleTlsAsync(Socket socket, CancellationToken stopping)
    {
        var peer = ((IPEndPoint)socket.RemoteEndPoint!).Address;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        // Covers TLS, proof and reply together: an open connection costs nothing for long.
        limit.CancelAfter(HandshakeTimeout);
        await using var tls = await TlsStream.AcceptAsync(socket, _context, limit.Token);
        var share = await new AgentConversation(shares, copies, _throttle, _certificateHash, _rsyncVersion, time).HoldAsync(tls, Plain(peer), limit);
        if (share is not null)
        {
            LogCopying(logger, share.Name, Plain(peer).ToString());
            using var stop = stopping.Register(tls.Abort);
            await new DaemonConnection([share], copies, runtime, mark).RunAsync(tls, stopping);
        }
        tls.EndWriting();
        // Whoever still waits for more of the source returns.
        tls.Abort();
    }

    /// <summary>rsync's own protocol from its first byte: the daemon behind it knows the shares of this address only.</summary>
    private async Task HandlePlainAsync(Socket socket, CancellationToken stopping)
    {
        var peer = ((IPEndPoint)socket.RemoteEndPoint!).Address;
        var allowed = shares.List().Where(s => s.Root is not null && s.Allows(peer)).ToList();
        if (allowed.Count == 0)
            return;
        await new DaemonConnection(allowed, copies, runtime, mark).RunAsync(socket, stopping);
    }

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private static string Address(Socket socket)
    {
        try
        {
            return socket.RemoteEndPoint?.ToString() ?? "?";
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return "?";
        }
    }

    [LoggerMessage(4001, LogLevel.Warning, "A connection could not be accepted: {Reason}")]
    private static partial void LogAcceptFailed(ILogger logger, string reason);

    [LoggerMessage(4002, LogLevel.Information, "The connection from {Address} ended: {Reason}")]
    private static partial void LogEnded(ILogger logger, string address, string reason);

    [LoggerMessage(4003, LogLevel.Error, "A connection of the data replication agent failed")]
    private static partial void LogFailed(ILogger logger, Exception exception);

    [LoggerMessage(4004, LogLevel.Information, "Share {Share} is being written by {Address}")]
    private static partial void LogCopying(ILogger logger, string share, string address);
}
