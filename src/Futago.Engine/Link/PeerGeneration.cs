using System.Net;
using Futago.Engine.Contracts.Link;

namespace Futago.Engine.Link;

/// <summary>
/// One peer from the configuration that named it to the one that does not any more, with the connections that belong to it:
/// however the configuration changes meanwhile, nothing of an old peer outlives it.
/// </summary>
internal sealed class PeerGeneration
{
    /// <summary>Connections that are being authenticated or open; the peer needs a few for each protocol.</summary>
    private const int ConnectionsMaximum = 128;

    /// <summary>
    /// Of these, connections from addresses that are not the peer's in the configuration: it may come by another way, but whoever
    /// else fills the port with silence must not keep it out.
    /// </summary>
    private const int StrangersMaximum = 16;

    private readonly CancellationTokenSource _ended;
    private readonly HashSet<LinkConnection> _connections = [];
    private readonly HashSet<Task> _serving = [];
    private readonly HashSet<IPAddress> _addresses;
    private int _strangers;

    public PeerGeneration(PeerConfiguration peer, CancellationToken stopping)
    {
        Peer = peer;
        _addresses = [.. peer.Addresses.Select(IPAddress.Parse)];
        _ended = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        Ended = _ended.Token;
    }

    public PeerConfiguration Peer { get; }

    public CancellationToken Ended { get; }

    /// <summary>Authenticated connections, both directions.</summary>
    public int Count
    {
        get
        {
            lock (_connections)
                return _connections.Count;
        }
    }

    /// <summary>Starts serving a connection unless there are too many.</summary>
    public bool TryServe(IPAddress from, Func<Task> serve)
    {
        var stranger = !_addresses.Contains(from.IsIPv4MappedToIPv6 ? from.MapToIPv4() : from);
        lock (_connections)
        {
            if (_serving.Count >= ConnectionsMaximum || (stranger && _strangers >= StrangersMaximum))
                return false;
            var task = Task.Run(serve);
            _serving.Add(task);
            _strangers += stranger ? 1 : 0;
            _ = task.ContinueWith(t => Forget(t, stranger), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            return true;
        }
    }

    /// <summary>False when the peer is not the peer any more: the connection is to be closed.</summary>
    public bool TryAdd(LinkConnection connection)
    {
        lock (_connections)
            return !Ended.IsCancellationRequested && _connections.Add(connection);
    }

    public void Remove(LinkConnection connection)
    {
        lock (_connections)
            _connections.Remove(connection);
    }

    /// <summary>Closes every connection; those who use them get an error.</summary>
    public void End()
    {
        LinkConnection[] open;
        lock (_connections)
        {
            _ended.Cancel();
            open = [.. _connections];
        }
        foreach (var connection in open)
            connection.Abort();
    }

    public Task WhenAllClosedAsync()
    {
        lock (_connections)
            return Task.WhenAll(_serving);
    }

    private void Forget(Task task, bool stranger)
    {
        lock (_connections)
        {
            _serving.Remove(task);
            _strangers -= stranger ? 1 : 0;
        }
    }
}
