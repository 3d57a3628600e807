using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Authentication;
using System.Security.Cryptography;

namespace Futago.Transport.Tls;

/// <summary>
/// TLS on a socket, by OpenSSL itself: it encrypts from the memory of who writes and decrypts into the memory of who reads. The runtime's
/// stream over the same library copies every byte three times on its way out and four times on its way in, which costs more than the
/// cipher. docs/adr/0021-tls-of-data-replication.md.
/// <para>
/// The library reads from the socket, and writes into a ring from which the writer sends: many records share a system call, and none is made
/// under the lock.
/// </para>
/// </summary>
/// <remarks>One reader and one writer at a time.</remarks>
public sealed class TlsStream : BlockingStream
{
    /// <summary>32 records of 16 KiB with what is around them (RFC 8446 section 5.2), and a few small ones. A ring of eight makes large writes dearer by a sixth.</summary>
    private const int RingBytes = (32 * (16 << 10)) + (8 << 10);

    /// <summary>A connection of the library is for one thread at a time; no call waits under it, and none lasts longer than a record.</summary>
    private readonly Lock _lock = new();
    private readonly OpenSsl.ConnectionHandle _connection;
    private readonly TlsContext _context;
    private bool _updatesKeys;
    private int _records;

    /// <param name="socket">Connected; the stream's from now on.</param>
    private TlsStream(Socket socket, TlsContext context)
        : base(socket)
    {
        socket.Blocking = false;
        _context = context;
        _connection = OpenSsl.SSL_new(context.Handle);
        Check(_connection.IsInvalid ? 0 : 1);
        Check(OpenSsl.BIO_new_bio_pair(out var ring, RingBytes, out var wire, 1));
        _connection.Keep(context.Handle, wire);
        OpenSsl.SSL_set_bio(_connection, OpenSsl.BIO_new_socket((int)socket.SafeHandle.DangerousGetHandle(), 0), ring);
        if (context.PeerCertificateHash.Length == 0)
            return;
        // RFC 7671 section 5.1: the certificate itself is what counts, and neither a name nor a date in it.
        Check(OpenSsl.SSL_dane_enable(_connection, 0));
        Check(OpenSsl.SSL_dane_tlsa_add(
            _connection, OpenSsl.DANETLS_USAGE_DANE_EE, OpenSsl.DANETLS_SELECTOR_CERT, OpenSsl.DANETLS_MATCHING_2256, context.PeerCertificateHash, SHA256.HashSizeInBytes));
    }

    /// <summary>SHA-256 of what the other side has shown; null when it has shown none.</summary>
    public byte[]? PeerCertificateHash { get; private set; }

    /// <summary>What both ends agreed to speak (ALPN); empty when they were not asked.</summary>
    public string Protocol { get; private set; } = "";

    /// <summary>Whoever writes flushes before it waits for anything; until then, or until much has come together, nothing is sent.</summary>
    public bool Gathers { get; set; }

