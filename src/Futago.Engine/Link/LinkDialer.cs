using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using Futago.Engine.Contracts.Link;
using Futago.Transport;
using Futago.Transport.Tls;

namespace Futago.Engine.Link;

/// <summary>The way out to the peer: its addresses in order, from this node's own address for the link if one was chosen.</summary>
internal static class LinkDialer
{
    /// <summary>Both nodes are in one room or one company: who does not answer by then is not there.</summary>
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(3);

    public static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(5);

    public static async Task<LinkConnection> ConnectAsync(LinkIdentity identity, PeerGeneration generation, IReadOnlyList<string> protocols, CancellationToken cancellation)
    {
        var peer = generation.Peer;
        LinkException? last = null;
        foreach (var address in peer.Addresses)
        {
            try
            {
                return await ConnectAsync(identity, generation, IPAddress.Parse(address), protocols, cancellation);
            }
            catch (LinkException e)
            {
                last = e;
            }
        }
        throw last ?? new LinkException($"The peer {peer.Name} has no address.");
    }

    private static async Task<LinkConnection> ConnectAsync(
        LinkIdentity identity, PeerGeneration generation, IPAddress address, IReadOnlyList<string> protocols, CancellationToken cancellation)
    {
        var peer = generation.Peer;
        var place = new IPEndPoint(address, peer.Port);
        var local = peer.LocalAddress is null ? null : IPAddress.Parse(peer.LocalAddress);
        Socket? socket = null;
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limit.CancelAfter(ConnectTimeout);
            socket = await Dialer.ConnectAsync(place, local?.AddressFamily == address.AddressFamily ? local : null, limit.Token);
            limit.CancelAfter(HandshakeTimeout);
            using var tls = LinkTls.Create(identity, peer, protocols);
            var connection = new LinkConnection(socket, await TlsStream.ConnectAsync(socket, tls, limit.Token), generation.Remove);
            if (generation.TryAdd(connection))
                return connection;
            await connection.DisposeAsync();
            throw new OperationCanceledException();
        }
        catch (Exception e) when (e is SocketException or IOException or AuthenticationException or OperationCanceledException)
        {
            socket?.Dispose();
            cancellation.ThrowIfCancellationRequested();
            throw new LinkException(Describe(peer, place, e), e);
        }
    }

    private static string Describe(PeerConfiguration peer, IPEndPoint place, Exception e) => e switch
    {
        AuthenticationException => $"Who answers at {place} is not the paired node {peer.Name}: its certificate is another one.",
        OperationCanceledException => $"The peer {peer.Name} does not answer at {place}.",
        _ => $"The peer {peer.Name} cannot be reached at {place} ({e.GetBaseException().Message.TrimEnd('.')}).",
    };
}
