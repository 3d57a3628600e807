using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Futago.DataReplication.Tls;

/// <summary>What both sides of an agent connection speak: TLS 1.3 or 1.2, nothing that is resumed, renegotiated or compressed.</summary>
internal sealed class TlsContext : IDisposable
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

    private TlsContext()
    {
        Handle = OpenSsl.SSL_CTX_new(OpenSsl.TLS_method());
        Check(Handle.IsInvalid ? 0 : 1);
        Check((int)OpenSsl.SSL_CTX_ctrl(Handle, OpenSsl.SSL_CTRL_SET_MIN_PROTO_VERSION, OpenSsl.TLS1_2_VERSION, 0));
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

    public OpenSsl.ContextHandle Handle { get; }

    /// <summary>Takes every certificate: whoever connects looks at it before saying anything.</summary>
    public static TlsContext ForClient() => new();

    /// <param name="certificate">With its key, of an elliptic curve.</param>
    public static TlsContext ForServer(X509Certificate2 certificate)
    {
        var context = new TlsContext();
        using var key = certificate.GetECDsaPrivateKey() ?? throw new CryptographicException("The agent's certificate has no key of an elliptic curve.");
        var secret = key.ExportECPrivateKey();
        try
        {
            Check(OpenSsl.SSL_CTX_use_certificate_ASN1(context.Handle, certificate.RawDataMemory.Length, certificate.RawDataMemory.Span));
            Check(OpenSsl.SSL_CTX_use_PrivateKey_ASN1(OpenSsl.EVP_PKEY_EC, context.Handle, secret, secret.Length));
            return context;
        }
        catch
        {
            context.Dispose();
            throw;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    public void Dispose() => Handle.Dispose();

    private static void Check(int returned)
    {
        if (returned <= 0)
            throw new CryptographicException($"OpenSSL: {OpenSsl.Reason()}.");
    }
}
