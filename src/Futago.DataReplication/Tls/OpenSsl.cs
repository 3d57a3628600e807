using System.Runtime.InteropServices;

namespace Futago.DataReplication.Tls;

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
    public const int EVP_PKEY_EC = 408;

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
    internal static partial ConnectionHandle SSL_new(ContextHandle context);

    [LibraryImport(Ssl)]
    internal static partial void SSL_free(nint connection);

    [LibraryImport(Ssl)]
    internal static partial int SSL_set_fd(ConnectionHandle connection, int file);

    [LibraryImport(Ssl)]
    internal static partial void SSL_set_read_ahead(ConnectionHandle connection, int yes);

    [LibraryImport(Ssl)]
    internal static partial int SSL_connect(ConnectionHandle connection);

    [LibraryImport(Ssl)]
    internal static partial int SSL_accept(ConnectionHandle connection);

    [LibraryImport(Ssl, SetLastError = true)]
    internal static partial int SSL_read(ConnectionHandle connection, ref byte buffer, int length);

    [LibraryImport(Ssl, SetLastError = true)]
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

    internal sealed class ContextHandle() : SafeHandle(0, ownsHandle: true)
    {
        public override bool IsInvalid => handle == 0;

        protected override bool ReleaseHandle()
        {
            SSL_CTX_free(handle);
            return true;
        }
    }

    internal sealed class ConnectionHandle() : SafeHandle(0, ownsHandle: true)
    {
        public override bool IsInvalid => handle == 0;

        protected override bool ReleaseHandle()
        {
            SSL_free(handle);
            return true;
        }
    }
}
