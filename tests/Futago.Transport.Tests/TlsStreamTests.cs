using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Futago.Transport.Tls;

namespace Futago.Transport.Tests;

/// <summary>Against the runtime's TLS at the other end: what one side writes, the other must understand.</summary>
public sealed class TlsStreamTests : IDisposable
{
    private const int MuchBytes = 24 << 20;

    private readonly X509Certificate2 _certificate = NewCertificate();
    private readonly TlsContext _server;
    private readonly TlsContext _client = TlsContext.ForClient();

    public TlsStreamTests() => _server = TlsContext.ForServer(_certificate);

    public void Dispose()
    {
        _server.Dispose();
        _client.Dispose();
        _certificate.Dispose();
    }

    [Theory]
    [InlineData(SslProtocols.Tls13)]
    [InlineData(SslProtocols.Tls12)]
    public async Task Client_MuchInBothDirectionsAtOnce_ArrivesAsItWas(SslProtocols version)
    {
        var (near, far) = await ConnectAsync();
        await using var peer = new SslStream(new NetworkStream(far, ownsSocket: true));
        var accepted = peer.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _certificate, EnabledSslProtocols = version });
        await using var stream = await TlsStream.ConnectAsync(near, _client, CancellationToken.None);
        await accepted;

        Assert.Equal(_certificate.GetCertHash(HashAlgorithmName.SHA256), stream.PeerCertificateHash);
        Assert.Equal(version, peer.SslProtocol);
        await ExchangeAsync(stream, peer);
    }

    [Theory]
    [InlineData(SslProtocols.Tls13)]
    [InlineData(SslProtocols.Tls12)]
    public async Task Server_MuchInBothDirectionsAtOnce_ArrivesAsItWas(SslProtocols version)
    {
        var (near, far) = await ConnectAsync();
        await using var peer = new SslStream(new NetworkStream(far, ownsSocket: true), false, (_, shown, _, _) => shown?.GetCertHashString() == _certificate.GetCertHashString());
        var connected = peer.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "agent", EnabledSslProtocols = version });
        await using var stream = await TlsStream.AcceptAsync(near, _server, CancellationToken.None);
        await connected;

        Assert.Equal(version, peer.SslProtocol);
        await ExchangeAsync(stream, peer);
    }

    [Fact]
    public async Task End_OfTheOtherSide_IsAnEnd_AndOursIsOneForIt()
    {
        var (stream, peer) = await PairAsync();
        await using var one = stream;
        await using var other = peer;

        stream.EndWriting();
        Assert.Equal(0, await peer.ReadAsync(new byte[1]));
        await peer.ShutdownAsync();
        Assert.Equal(0, await stream.ReadAsync(new byte[1]));
    }

    [Fact]
    public async Task Record_ChangedOnTheWay_IsRefused()
    {
        var (near, far) = await ConnectAsync();
        var wire = new WireThatBends(new NetworkStream(far, ownsSocket: true));
        await using var peer = new SslStream(wire);
        var accepted = peer.AuthenticateAsServerAsync(_certificate);
        await using var stream = await TlsStream.ConnectAsync(near, _client, CancellationToken.None);
        await accepted;
        wire.Bends = true;

        await peer.WriteAsync(new byte[1000]);

        await Assert.ThrowsAsync<IOException>(() => stream.ReadAsync(new byte[1000]).AsTask());
    }

    [Fact]
    public async Task Handshake_WithSomethingElse_Fails()
    {
        var (near, far) = await ConnectAsync();
        using var peer = far;
        await peer.SendAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray());

        await Assert.ThrowsAsync<AuthenticationException>(() => TlsStream.AcceptAsync(near, _server, CancellationToken.None));
    }

    [Fact]
    public async Task Handshake_WithAnOldVersionOnly_Fails()
    {
        var (near, far) = await ConnectAsync();
        using var peer = far;
        // A ClientHello of TLS 1.1 (RFC 4346, section 7.4.1.2) with one suite, TLS_RSA_WITH_AES_128_CBC_SHA.
        byte[] hello = [0x03, 0x02, .. new byte[32], 0, 0, 2, 0, 0x2F, 1, 0];
        await peer.SendAsync((byte[])[0x16, 0x03, 0x01, 0, (byte)(hello.Length + 4), 1, 0, 0, (byte)hello.Length, .. hello]);

        await Assert.ThrowsAsync<AuthenticationException>(() => TlsStream.AcceptAsync(near, _server, CancellationToken.None));
    }

    [Fact]
    public async Task Handshake_OfSomebodySilent_EndsWithTheToken()
    {
        var (near, far) = await ConnectAsync();
        using var peer = far;
        using var limit = new CancellationTokenSource();
        var handshake = TlsStream.AcceptAsync(near, _server, limit.Token);

        await limit.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => handshake);
        Assert.Equal(0, await peer.ReceiveAsync(new byte[1]));
    }

    [Fact]
    public async Task Read_WhileTheStreamIsDisposed_Returns()
    {
        var (stream, peer) = await PairAsync();
        await using var other = peer;
        var reading = Task.Factory.StartNew(() => stream.Read(new byte[1]), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

        await stream.DisposeAsync();

        // Before it waits or after: the end, or that there is nothing any more.
        var thrown = await Record.ExceptionAsync(() => reading);
        Assert.True(thrown is null or ObjectDisposedException or IOException, thrown?.ToString());
    }

    [Fact]
    public async Task Write_ToSomebodyWhoDoesNotRead_EndsWithTheToken()
    {
        var (stream, peer) = await PairAsync();
        await using var one = stream;
        await using var other = peer;
        using var limit = new CancellationTokenSource();
        var writing = Task.Run(async () =>
        {
            while (true)
                await stream.WriteAsync(new byte[1 << 20], limit.Token);
        });

        await limit.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing);
    }

    internal static X509Certificate2 NewCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new CertificateRequest("CN=futago test", key, HashAlgorithmName.SHA256).CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddYears(1));
    }

    private async Task<(TlsStream Stream, SslStream Peer)> PairAsync()
    {
        var (near, far) = await ConnectAsync();
        var peer = new SslStream(new NetworkStream(far, ownsSocket: true));
        var accepted = peer.AuthenticateAsServerAsync(_certificate);
        var stream = await TlsStream.ConnectAsync(near, _client, CancellationToken.None);
        await accepted;
        return (stream, peer);
    }

    private static async Task<(Socket Near, Socket Far)> ConnectAsync()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var near = await Dialer.ConnectAsync("127.0.0.1", ((IPEndPoint)listener.LocalEndpoint).Port, CancellationToken.None);
        return (near, await listener.AcceptSocketAsync());
    }

    private static async Task ExchangeAsync(TlsStream stream, SslStream peer)
    {
        var outwards = RandomNumberGenerator.GetBytes(MuchBytes);
        var inwards = RandomNumberGenerator.GetBytes(MuchBytes);
        var (arrivedThere, arrivedHere) = (new byte[MuchBytes], new byte[MuchBytes]);

        await Task.WhenAll(
            OnThreadAsync(() => stream.Write(outwards)), OnThreadAsync(() => stream.ReadExactly(arrivedHere)),
            peer.WriteAsync(inwards).AsTask(), peer.ReadExactlyAsync(arrivedThere).AsTask());

        Assert.True(outwards.AsSpan().SequenceEqual(arrivedThere));
        Assert.True(inwards.AsSpan().SequenceEqual(arrivedHere));

        static Task OnThreadAsync(Action work) => Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Changes one bit of everything that is written, when told to.</summary>
    private sealed class WireThatBends(Stream wire) : Futago.Blocks.SequentialStream
    {
        public bool Bends { get; set; }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => wire.ReadAsync(buffer, cancellationToken);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var bent = buffer.ToArray();
            if (Bends)
                bent[^1] ^= 1;
            return wire.WriteAsync(bent, cancellationToken);
        }

        public override void Write(ReadOnlySpan<byte> buffer) => wire.Write(buffer);

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                wire.Dispose();
            base.Dispose(disposing);
        }
    }
}
