using Futago.Engine.Contracts.Link;
using Futago.Transport.Tls;

namespace Futago.Engine.Link;

/// <summary>TLS 1.3 (RFC 8446) with a certificate on both sides, each known to the other by its fingerprint.</summary>
internal static class LinkTls
{
    /// <param name="protocols">The most wanted first.</param>
    public static TlsContext Create(LinkIdentity identity, PeerConfiguration peer, IReadOnlyList<string> protocols) =>
        TlsContext.ForPeers(identity.Certificate, Convert.FromHexString(peer.Fingerprint), protocols);
}