    /// <exception cref="AuthenticationException">The other side does not speak TLS, nothing that both do, or is somebody else.</exception>
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
            if (_connection.IsClosed)
                return;
            _ = OpenSsl.SSL_shutdown(_connection);
            OpenSsl.ERR_clear_error();
        }
        SendIfItGoes();
    }

    protected override Need TryRead(Span<byte> buffer, out int count)
    {
        count = 0;
        if (buffer.Length == 0)
            return Need.None;
        // As much as has arrived; a record that has not arrived as a whole can wait for the next call.
        bool more;
        do
        {
            lock (_lock)
            {
                OpenSsl.ERR_clear_error();
                var read = OpenSsl.SSL_read(_connection, ref MemoryMarshal.GetReference(buffer), buffer.Length);
                if (read <= 0)
                    return count > 0 ? Need.None : NeedOf(read);
                buffer = buffer[read..];
                count += read;
                more = buffer.Length > 0 && OpenSsl.SSL_has_pending(_connection) != 0;
            }
        }
        while (more);
        return Need.None;
    }

    protected override Need TryWrite(ref ReadOnlySpan<byte> buffer)
    {
        while (true)
        {
            var full = Encrypt(ref buffer);
            if (full is not (Need.None or Need.Writable))
                return full;
            if (full == Need.None && Gathers)
                return Need.None;
            if (TryFlush() is var need and not Need.None)
                return need;
            if (full == Need.None)
                return Need.None;
        }
    }

    /// <summary>Sends what is in the ring.</summary>
    protected override unsafe Need TryFlush()
    {
        var held = false;
        try
        {
            // The ring goes with the connection; what is being sent from it must not.
            _connection.DangerousAddRef(ref held);
            while (true)
            {
                nint start;
                int count;
                lock (_lock)
                    count = OpenSsl.BIO_nread0(_connection.Wire, out start);
                if (count <= 0)
                    break;
                // The library writes behind it only.
                if (TrySend(new ReadOnlySpan<byte>((void*)start, count), out var sent) is var need and not Need.None)
                    return need;
                lock (_lock)
                    _ = OpenSsl.BIO_nread(_connection.Wire, out _, sent);
            }
            if (_updatesKeys && _records >= _context.RecordsPerKey)
                UpdateKey();
            return Need.None;
        }
        finally
        {
            if (held)
                _connection.DangerousRelease();
        }
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

    private static void Check(int returned)
    {
        if (returned <= 0)
            throw new IOException($"OpenSSL: {OpenSsl.Reason()}.");
    }

    private void ShakeHands(Func<OpenSsl.ConnectionHandle, int> handshake)
    {
        while (true)
        {
            var need = Need.None;
            string? refusal = null;
            bool done;
            lock (_lock)
            {
                OpenSsl.ERR_clear_error();
                var returned = handshake(_connection);
                done = returned == 1;
                if (!done)
                {
                    switch (OpenSsl.SSL_get_error(_connection, returned))
                    {
                        case OpenSsl.SSL_ERROR_WANT_READ: need = Need.Readable; break;
                        case OpenSsl.SSL_ERROR_WANT_WRITE: break; // The ring is full, and empty in a moment.
                        case OpenSsl.SSL_ERROR_SSL: refusal = OpenSsl.Reason(); break;
                        default: throw new IOException("The other side ended the connection during the handshake.");
                    }
                }
            }
            if (refusal is not null)
            {
                // The other side is told why.
                SendIfItGoes();
                throw new AuthenticationException($"TLS: {refusal}.");
            }
            Flush();
            if (done)
            {
                Begin();
                return;
            }
            if (need != Need.None)
                WaitFor(need);
        }
    }

    private void Begin()
    {
        lock (_lock)
        {
            // From here on, what arrives is taken as it comes, not header by header.
            OpenSsl.SSL_set_read_ahead(_connection, 1);
            PeerCertificateHash = HashPeerCertificate();
            OpenSsl.SSL_get0_alpn_selected(_connection, out var name, out var length);
            Protocol = length == 0 ? "" : Marshal.PtrToStringUTF8(name, (int)length);
            _updatesKeys = OpenSsl.SSL_version(_connection) == OpenSsl.TLS1_3_VERSION;
        }
        // The library has compared it; whoever gets the stream relies on it, and twice costs nothing.
        if (_context.PeerCertificateHash.Length > 0 && !CryptographicOperations.FixedTimeEquals(PeerCertificateHash, _context.PeerCertificateHash))
            throw new AuthenticationException("TLS: the other side is somebody else.");
        // RFC 7301 section 3.2 ends the handshake when nothing is in common; who speaks nothing of it at all is left to us.
        if (_context.Protocols.Count > 0 && !_context.Protocols.Contains(Protocol))
            throw new AuthenticationException("TLS: the other side has chosen no protocol.");
    }

    /// <summary>Until nothing is left of it, or the ring is full, which is to be sent then.</summary>
    private Need Encrypt(ref ReadOnlySpan<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            lock (_lock)
            {
                OpenSsl.ERR_clear_error();
                var written = OpenSsl.SSL_write(_connection, ref MemoryMarshal.GetReference(buffer), buffer.Length);
                if (written <= 0)
                    return NeedOf(written) is var need and not Need.None ? need : throw new IOException("The other side has ended the connection.");
                buffer = buffer[written..];
                _records++;
            }
        }
        return Need.None;
    }

    /// <summary>RFC 8446 section 4.6.3, while there is room for it in the ring.</summary>
    private void UpdateKey()
    {
        lock (_lock)
        {
            OpenSsl.ERR_clear_error();
            if (OpenSsl.SSL_key_update(_connection, OpenSsl.SSL_KEY_UPDATE_NOT_REQUESTED) != 1 || OpenSsl.SSL_do_handshake(_connection) != 1)
                throw new IOException($"TLS: {OpenSsl.Reason()}.");
            _records = 0;
        }
    }

    /// <summary>For last words.</summary>
    private void SendIfItGoes()
    {
        try
        {
            _ = TryFlush();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // It does not.
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
