using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Events;
using Futago.Engine.Contracts.Link;
using Futago.Engine.Events;
using Futago.Transport.Tls;

namespace Futago.Engine.Link;

/// <summary>
/// The replication link of this node: one port that only the peer gets through, for every protocol that the two engines speak,
/// and the way out to the peer. Without a peer in the configuration nothing listens. When the peer changes, every connection
/// with the one before is closed.
/// </summary>
internal sealed partial class LinkService : IAsyncDisposable
{
    /// <summary>An address that is not there yet (a cable, a late interface) is tried again this often.</summary>
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(3);

    private readonly LinkIdentity _identity;
    private readonly EventJournal _journal;
    private readonly ILogger _logger;
    private readonly Dictionary<string, ILinkProtocol> _protocols;
    private readonly List<string> _preference;
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _wake = new(0, 1);
    private readonly CancellationTokenSource _stopping = new();
    private PeerGeneration? _generation;
    private Problem? _problem;
    private bool _listening;
    private Task _listen = Task.CompletedTask;
    private bool _disposed;

    public LinkService(LinkIdentity identity, IEnumerable<ILinkProtocol> protocols, EventJournal journal, ILogger<LinkService> logger)
    {
        _identity = identity;
        // In the order of this node's preference, which decides when the peer offers several.
        _preference = [.. protocols.Select(p => p.Name)];
        _protocols = protocols.ToDictionary(p => p.Name, StringComparer.Ordinal);
        _journal = journal;
        _logger = logger;
    }

    public LinkIdentity Identity => _identity;

    public LinkStatus Status
    {
        get
        {
            lock (_lock)
                return new LinkStatus(_identity.NodeId, _identity.Fingerprint, _generation?.Peer, _listening, _problem, _generation?.Count ?? 0);
        }
    }

    public void Start() => _listen = Task.Run(ListenAsync);

    /// <summary>Takes over the peer of a configuration; what belongs to another peer ends.</summary>
    public void Apply(PeerConfiguration? peer)
    {
        PeerGeneration? before;
        lock (_lock)
        {
            before = _generation;
            if (Same(before?.Peer, peer))
                return;
            _generation = peer is null ? null : new PeerGeneration(peer, _stopping.Token);
            _problem = null;
        }
        before?.End();
        Wake();
    }

    /// <summary>Dials the peer. The connection is the caller's, and ends when the peer changes.</summary>
    /// <exception cref="LinkException">There is no peer, or it cannot be reached, or who answers is not the peer.</exception>
    public Task<LinkConnection> ConnectAsync(string protocol, CancellationToken cancellation) => ConnectAsync([protocol], cancellation);

    /// <summary>The same with several versions of a protocol; <see cref="LinkConnection.Protocol"/> says which one the peer took.</summary>
    /// <exception cref="LinkException">As above.</exception>
    public async Task<LinkConnection> ConnectAsync(IReadOnlyList<string> protocols, CancellationToken cancellation)
    {
        PeerGeneration generation;
        lock (_lock)
            generation = _generation ?? throw new LinkException("This node is not paired.");
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, generation.Ended);
        try
        {
            return await LinkDialer.ConnectAsync(_identity, generation, protocols, both.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new LinkException("This node is not paired with that peer any more.");
        }
    }

