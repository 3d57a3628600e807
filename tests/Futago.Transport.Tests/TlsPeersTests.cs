using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Futago.Transport.Tls;

namespace Futago.Transport.Tests;

/// <summary>Two who know each other's certificates, and whoever claims to be one of them.</summary>
public sealed class TlsPeersTests : IDisposable
{
    private const int MuchBytes = 24 << 20;

    private static readonly string[] Both = ["new/2", "old/1"];

    private readonly X509Certificate2 _near = TlsStreamTests.NewCertificate();
    private readonly X509Certificate2 _far = TlsStreamTests.NewCertificate();
    private readonly X509Certificate2 _stranger = TlsStreamTests.NewCertificate();
    private readonly List<IDisposable> _contexts = [];

    public void Dispose()
    {
        _contexts.ForEach(c => c.Dispose());
        _near.Dispose();
        _far.Dispose();
        _stranger.Dispose();
    }

    /// <summary>The order of who answers decides, whatever who dials would like best.</summary>
    [Theory]
    [InlineData("new/2 old/1", "new/2 old/1", "new/2")]
    [InlineData("old/1 new/2", "new/2 old/1", "new/2")]
    [InlineData("old/1", "new/2 old/1", "old/1")]
    [InlineData("new/2 old/1", "old/1", "old/1")]
    [InlineData("newer/3 new/2 old/1", "new/2 old/1", "new/2")]
    public async Task Protocol_IsTheFirstOfWhoAnswersThatBothKnow(string offered, string known, string expected)
    {
        var (near, far) = await PairAsync(Context(_near, _far, offered.Split(' ')), Context(_far, _near, known.Split(' ')));
        await using var one = near;
        await using var other = far;

        Assert.Equal((expected, expected), (near.Protocol, far.Protocol));
        Assert.Equal(Hash(_far), near.PeerCertificateHash);
        Assert.Equal(Hash(_near), far.PeerCertificateHash);
    }

    [Fact]
    public async Task Protocols_WithNothingInCommon_EndTheHandshakeOnBothSides() =>
        await RefusedByBothAsync(Context(_near, _far, ["other/1"]), Context(_far, _near, Both));

    [Fact]
    public async Task Dialler_WithAnotherCertificate_GetsNothing()
    {
        var (near, far) = await TryPairAsync(Context(_stranger, _far, Both), Context(_far, _near, Both));

        await Assert.ThrowsAsync<AuthenticationException>(() => far);
        // TLS 1.3: who dials has finished before it is judged.
        await using var dialled = await near;
        await Assert.ThrowsAnyAsync<IOException>(async () => await dialled.ReadExactlyAsync(new byte[1]));
    }

    [Fact]
    public async Task Answerer_WithAnotherCertificate_IsToldNothing() =>
        await RefusedByBothAsync(Context(_near, _far, Both), Context(_stranger, _near, Both));

