using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Futago.Engine.Contracts.Link;

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

    /// <summary>Small messages leave at once; a peer whose machine died is noticed by the protocols themselves.</summary>
    public static void Tune(Socket socket) => socket.NoDelay = true;

    private static async Task<LinkConnection> ConnectAsync(
        LinkIdentity identity, PeerGeneration generation, IPAddress address, IReadOnlyList<string> protocols, CancellationToken cancellation)
    {
        var peer = generation.Peer;
        var place = new IPEndPoint(address, peer.Port);
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        SslStream? stream = null;
        try
        {
            Tune(socket);
            if (peer.LocalAddress is not null && IPAddress.Parse(peer.LocalAddress) is var local && local.AddressFamily == address.AddressFamily)
                socket.Bind(new IPEndPoint(local, 0));
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limit.CancelAfter(ConnectTimeout);
            await socket.ConnectAsync(place, limit.Token);
            limit.CancelAfter(HandshakeTimeout);
            var records = new RecordBuffer(new NetworkStream(socket, ownsSocket: false));
            stream = new SslStream(records, leaveInnerStreamOpen: false);
            await stream.AuthenticateAsClientAsync(LinkTls.Client(identity, peer, protocols), limit.Token);
            var connection = new LinkConnection(socket, records, stream, generation.Remove);
            if (generation.TryAdd(connection))
                return connection;
            throw new OperationCanceledException();
        }
        catch (Exception e) when (e is SocketException or IOException or AuthenticationException or OperationCanceledException)
        {
            socket.Dispose();
            if (stream is not null)
                await stream.DisposeAsync();
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
