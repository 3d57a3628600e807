using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Authentication;
using System.Security.Cryptography;
using Futago.DataReplication.Linux;

namespace Futago.DataReplication.Tls;

/// <summary>
/// TLS on a socket, by OpenSSL itself: it encrypts from the memory of who writes and decrypts into the memory of who reads. The runtime's
/// stream over the same library copies every byte three times on its way out and four times on its way in, which costs more than the
/// cipher. docs/adr/0021-tls-of-data-replication.md.
/// </summary>
/// <remarks>One reader and one writer at a time.</remarks>
internal sealed class TlsStream : BlockingStream
{
    /// <summary>A connection of the library is for one thread at a time; no call waits under it.</summary>
    private readonly Lock _lock = new();
    private readonly OpenSsl.ConnectionHandle _connection;

    /// <param name="socket">Connected; the stream's from now on.</param>
    private TlsStream(Socket socket, TlsContext context)
        : base(socket)
    {
        socket.Blocking = false;
        _connection = OpenSsl.SSL_new(context.Handle);
        if (_connection.IsInvalid || OpenSsl.SSL_set_fd(_connection, (int)socket.SafeHandle.DangerousGetHandle()) != 1)
            throw new IOException($"OpenSSL: {OpenSsl.Reason()}.");
    }

    /// <summary>SHA-256 of what the other side has shown; null when it has shown none.</summary>
    public byte[]? PeerCertificateHash { get; private set; }

    /// <exception cref="AuthenticationException">The other side does not speak TLS, or nothing that both do.</exception>
    /// <exception cref="IOException">The connection is broken.</exception>
    public static Task<TlsStream> ConnectAsync(Socket socket, TlsContext context, CancellationToken cancellation) =>
        BeginAsync(socket, context, OpenSsl.SSL_connect, cancellation);

    /// <inheritdoc cref="ConnectAsync"/>
    public static Task<TlsStream> AcceptAsync(Socket socket, TlsContext context, CancellationToken cancellation) =>
        BeginAsync(socket, context, OpenSsl.SSL_accept, cancellation);

    /// <summary>Says farewell, if there is room for it.</summary>
    public void EndWriting()
    {
        lock (_lock)
        {
            if (!_connection.IsClosed)
                _ = OpenSsl.SSL_shutdown(_connection);
            OpenSsl.ERR_clear_error();
        }
    }

    protected override Need TryRead(Span<byte> buffer, out int count)
    {
        count = 0;
        if (buffer.Length == 0)
            return Need.None;
        lock (_lock)
        {
            // As much as has arrived; a record that has not arrived as a whole can wait for the next call.
            do
            {
                OpenSsl.ERR_clear_error();
                var read = OpenSsl.SSL_read(_connection, ref MemoryMarshal.GetReference(buffer), buffer.Length);
                if (read <= 0)
                    return count > 0 ? Need.None : NeedOf(read);
                buffer = buffer[read..];
                count += read;
            }
            while (buffer.Length > 0 && OpenSsl.SSL_has_pending(_connection) != 0);
        }
        return Need.None;
    }

    protected override Need TryWrite(ref ReadOnlySpan<byte> buffer)
    {
        lock (_lock)
        {
            while (buffer.Length > 0)
            {
                OpenSsl.ERR_clear_error();
                var written = OpenSsl.SSL_write(_connection, ref MemoryMarshal.GetReference(buffer), buffer.Length);
                if (written <= 0)
                    return NeedOf(written) is var need and not Need.None ? need : throw new IOException("The other side has ended the connection.");
                buffer = buffer[written..];
            }
        }
        return Need.None;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Abort();
            lock (_lock)
                _connection.Dispose();
        }
        // After the library, which knows the socket by its number only.
        base.Dispose(disposing);
    }

    private static async Task<TlsStream> BeginAsync(
        Socket socket, TlsContext context, Func<OpenSsl.ConnectionHandle, int> handshake, CancellationToken cancellation)
    {
        TlsStream? stream = null;
        try
        {
            var made = stream = new TlsStream(socket, context);
            await made.OnThreadAsync(() => made.ShakeHands(handshake), cancellation);
            stream = null;
            return made;
        }
        finally
        {
            if (stream is not null)
                await stream.DisposeAsync();
        }
    }

    private void ShakeHands(Func<OpenSsl.ConnectionHandle, int> handshake)
    {
        while (true)
        {
            Need need;
            lock (_lock)
            {
                OpenSsl.ERR_clear_error();
                var returned = handshake(_connection);
                if (returned == 1)
                {
                    // From here on, what arrives is taken as it comes, not header by header.
                    OpenSsl.SSL_set_read_ahead(_connection, 1);
                    PeerCertificateHash = HashPeerCertificate();
                    return;
                }
                var error = OpenSsl.SSL_get_error(_connection, returned);
                if (error == OpenSsl.SSL_ERROR_SSL)
                    throw new AuthenticationException($"TLS: {OpenSsl.Reason()}.");
                need = error switch
                {
                    OpenSsl.SSL_ERROR_WANT_READ => Need.Readable,
                    OpenSsl.SSL_ERROR_WANT_WRITE => Need.Writable,
                    _ => throw new IOException("The other side ended the connection during the handshake."),
                };
            }
            WaitFor(need);
        }
    }

    /// <returns>What a call that did nothing waits for; none at the end.</returns>
    private Need NeedOf(int returned)
    {
        var system = Marshal.GetLastPInvokeError();
        return OpenSsl.SSL_get_error(_connection, returned) switch
        {
            OpenSsl.SSL_ERROR_WANT_READ => Need.Readable,
            OpenSsl.SSL_ERROR_WANT_WRITE => Need.Writable,
            OpenSsl.SSL_ERROR_ZERO_RETURN => Need.None,
            OpenSsl.SSL_ERROR_SYSCALL => throw new IOException(Marshal.GetPInvokeErrorMessage(system)),
            _ => throw new IOException($"TLS: {OpenSsl.Reason()}."),
        };
    }

    private unsafe byte[]? HashPeerCertificate()
    {
        var certificate = OpenSsl.SSL_get1_peer_certificate(_connection);
        if (certificate == 0)
            return null;
        try
        {
            var bytes = new byte[OpenSsl.i2d_X509(certificate, 0)];
            fixed (byte* start = bytes)
            {
                var end = (nint)start;
                _ = OpenSsl.i2d_X509(certificate, ref end);
            }
            return SHA256.HashData(bytes);
        }
        finally
        {
            OpenSsl.X509_free(certificate);
        }
    }
}
