using System.Net;
using System.Net.Sockets;
using Futago.Iscsi.Connection;
using Futago.Iscsi.Session;

namespace Futago.Iscsi;

/// <summary>Accepting connections within the limits, and the clock that drives their deadlines.</summary>
public sealed partial class IscsiServer
{
    /// <summary>Who works and who rests.</summary>
    public ConnectionActivity Activity
    {
        get
        {
            lock (_gate)
                return new ConnectionActivity(_connections.Count, Resting.Count, Resting.RestsAfterWork);
        }
    }

    private void Accept(Socket socket)
    {
        IPEndPoint? remote = null;
        IscsiConnection? connection = null;
        try
        {
            remote = (IPEndPoint)socket.RemoteEndPoint!;
            socket.NoDelay = true;
            var refusal = TryAdmit(socket, remote.Address, out connection);
            if (connection is not null)
            {
                connection.Start();
                return;
            }
            ConnectionLog.Refused(_logger, remote, refusal);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or IOException or OutOfMemoryException or ThreadStartException)
        {
            ConnectionLog.Refused(_logger, remote ?? new IPEndPoint(IPAddress.None, 0), e.Message);
            connection?.Discard();
        }
        socket.Dispose();
    }

    private string TryAdmit(Socket socket, IPAddress address, out IscsiConnection? connection)
    {
        connection = null;
        lock (_gate)
        {
            if (_disposed)
                return "shutting down";
            if (_connections.Count >= _options.MaxConnections)
                return "too many connections";
            if (_connections.Count(c => c.HalfOpen && c.Remote.Address.Equals(address)) >= _options.MaxHalfOpenPerAddress)
                return "too many connections without login from this address";
            connection = IscsiConnection.TryCreate(_hostSide, socket);
            if (connection is null)
                return "memory budget used up";
            _connections.Add(connection);
            return "";
        }
    }

    private void Tick()
    {
        List<IscsiConnection> connections;
        List<ServedTarget> targets;
        lock (_gate)
            (connections, targets) = ([.. _connections], [.. _targets.Values]);
        var now = _time.GetTimestamp();
        foreach (var connection in connections)
            connection.Tick(now);
        foreach (var target in targets)
            target.Observation.Sample();
        _captures.DropOld();
        _pool.Trim();
    }

    private void Remove(IscsiConnection connection)
    {
        lock (_gate)
            _connections.Remove(connection);
    }
}