    /// <summary>Closes the port and every connection. Safe to call again.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
            return;
        _disposed = true;
        await _stopping.CancelAsync();
        await _listen;
        PeerGeneration? last;
        lock (_lock)
            (last, _generation) = (_generation, null);
        if (last is not null)
        {
            last.End();
            await last.WhenAllClosedAsync();
        }
        _wake.Dispose();
        _stopping.Dispose();
        _identity.Dispose();
    }

    private async Task ListenAsync()
    {
        string? reported = null;
        while (!_stopping.IsCancellationRequested)
        {
            PeerGeneration? generation;
            lock (_lock)
                generation = _generation;
            try
            {
                if (generation is not null)
                {
                    try
                    {
                        await AcceptAsync(generation);
                        reported = null;
                    }
                    catch (SocketException e)
                    {
                        Report(generation.Peer, e, ref reported);
                    }
                }
                await _wake.WaitAsync(RetryInterval, _stopping.Token);
            }
            catch (OperationCanceledException)
            {
                // Stopping ends the loop; another peer begins the next round.
            }
        }
    }

    private async Task AcceptAsync(PeerGeneration generation)
    {
        var peer = generation.Peer;
        // Any: both families with one socket, where the kernel has IPv6 at all.
        var address = peer.LocalAddress is { } own ? IPAddress.Parse(own) : Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any;
        using var tls = LinkTls.Create(_identity, peer, _preference);
        using var listener = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        if (address.Equals(IPAddress.IPv6Any))
            listener.DualMode = true;
        // .NET sets SO_REUSEADDR before it binds: an engine that starts again gets its port back at once.
        listener.Bind(new IPEndPoint(address, peer.LocalPort));
        listener.Listen(16);
        var place = new IPEndPoint(peer.LocalAddress is null ? IPAddress.Any : address, peer.LocalPort).ToString();
        SetListening(true, null);
        _journal.Append(EventSeverity.Info, EventCodes.LinkListening, null, $"The replication link listens on {place}.", ("address", place));
        try
        {
            while (true)
            {
                var socket = await listener.AcceptAsync(generation.Ended);
                if (socket.RemoteEndPoint is not IPEndPoint from || !generation.TryServe(from.Address, () => ServeAsync(socket, tls, generation)))
                    socket.Dispose();
            }
        }
        catch (OperationCanceledException)
        {
            // The next round sees what there is now.
            Wake();
        }
        finally
        {
            SetListening(false, null);
        }
    }

    private async Task ServeAsync(Socket socket, TlsContext tls, PeerGeneration generation)
    {
        var remote = socket.RemoteEndPoint?.ToString() ?? "";
        TlsStream stream;
        try
        {
            // Small messages leave at once; a peer whose machine died is noticed by the protocols themselves.
            socket.NoDelay = true;
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(generation.Ended);
            limit.CancelAfter(LinkDialer.HandshakeTimeout);
            stream = await TlsStream.AcceptAsync(socket, tls, limit.Token);
        }
        // Disposed: the port is closed already.
        catch (Exception e) when (e is AuthenticationException or IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            LogRefused(_logger, remote, e.Message);
            socket.Dispose();
            return;
        }
        await using var connection = new LinkConnection(socket, stream, generation.Remove);
        if (!generation.TryAdd(connection) || !_protocols.TryGetValue(connection.Protocol, out var protocol))
            return;
        try
        {
            await protocol.ServeAsync(connection, generation.Ended);
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            LogEnded(_logger, protocol.Name, remote, e.Message);
        }
        catch (Exception e)
        {
            // A fault of one protocol must not take the others with it.
            LogFault(_logger, protocol.Name, remote, e);
        }
    }

    private void Report(PeerConfiguration peer, SocketException e, ref string? reported)
    {
        var place = $"{peer.LocalAddress ?? "*"}:{peer.LocalPort}";
        var problem = new Problem(
            ProblemCodes.LinkPortUnusable, $"The replication link cannot listen on {place} ({e.Message.TrimEnd('.')}); it is tried again every few seconds.", null,
            new Dictionary<string, string> { ["address"] = place, ["reason"] = e.Message });
        SetListening(false, problem);
        if (reported == place + e.Message)
            return;
        reported = place + e.Message;
        _journal.Append(EventSeverity.Error, EventCodes.LinkFailed, null, problem.Detail, ("address", place), ("reason", e.Message));
    }

    private void SetListening(bool listening, Problem? problem)
    {
        lock (_lock)
            (_listening, _problem) = (listening, problem);
    }

    private void Wake()
    {
        try
        {
            _wake.Release();
        }
        catch (Exception e) when (e is SemaphoreFullException or ObjectDisposedException)
        {
            // It is going to look anyway, or is stopping.
        }
    }

    // Records compare lists by reference; the list is part of what makes a peer the same.
    private static bool Same(PeerConfiguration? a, PeerConfiguration? b) =>
        a is null || b is null ? a is null && b is null : a.Addresses.SequenceEqual(b.Addresses) && a with { Addresses = b.Addresses } == b;

    [LoggerMessage(2301, LogLevel.Information, "A connection from {Remote} to the replication link was refused: {Reason}")]
    private static partial void LogRefused(ILogger logger, string remote, string reason);

    [LoggerMessage(2302, LogLevel.Information, "The {Protocol} connection from {Remote} ended: {Reason}")]
    private static partial void LogEnded(ILogger logger, string protocol, string remote, string reason);

    [LoggerMessage(2303, LogLevel.Error, "The {Protocol} connection from {Remote} ended because of a fault")]
    private static partial void LogFault(ILogger logger, string protocol, string remote, Exception exception);
}
