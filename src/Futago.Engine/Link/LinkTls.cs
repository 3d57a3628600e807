using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Futago.Engine.Contracts.Link;

namespace Futago.Engine.Link;

/// <summary>TLS 1.3 (RFC 8446) with a certificate on both sides, each known to the other by its fingerprint.</summary>
internal static class LinkTls
{
    public static SslServerAuthenticationOptions Server(LinkIdentity identity, PeerConfiguration peer, IEnumerable<string> protocols) => new()
    {
        ServerCertificate = identity.Certificate,
        ClientCertificateRequired = true,
        RemoteCertificateValidationCallback = (_, certificate, _, _) => IsPeer(certificate, peer),
        ApplicationProtocols = [.. protocols.Select(p => new SslApplicationProtocol(p))],
        EnabledSslProtocols = SslProtocols.Tls13,
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        // A resumed session would be believed without showing the certificate again.
        AllowTlsResume = false,
    };

    public static SslClientAuthenticationOptions Client(LinkIdentity identity, PeerConfiguration peer, IEnumerable<string> protocols) => new()
    {
        // No name is checked and none is told: the fingerprint says who it is.
        TargetHost = "",
        ClientCertificates = [identity.Certificate],
        LocalCertificateSelectionCallback = (_, _, _, _, _) => identity.Certificate,
        RemoteCertificateValidationCallback = (_, certificate, _, _) => IsPeer(certificate, peer),
        ApplicationProtocols = [.. protocols.Select(p => new SslApplicationProtocol(p))],
        EnabledSslProtocols = SslProtocols.Tls13,
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        AllowTlsResume = false,
    };

    private static bool IsPeer(X509Certificate? certificate, PeerConfiguration peer) => certificate is not null
        && CryptographicOperations.FixedTimeEquals(certificate.GetCertHash(HashAlgorithmName.SHA256), Convert.FromHexString(peer.Fingerprint));
}