    /// <summary>As somebody with a TLS of another kind would try it.</summary>
    [Theory]
    [InlineData("nothing")]
    [InlineData("another certificate")]
    [InlineData("version 1.2")]
    [InlineData("no protocol")]
    [InlineData("another protocol")]
    public async Task Dialler_WhoIsNotTheOther_GetsNothing(string kind)
    {
        var (near, far) = await SocketsAsync();
        await using var dialler = new SslStream(new NetworkStream(near, ownsSocket: true), false, (_, shown, _, _) => shown is not null);
        var accepting = TlsStream.AcceptAsync(far, Context(_far, _near, Both), CancellationToken.None);

        var thrown = await Record.ExceptionAsync(async () =>
        {
            await dialler.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = "",
                ClientCertificates = kind == "nothing" ? null : [kind == "another certificate" ? _stranger : _near],
                EnabledSslProtocols = kind == "version 1.2" ? SslProtocols.Tls12 : SslProtocols.Tls13,
                ApplicationProtocols = kind == "no protocol" ? null : [new SslApplicationProtocol(kind == "another protocol" ? "other/1" : "new/2")],
            });
            await dialler.WriteAsync(new byte[1]);
            await dialler.ReadExactlyAsync(new byte[1]);
        });

        await Assert.ThrowsAsync<AuthenticationException>(() => accepting);
        Assert.True(thrown is AuthenticationException or IOException, thrown?.ToString());
    }

    /// <summary>The runtime's TLS gets through with the right certificate: what is spoken is the standard.</summary>
    [Fact]
    public async Task Dialler_WithAnotherTls_IsUnderstood()
    {
        var (near, far) = await SocketsAsync();
        await using var dialler = new SslStream(new NetworkStream(near, ownsSocket: true), false, (_, shown, _, _) => shown!.GetCertHashString() == _far.GetCertHashString());
        var accepting = TlsStream.AcceptAsync(far, Context(_far, _near, Both), CancellationToken.None);
        await dialler.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "",
            ClientCertificates = [_near],
            EnabledSslProtocols = SslProtocols.Tls13,
            ApplicationProtocols = [new SslApplicationProtocol("old/1"), new SslApplicationProtocol("new/2")],
        });
        await using var accepted = await accepting;

        Assert.Equal("new/2", accepted.Protocol);
        await ExchangeAsync(accepted, dialler);
    }

    /// <summary>RFC 8446 section 4.6.3: a new key after every few records, in both directions at once, and with the records gathered or not.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Keys_ThatChangeAllTheTime_ChangeNothing(bool gathers)
    {
        var (near, far) = await PairAsync(Context(_near, _far, Both, recordsPerKey: 3), Context(_far, _near, Both, recordsPerKey: 7));
        await using var one = near;
        await using var other = far;
        (near.Gathers, far.Gathers) = (gathers, gathers);

        await ExchangeAsync(near, far);
    }

    [Fact]
    public async Task Write_WhileGathering_ArrivesAfterTheFlush()
    {
        var (near, far) = await PairAsync(Context(_near, _far, Both), Context(_far, _near, Both));
        await using var one = near;
        await using var other = far;
        near.Gathers = true;

        near.Write("one "u8);
        near.Write("record"u8);
        near.Flush();

        var read = new byte[10];
        await far.ReadExactlyAsync(read);
        Assert.Equal("one record"u8.ToArray(), read);
    }

    /// <summary>One thread waits for something to read and the other for room: closing ends both, and the other side's waiting too.</summary>
    [Fact]
    public async Task Closing_WhileBothWait_EndsThemAll()
    {
        var (near, far) = await PairAsync(Context(_near, _far, Both), Context(_far, _near, Both));
        await using var other = far;
        var reading = OnThreadAsync(() => near.ReadExactly(new byte[1]));
        var writing = OnThreadAsync(() =>
        {
            while (true)
                near.Write(new byte[1 << 20]);
        });

        await near.DisposeAsync();

        foreach (var waiting in new[] { reading, writing })
        {
            var thrown = await Record.ExceptionAsync(() => waiting);
            Assert.True(thrown is IOException or ObjectDisposedException, thrown?.ToString());
        }
        Assert.True(await Record.ExceptionAsync(() => OnThreadAsync(() => far.CopyTo(Stream.Null))) is null or IOException);
    }

    [Fact]
    public async Task Garbage_InTheMiddle_EndsTheConnection()
    {
        var (near, far) = await SocketsAsync();
        var accepting = TlsStream.AcceptAsync(far, Context(_far, _near, Both), CancellationToken.None);
        await using var dialled = await TlsStream.ConnectAsync(near, Context(_near, _far, Both), CancellationToken.None);
        await using var accepted = await accepting;

        await near.SendAsync(RandomNumberGenerator.GetBytes(1000));

        await Assert.ThrowsAsync<IOException>(async () => await accepted.ReadExactlyAsync(new byte[1]));
    }

    private static byte[] Hash(X509Certificate2 certificate) => certificate.GetCertHash(HashAlgorithmName.SHA256);

    private TlsContext Context(X509Certificate2 own, X509Certificate2 other, string[] protocols, int? recordsPerKey = null)
    {
        var context = TlsContext.ForPeers(own, Hash(other), protocols, recordsPerKey);
        _contexts.Add(context);
        return context;
    }

    private static async Task RefusedByBothAsync(TlsContext dialler, TlsContext answerer)
    {
        var (near, far) = await TryPairAsync(dialler, answerer);

        await Assert.ThrowsAsync<AuthenticationException>(() => near);
        await Assert.ThrowsAsync<AuthenticationException>(() => far);
    }

    private static async Task<(TlsStream Near, TlsStream Far)> PairAsync(TlsContext dialler, TlsContext answerer)
    {
        var (near, far) = await TryPairAsync(dialler, answerer);
        return (await near, await far);
    }

    private static async Task<(Task<TlsStream> Near, Task<TlsStream> Far)> TryPairAsync(TlsContext dialler, TlsContext answerer)
    {
        var (near, far) = await SocketsAsync();
        return (TlsStream.ConnectAsync(near, dialler, CancellationToken.None), TlsStream.AcceptAsync(far, answerer, CancellationToken.None));
    }

    private static async Task<(Socket Near, Socket Far)> SocketsAsync()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var near = await Dialer.ConnectAsync((IPEndPoint)listener.LocalEndpoint, IPAddress.Loopback, CancellationToken.None);
        return (near, await listener.AcceptSocketAsync());
    }

    private static async Task ExchangeAsync(Stream near, Stream far)
    {
        var outwards = RandomNumberGenerator.GetBytes(MuchBytes);
        var inwards = RandomNumberGenerator.GetBytes(MuchBytes);
        var (arrivedThere, arrivedHere) = (new byte[MuchBytes], new byte[MuchBytes]);

        await Task.WhenAll(
            OnThreadAsync(() => Write(near, outwards)), OnThreadAsync(() => near.ReadExactly(arrivedHere)),
            OnThreadAsync(() => Write(far, inwards)), OnThreadAsync(() => far.ReadExactly(arrivedThere)));

        Assert.True(outwards.AsSpan().SequenceEqual(arrivedThere));
        Assert.True(inwards.AsSpan().SequenceEqual(arrivedHere));

        static void Write(Stream to, ReadOnlySpan<byte> bytes)
        {
            while (bytes.Length > 0)
            {
                var count = Math.Min(bytes.Length, 100_000);
                to.Write(bytes[..count]);
                to.Flush();
                bytes = bytes[count..];
            }
        }
    }

    private static Task OnThreadAsync(Action work) => Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
