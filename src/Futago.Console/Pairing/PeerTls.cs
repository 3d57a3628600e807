using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Futago.Console.Pairing;

/// <summary>
/// One port for browsers and for the other console, told apart by the name in the TLS greeting (RFC 6066 section 3): browsers
/// never ask for the peer's name, so they are never asked for a certificate.
/// </summary>
public static class PeerTls
{
    /// <summary>RFC 2606 section 2: a name under .invalid belongs to nobody.</summary>
    public const string HostName = "peer.futago.invalid";

    public static TlsHandshakeCallbackOptions Options(X509Certificate2 browsers, X509Certificate2 peers) => new()
    {
        OnConnection = context => ValueTask.FromResult(IsPeer(context.ClientHelloInfo.ServerName) ? ForPeer(peers) : ForBrowser(browsers)),
    };

    /// <summary>
    /// Fingerprint of the certificate by which a node has connected: it has proved to hold the key, and no more. Null for
    /// everybody else.
    /// </summary>
    public static string? FingerprintOf(HttpContext context) =>
        IsPeer(context.Features.Get<ITlsHandshakeFeature>()?.HostName) && context.Connection.ClientCertificate is { } certificate
            ? PeerCertificate.FingerprintOf(certificate)
            : null;

    private static bool IsPeer(string? name) => string.Equals(name, HostName, StringComparison.OrdinalIgnoreCase);

    private static SslServerAuthenticationOptions ForBrowser(X509Certificate2 certificate) => new()
    {
        ServerCertificate = certificate,
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
    };

    private static SslServerAuthenticationOptions ForPeer(X509Certificate2 certificate) => new()
    {
        ServerCertificate = certificate,
        ClientCertificateRequired = true,
        // Whose it is, is judged by its fingerprint, with the request: a node that wants to join is not known yet.
        RemoteCertificateValidationCallback = (_, shown, _, _) => shown is not null,
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        EnabledSslProtocols = SslProtocols.Tls13,
        AllowTlsResume = false,
    };
}
