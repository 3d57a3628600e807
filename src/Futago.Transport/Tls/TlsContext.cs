using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Futago.Transport.Tls;

/// <summary>What one end of connections speaks: TLS 1.3, where others have to be understood 1.2 too, nothing that is resumed, renegotiated or compressed.</summary>
public sealed class TlsContext : IDisposable
{
    /// <summary>
    /// As the library has them, but with AES-128 before AES-256: nobody can break either, and a copy takes a quarter less time to encrypt.
    /// RFC 8446, appendix B.4.
    /// </summary>
    private const string Suites = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256";

    /// <summary>For version 1.2: forward secret and authenticated only. RFC 5289, RFC 7905.</summary>
    private const string SuitesOfTls12 = "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305";

    /// <summary>In bytes; a few records, so that one call to the system brings them.</summary>
    private const int ReceiveBytes = 128 << 10;

    private TlsContext(nint oldestVersion)
    {
        Handle = OpenSsl.SSL_CTX_new(OpenSsl.TLS_method());
        Check(Handle.IsInvalid ? 0 : 1);
        Check((int)OpenSsl.SSL_CTX_ctrl(Handle, OpenSsl.SSL_CTRL_SET_MIN_PROTO_VERSION, oldestVersion, 0));
        Check(OpenSsl.SSL_CTX_set_ciphersuites(Handle, Suites));
        Check(OpenSsl.SSL_CTX_set_cipher_list(Handle, SuitesOfTls12));
        Check(OpenSsl.SSL_CTX_set_num_tickets(Handle, 0));
        // An end without a farewell is an end here: what is said on the connection has ends of its own.
        _ = OpenSsl.SSL_CTX_set_options(
            Handle, OpenSsl.SSL_OP_IGNORE_UNEXPECTED_EOF | OpenSsl.SSL_OP_NO_TICKET | OpenSsl.SSL_OP_NO_COMPRESSION | OpenSsl.SSL_OP_NO_RENEGOTIATION);
        _ = OpenSsl.SSL_CTX_ctrl(Handle, OpenSsl.SSL_CTRL_SET_SESS_CACHE_MODE, 0, 0);
        // What is written may lie elsewhere when the call is repeated, with the same content.
        _ = OpenSsl.SSL_CTX_ctrl(Handle, OpenSsl.SSL_CTRL_MODE, OpenSsl.SSL_MODE_ENABLE_PARTIAL_WRITE | OpenSsl.SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER, 0);
        OpenSsl.SSL_CTX_set_default_read_buffer_len(Handle, ReceiveBytes);
    }

    /// <summary>
    /// RFC 8446 section 5.5: a key of AES-GCM is good for 2^24.5 records, and who sends more updates it before. Of version 1.3; the others have
    /// numbers of their own, and carry no more than one copy.
    /// </summary>
    internal int RecordsPerKey { get; init; } = 1 << 22;

    internal OpenSsl.ContextHandle Handle { get; }

    /// <summary>SHA-256 of the only certificate that is believed; empty: whoever asks for the connection looks at it before saying anything.</summary>
    internal byte[] PeerCertificateHash { get; private init; } = [];

    internal IReadOnlyList<string> Protocols { get; private init; } = [];

    /// <summary>Takes every certificate.</summary>
    public static TlsContext ForClient() => new(OpenSsl.TLS1_2_VERSION);

    /// <summary>Asks for no certificate.</summary>
    /// <param name="certificate">With its key, of an elliptic curve.</param>
    public static TlsContext ForServer(X509Certificate2 certificate)
    {
        var context = new TlsContext(OpenSsl.TLS1_2_VERSION);
        return context.Finish(() => context.Show(certificate));
    }

    /// <summary>For both ends of a connection between two who know each other's certificates. Version 1.3 only.</summary>
    /// <param name="certificate">One's own, with its key, of an elliptic curve.</param>
    /// <param name="peerCertificateHash">SHA-256 of the other's. Nothing else of it counts, and without it no handshake succeeds.</param>
    /// <param name="protocols">For ALPN, RFC 7301, the most wanted first. Of who answers, the order decides.</param>
    public static TlsContext ForPeers(X509Certificate2 certificate, byte[] peerCertificateHash, IReadOnlyList<string> protocols) =>
        ForPeers(certificate, peerCertificateHash, protocols, null);

    internal static TlsContext ForPeers(X509Certificate2 certificate, byte[] peerCertificateHash, IReadOnlyList<string> protocols, int? recordsPerKey)
    {
        if (peerCertificateHash.Length != SHA256.HashSizeInBytes)
            throw new ArgumentException("The hash of the other's certificate is not one of SHA-256.", nameof(peerCertificateHash));
        var context = new TlsContext(OpenSsl.TLS1_3_VERSION) { PeerCertificateHash = peerCertificateHash, Protocols = protocols, RecordsPerKey = recordsPerKey ?? 1 << 22 };
        return context.Finish(() =>
        {
            context.Show(certificate);
            OpenSsl.SSL_CTX_set_verify(context.Handle, OpenSsl.SSL_VERIFY_PEER | OpenSsl.SSL_VERIFY_FAIL_IF_NO_PEER_CERT, 0);
            Check(OpenSsl.SSL_CTX_dane_enable(context.Handle));
            context.Offer(protocols);
        });
    }

    public void Dispose() => Handle.Dispose();

    private TlsContext Finish(Action make)
    {
        try
        {
            make();
            return this;
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    private void Show(X509Certificate2 certificate)
    {
        using var key = certificate.GetECDsaPrivateKey() ?? throw new CryptographicException("The certificate has no key of an elliptic curve.");
        var secret = key.ExportECPrivateKey();
        try
        {
            Check(OpenSsl.SSL_CTX_use_certificate_ASN1(Handle, certificate.RawDataMemory.Length, certificate.RawDataMemory.Span));
            Check(OpenSsl.SSL_CTX_use_PrivateKey_ASN1(OpenSsl.EVP_PKEY_EC, Handle, secret, secret.Length));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    private unsafe void Offer(IReadOnlyList<string> protocols)
    {
        // RFC 7301 section 3.1: each name with its length before it.
        byte[] list = [.. protocols.SelectMany(p => (byte[])[checked((byte)p.Length), .. Encoding.ASCII.GetBytes(p)])];
        Check(OpenSsl.SSL_CTX_set_alpn_protos(Handle, list, (uint)list.Length) == 0 ? 1 : 0);
        var known = (byte*)NativeMemory.Alloc((nuint)(sizeof(uint) + list.Length));
        Handle.Argument = known;
        *(uint*)known = (uint)list.Length;
        list.CopyTo(new Span<byte>(known + sizeof(uint), list.Length));
        OpenSsl.SSL_CTX_set_alpn_select_cb(Handle, &ChooseProtocol, known);
    }

    private static void Check(int returned)
    {
        if (returned <= 0)
            throw new CryptographicException($"OpenSSL: {OpenSsl.Reason()}.");
    }

    /// <summary>RFC 7301 section 3.2: who answers takes what it likes best of what is offered; if that is nothing, the handshake ends.</summary>
    /// <param name="known">Length and list of what is spoken here.</param>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static unsafe int ChooseProtocol(nint connection, byte** chosen, byte* chosenLength, byte* offered, uint offeredLength, byte* known) =>
        OpenSsl.SSL_select_next_proto(chosen, chosenLength, known + sizeof(uint), *(uint*)known, offered, offeredLength) == OpenSsl.OPENSSL_NPN_NEGOTIATED
            ? OpenSsl.SSL_TLSEXT_ERR_OK
            : OpenSsl.SSL_TLSEXT_ERR_ALERT_FATAL;
}
