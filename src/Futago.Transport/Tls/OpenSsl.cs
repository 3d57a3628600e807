using System.Runtime.InteropServices;

namespace Futago.Transport.Tls;

/// <summary>What is used of OpenSSL 3, the library that the runtime's own TLS calls as well. Names and numbers are those of ssl.h.</summary>
internal static partial class OpenSsl
{
    public const int SSL_ERROR_SSL = 1;
    public const int SSL_ERROR_WANT_READ = 2;
    public const int SSL_ERROR_WANT_WRITE = 3;
    public const int SSL_ERROR_SYSCALL = 5;
    public const int SSL_ERROR_ZERO_RETURN = 6;

    public const int SSL_CTRL_MODE = 33;
    public const int SSL_CTRL_SET_SESS_CACHE_MODE = 44;
    public const int SSL_CTRL_SET_MIN_PROTO_VERSION = 123;

    public const nint SSL_MODE_ENABLE_PARTIAL_WRITE = 1;
    public const nint SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER = 2;
    public const nint TLS1_2_VERSION = 0x0303;
    public const nint TLS1_3_VERSION = 0x0304;
    public const int EVP_PKEY_EC = 408;

    public const int SSL_VERIFY_PEER = 1;
    public const int SSL_VERIFY_FAIL_IF_NO_PEER_CERT = 2;

    /// <summary>RFC 6698, section 2.1: the certificate of the other end itself, as a whole, by its SHA-256.</summary>
    public const byte DANETLS_USAGE_DANE_EE = 3;
    public const byte DANETLS_SELECTOR_CERT = 0;
    public const byte DANETLS_MATCHING_2256 = 1;

    public const int OPENSSL_NPN_NEGOTIATED = 1;
    public const int SSL_TLSEXT_ERR_OK = 0;
    public const int SSL_TLSEXT_ERR_ALERT_FATAL = 2;
    public const int SSL_KEY_UPDATE_NOT_REQUESTED = 0;

    public const ulong SSL_OP_IGNORE_UNEXPECTED_EOF = 1UL << 7;
    public const ulong SSL_OP_NO_TICKET = 1UL << 14;
    public const ulong SSL_OP_NO_COMPRESSION = 1UL << 17;
    public const ulong SSL_OP_NO_RENEGOTIATION = 1UL << 30;

    private const string Ssl = "libssl.so.3";
    private const string Crypto = "libcrypto.so.3";

    [LibraryImport(Ssl)]
    internal static partial nint TLS_method();

    [LibraryImport(Ssl)]
    internal static partial ContextHandle SSL_CTX_new(nint method);

    [LibraryImport(Ssl)]
    internal static partial void SSL_CTX_free(nint context);

    [LibraryImport(Ssl)]
    internal static partial ulong SSL_CTX_set_options(ContextHandle context, ulong options);

    [LibraryImport(Ssl)]
    internal static partial nint SSL_CTX_ctrl(ContextHandle context, int command, nint value, nint pointer);

    [LibraryImport(Ssl)]
    internal static partial int SSL_CTX_set_num_tickets(ContextHandle context, nuint count);

