using System.Net.Security;
using System.Security.Authentication;

namespace Futago.DataReplication.Protocol;

/// <summary>What both sides of an agent connection speak.</summary>
internal static class AgentTls
{
    public const SslProtocols Versions = SslProtocols.Tls13 | SslProtocols.Tls12;

    /// <summary>
    /// As the library has them, but with AES-128 before AES-256: nobody can break either, and a copy takes a quarter less time to encrypt.
    /// RFC 8446, appendix B.4; RFC 5289 for version 1.2.
    /// </summary>
    public static CipherSuitesPolicy Ciphers { get; } = new(
    [
        TlsCipherSuite.TLS_AES_128_GCM_SHA256,
        TlsCipherSuite.TLS_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_CHACHA20_POLY1305_SHA256,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
    ]);
}
