using System.Net;
using System.Net.Sockets;

namespace Futago.Iscsi.Portal;

/// <summary>The portals that are open. Opening and closing one leaves the others, and all connections, alone.</summary>
internal sealed class PortalSet(Action<Socket> accepted) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<IPEndPoint, PortalListener> _listeners = [];
    private bool _disposed;

    public IReadOnlyList<PortalResult> Set(IReadOnlyList<IPEndPoint> portals)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            foreach (var removed in _listeners.Keys.Except(portals).ToList())
            {
                _listeners[removed].Dispose();
                _listeners.Remove(removed);
            }
            return [.. portals.Select(Open)];
        }
    }

    private PortalResult Open(IPEndPoint portal)
    {
        if (_listeners.TryGetValue(portal, out var listener))
            return new PortalResult(portal, listener.Bound, null);
        try
        {
            listener = new PortalListener(portal, accepted);
        }
        catch (SocketException e)
        {
            return new PortalResult(portal, null, e.Message);
        }
        _listeners[portal] = listener;
        return new PortalResult(portal, listener.Bound, null);
    }

    /// <summary>
    /// Addresses for a peer that came in at <paramref name="local"/>: that one first, then the other open portals of the same family.
    /// A wildcard portal is reachable at the address that the peer has used.
    /// </summary>
    public IReadOnlyList<string> AddressesFor(IPEndPoint local)
    {
        var address = Plain(local.Address);
        var result = new List<string> { Text(address, local.Port) };
        lock (_gate)
        {
            foreach (var bound in _listeners.Values.Select(l => l.Bound))
            {
                if (bound.AddressFamily != address.AddressFamily)
                    continue;
                var wildcard = bound.Address.Equals(IPAddress.Any) || bound.Address.Equals(IPAddress.IPv6Any);
                // An initiator elsewhere cannot reach our loopback address.
                if (!wildcard && IPAddress.IsLoopback(bound.Address) != IPAddress.IsLoopback(address))
                    continue;
                var text = Text(wildcard ? address : bound.Address, bound.Port);
                if (!result.Contains(text))
                    result.Add(text);
            }
        }
        return result;
    }

    private static IPAddress Plain(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        if (plain.AddressFamily == AddressFamily.InterNetworkV6 && plain.ScopeId != 0)
            plain = new IPAddress(plain.GetAddressBytes()); // a zone index means nothing to the peer
        return plain;
    }

    private static string Text(IPAddress address, int port) => new IPEndPoint(address, port).ToString();

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            foreach (var listener in _listeners.Values)
                listener.Dispose();
            _listeners.Clear();
        }
    }
}