    [LibraryImport(Ssl, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int SSL_CTX_set_ciphersuites(ContextHandle context, string suites);

    [LibraryImport(Ssl, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int SSL_CTX_set_cipher_list(ContextHandle context, string suites);

    [LibraryImport(Ssl)]
    internal static partial void SSL_CTX_set_default_read_buffer_len(ContextHandle context, nuint length);

    [LibraryImport(Ssl)]
    internal static partial int SSL_CTX_use_certificate_ASN1(ContextHandle context, int length, ReadOnlySpan<byte> certificate);

    [LibraryImport(Ssl)]
    internal static partial int SSL_CTX_use_PrivateKey_ASN1(int type, ContextHandle context, ReadOnlySpan<byte> key, nint length);

    [LibraryImport(Ssl)]
    internal static partial void SSL_CTX_set_verify(ContextHandle context, int mode, nint callback);

    [LibraryImport(Ssl)]
    internal static partial int SSL_CTX_dane_enable(ContextHandle context);

    /// <returns>0 when it is good, unlike its siblings.</returns>
    [LibraryImport(Ssl)]
    internal static partial int SSL_CTX_set_alpn_protos(ContextHandle context, ReadOnlySpan<byte> protocols, uint length);

    [LibraryImport(Ssl)]
    internal static unsafe partial void SSL_CTX_set_alpn_select_cb(
        ContextHandle context, delegate* unmanaged[Cdecl]<nint, byte**, byte*, byte*, uint, byte*, int> callback, byte* argument);

    [LibraryImport(Ssl)]
    internal static unsafe partial int SSL_select_next_proto(byte** chosen, byte* chosenLength, byte* preferred, uint preferredLength, byte* offered, uint offeredLength);

    [LibraryImport(Ssl)]
    internal static partial ConnectionHandle SSL_new(ContextHandle context);

    [LibraryImport(Ssl)]
    internal static partial void SSL_free(nint connection);

    [LibraryImport(Ssl)]
    internal static partial int SSL_dane_enable(ConnectionHandle connection, nint baseDomain);

    [LibraryImport(Ssl)]
    internal static partial int SSL_dane_tlsa_add(ConnectionHandle connection, byte usage, byte selector, byte matching, ReadOnlySpan<byte> data, nuint length);

    /// <summary>Both become the connection's.</summary>
    [LibraryImport(Ssl)]
    internal static partial void SSL_set_bio(ConnectionHandle connection, nint read, nint write);

    [LibraryImport(Crypto)]
    internal static partial nint BIO_new_socket(int file, int close);

    [LibraryImport(Crypto)]
    internal static partial int BIO_new_bio_pair(out nint one, nuint oneBytes, out nint other, nuint otherBytes);

    [LibraryImport(Crypto)]
    internal static partial int BIO_nread0(nint half, out nint start);

    [LibraryImport(Crypto)]
    internal static partial int BIO_nread(nint half, out nint start, int count);

    [LibraryImport(Crypto)]
    internal static partial int BIO_free(nint half);

    [LibraryImport(Ssl)]
    internal static partial void SSL_set_read_ahead(ConnectionHandle connection, int yes);

    [LibraryImport(Ssl)]
    internal static partial int SSL_connect(ConnectionHandle connection);

    [LibraryImport(Ssl)]
    internal static partial int SSL_accept(ConnectionHandle connection);

    [LibraryImport(Ssl)]
    internal static partial int SSL_do_handshake(ConnectionHandle connection);

    [LibraryImport(Ssl)]
    internal static partial int SSL_version(ConnectionHandle connection);

    [LibraryImport(Ssl)]
    internal static partial int SSL_key_update(ConnectionHandle connection, int kind);

    [LibraryImport(Ssl)]
    internal static partial void SSL_get0_alpn_selected(ConnectionHandle connection, out nint name, out uint length);

    [LibraryImport(Ssl, SetLastError = true)]
    internal static partial int SSL_read(ConnectionHandle connection, ref byte buffer, int length);

    [LibraryImport(Ssl)]
    internal static partial int SSL_write(ConnectionHandle connection, ref readonly byte buffer, int length);

    [LibraryImport(Ssl)]
    internal static partial int SSL_has_pending(ConnectionHandle connection);

    [LibraryImport(Ssl)]
    internal static partial int SSL_shutdown(ConnectionHandle connection);

    [LibraryImport(Ssl)]
    internal static partial int SSL_get_error(ConnectionHandle connection, int returned);

    [LibraryImport(Ssl)]
    internal static partial nint SSL_get1_peer_certificate(ConnectionHandle connection);

    [LibraryImport(Crypto)]
    internal static partial int i2d_X509(nint certificate, ref nint bytes);

    [LibraryImport(Crypto)]
    internal static partial int i2d_X509(nint certificate, nint nothing);

    [LibraryImport(Crypto)]
    internal static partial void X509_free(nint certificate);

    [LibraryImport(Crypto)]
    internal static partial void ERR_clear_error();

    [LibraryImport(Crypto)]
    internal static partial nuint ERR_get_error();

    [LibraryImport(Crypto)]
    internal static partial nint ERR_reason_error_string(nuint error);

    /// <summary>What the library says of the call that failed last on this thread.</summary>
    public static string Reason() => Marshal.PtrToStringUTF8(ERR_reason_error_string(ERR_get_error())) ?? "unknown error";

    internal sealed unsafe class ContextHandle() : SafeHandle(0, ownsHandle: true)
    {
        /// <summary>What the library's callback gets; as long as there is a connection of the context.</summary>
        public byte* Argument { get; set; }

        public override bool IsInvalid => handle == 0;

        protected override bool ReleaseHandle()
        {
            SSL_CTX_free(handle);
            NativeMemory.Free(Argument);
            return true;
        }
    }

    internal sealed class ConnectionHandle() : SafeHandle(0, ownsHandle: true)
    {
        private ContextHandle? _context;
        private nint _wire;

        public override bool IsInvalid => handle == 0;

        /// <summary>The half from which what is to be sent is taken.</summary>
        public nint Wire => _wire;

        /// <summary>What goes together with the connection, and not before it.</summary>
        public void Keep(ContextHandle context, nint wire)
        {
            var added = false;
            context.DangerousAddRef(ref added);
            (_context, _wire) = (context, wire);
        }

        protected override bool ReleaseHandle()
        {
            SSL_free(handle);
            _ = BIO_free(_wire);
            _context?.DangerousRelease();
            return true;
        }
    }
}
