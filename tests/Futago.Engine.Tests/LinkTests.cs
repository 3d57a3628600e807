using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Events;
using Futago.Engine.Contracts.Link;
using Futago.Engine.Events;
using Futago.Engine.Link;
using Futago.Engine.Link.PathTest;
using Microsoft.Extensions.Logging.Abstractions;

namespace Futago.Engine.Tests;

/// <summary>The replication link: who gets through it, what ends it, and what the path test measures.</summary>
public sealed class LinkTests : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _root = Directory.CreateTempSubdirectory("futago-link-").FullName;
    private readonly List<IAsyncDisposable> _parts = [];

    [Fact]
    public async Task Engines_ThatKnowEachOther_MeasureThePath()
    {
        await using var a = await EngineUnderTest.StartAsync();
        await using var b = await EngineUnderTest.StartAsync();
        await PairAsync(a, b);

        var result = await a.Client.TestPathAsync();

        Assert.InRange(result.RoundTripMinimumMicroseconds, 1, result.RoundTripMedianMicroseconds);
        Assert.InRange(result.RoundTripP99Microseconds, result.RoundTripMedianMicroseconds, 30e6);
        Assert.True(result.RoundTrips > 0);
        Assert.True(result.SendBytesPerSecond > 0 && result.ReceiveBytesPerSecond > 0);
        // Loopback has 65536; ip(7) tells no more than 65535.
        Assert.InRange(result.MtuBytes, 65535, 65536);
        Assert.StartsWith("127.0.0.1:", result.RemoteAddress, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Identity_OverARestart_StaysTheSame()
    {
        await using var engine = await EngineUnderTest.StartAsync();
        var before = await engine.Client.GetLinkAsync();

        await engine.KillAsync();
        await engine.StartAgainAsync();
        var after = await engine.Client.GetLinkAsync();

        Assert.Equal((before.NodeId, before.Fingerprint), (after.NodeId, after.Fingerprint));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(engine.DataDirectory, "identity.json")));
        Assert.False(after.Listening);
    }

    [Fact]
    public async Task Identity_Damaged_IsSetAsideAndReported()
    {
        await using var engine = await EngineUnderTest.StartAsync();
        var before = await engine.Client.GetLinkAsync();
        await engine.KillAsync();
        var file = Path.Combine(engine.DataDirectory, "identity.json");
        var bytes = await File.ReadAllBytesAsync(file);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(file, bytes);

        await engine.StartAgainAsync();

        var reported = await engine.WaitForEventAsync(EventCodes.EngineIdentityDamaged);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(reported.Args!["file"]));
        Assert.NotEqual(before.NodeId, (await engine.Client.GetLinkAsync()).NodeId);
    }

    [Fact]
    public async Task PathTest_WithoutPeer_SaysSo()
    {
        await using var engine = await EngineUnderTest.StartAsync();

        var refused = await Assert.ThrowsAsync<ProblemException>(() => engine.Client.TestPathAsync());

        Assert.Equal(ProblemCodes.LinkUnreachable, refused.Problem.Code);
        Assert.Contains("not paired", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dial_ToAnotherNode_IsRefusedByItsCertificate()
    {
        var (a, b, stranger) = (Node("a"), Node("b"), Node("c"));
        var port = EngineUnderTest.FreePort();
        b.Apply(Peer(a, EngineUnderTest.FreePort(), port));
        await ListeningAsync(b);
        // The address is b's, the fingerprint another node's.
        a.Apply(Peer(stranger, port, EngineUnderTest.FreePort()));

        var failure = await Assert.ThrowsAsync<LinkException>(() => a.ConnectAsync("echo/1", CancellationToken.None));

        Assert.Contains("its certificate is another one", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stranger_WhoDials_NeverReachesAProtocol()
    {
        var echo = new Echo();
        var (a, b, stranger) = (Node("a"), Node("b", echo), Node("c"));
        var port = EngineUnderTest.FreePort();
        b.Apply(Peer(a, EngineUnderTest.FreePort(), port));
        await ListeningAsync(b);
        stranger.Apply(Peer(b, port, EngineUnderTest.FreePort()));

        // TLS 1.3: the dialling side learns of the refusal at its first read.
        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            await using var connection = await stranger.ConnectAsync("echo/1", CancellationToken.None);
            await connection.Stream.WriteAsync(new byte[1]);
            await connection.Stream.ReadExactlyAsync(new byte[1]).AsTask().WaitAsync(Patience);
        });
        await WithoutCertificateAsync(port);

        Assert.Equal(0, echo.Served);
        Assert.Equal(0, b.Status.Connections);
    }

    /// <summary>Whatever somebody else tries, it ends before a byte is served, and the peer gets in afterwards.</summary>
    [Theory]
    [InlineData("no certificate")]
    [InlineData("another certificate")]
    [InlineData("version 1.2")]
    [InlineData("no protocol")]
    [InlineData("another protocol")]
    [InlineData("garbage")]
    [InlineData("silence")]
    public async Task Stranger_OfEveryKind_GetsNothing_AndThePeerStillGetsIn(string kind)
    {
        var echo = new Echo();
        var (a, b, stranger) = (Node("a"), Node("b", echo), Node("c"));
        var port = EngineUnderTest.FreePort();
        b.Apply(Peer(a, EngineUnderTest.FreePort(), port));
        await ListeningAsync(b);
        a.Apply(Peer(b, port, EngineUnderTest.FreePort()));
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port);

        if (kind == "garbage")
            await client.GetStream().WriteAsync(new byte[4096]);
        else if (kind != "silence")
            await RefusedAsync(client, kind, a.Identity, stranger.Identity);

        Assert.Equal(0, echo.Served);
        await using var connection = await PatientlyAsync(a);
        await RoundTripAsync(connection);
        Assert.Equal(1, echo.Served);
        Assert.Equal(1, b.Status.Connections);
    }

    [Fact]
    public async Task Connection_ThatBothWaitOn_EndsForBothWhenOneCloses()
    {
        var (a, b) = (Node("a"), Node("b", new Echo()));
        var port = EngineUnderTest.FreePort();
        b.Apply(Peer(a, EngineUnderTest.FreePort(), port));
        await ListeningAsync(b);
        a.Apply(Peer(b, port, EngineUnderTest.FreePort()));
        var connection = await a.ConnectAsync("echo/1", CancellationToken.None);
        await RoundTripAsync(connection);
        var reading = connection.Stream.ReadExactlyAsync(new byte[1]).AsTask();

        await connection.DisposeAsync();

        var thrown = await Record.ExceptionAsync(() => reading.WaitAsync(Patience));
        Assert.True(thrown is IOException or ObjectDisposedException, thrown?.ToString());
        await UntilAsync(() => a.Status.Connections == 0 && b.Status.Connections == 0);
    }

    [Fact]
    public async Task Protocol_ThatIsNotRegistered_IsRefused()
    {
        var (a, b) = (Node("a"), Node("b", new Echo()));
        var port = EngineUnderTest.FreePort();
        b.Apply(Peer(a, EngineUnderTest.FreePort(), port));
        await ListeningAsync(b);
        a.Apply(Peer(b, port, EngineUnderTest.FreePort()));

        await Assert.ThrowsAsync<LinkException>(() => a.ConnectAsync("echo/2", CancellationToken.None));
    }

    [Fact]
    public async Task Peer_TakenOutOfTheConfiguration_LosesItsConnectionsAndThePort()
    {
        var (a, b) = (Node("a"), Node("b", new Echo()));
        var port = EngineUnderTest.FreePort();
        b.Apply(Peer(a, EngineUnderTest.FreePort(), port));
        await ListeningAsync(b);
        a.Apply(Peer(b, port, EngineUnderTest.FreePort()));
        await using var connection = await a.ConnectAsync("echo/1", CancellationToken.None);
        await RoundTripAsync(connection);

        b.Apply(null);

        await Assert.ThrowsAnyAsync<IOException>(() => connection.Stream.ReadExactlyAsync(new byte[1]).AsTask().WaitAsync(Patience));
        await UntilAsync(() => !b.Status.Listening && b.Status.Connections == 0);
        await Assert.ThrowsAsync<LinkException>(() => a.ConnectAsync("echo/1", CancellationToken.None));
    }

    [Fact]
    public async Task Strangers_WhoFillThePort_DoNotKeepThePeerOut()
    {
        var (a, b) = (Node("a"), Node("b", new Echo()));
        var port = EngineUnderTest.FreePort();
        // On every address, so that strangers can come from another one of loopback's.
        b.Apply(Peer(a, EngineUnderTest.FreePort(), port) with { LocalAddress = null });
        await ListeningAsync(b);
        a.Apply(Peer(b, port, EngineUnderTest.FreePort()));
        List<Socket> strangers = [];
        try
        {
            for (var i = 0; i < 200; i++)
            {
                var stranger = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                strangers.Add(stranger);
                stranger.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.9"), 0));
                await stranger.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port));
            }

            await using var connection = await PatientlyAsync(a);
            await RoundTripAsync(connection);
        }
        finally
        {
            strangers.ForEach(s => s.Dispose());
        }
    }

    [Fact]
    public async Task Port_InUse_IsReportedAndTriedAgain()
    {
        var b = Node("b");
        using var squatter = new TcpListener(IPAddress.Loopback, 0);
        squatter.Start();
        var port = ((IPEndPoint)squatter.LocalEndpoint).Port;
        b.Apply(Peer(Node("a"), EngineUnderTest.FreePort(), port));

        await UntilAsync(() => b.Status.Problem is not null);
        Assert.Equal(ProblemCodes.LinkPortUnusable, b.Status.Problem!.Code);
        squatter.Stop();

        await ListeningAsync(b);
        Assert.Null(b.Status.Problem);
    }

    [Theory]
    [InlineData(1, 65536, true)]
    [InlineData(1, 65537, false)]
    [InlineData(2, 1, true)]
    [InlineData(2, 0, false)]
    [InlineData(2, 16777216, true)]
    [InlineData(3, 16777217, false)]
    [InlineData(3, -1, false)]
    [InlineData(0, 1, false)]
    [InlineData(4, 1, false)]
    public void PathTestHeader_OutsideItsLimits_IsNone(byte operation, int lengthBytes, bool good)
    {
        var header = new byte[PathTestFrame.HeaderBytes];
        new PathTestFrame((PathTestOperation)operation, lengthBytes).WriteTo(header);

        Assert.Equal(good, PathTestFrame.TryRead(header, out var read));
        if (good)
            Assert.Equal(new PathTestFrame((PathTestOperation)operation, lengthBytes), read);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var part in Enumerable.Reverse(_parts))
            await part.DisposeAsync();
        Directory.Delete(_root, recursive: true);
    }

    private static async Task PairAsync(EngineUnderTest a, EngineUnderTest b)
    {
        var (linkA, linkB) = (await a.Client.GetLinkAsync(), await b.Client.GetLinkAsync());
        var (portA, portB) = (EngineUnderTest.FreePort(), EngineUnderTest.FreePort());
        await a.Client.ApplyConfigurationAsync(a.Configuration(1) with
        {
            Peer = new PeerConfiguration(linkB.NodeId, "b", ["127.0.0.1"], portB, linkB.Fingerprint, "127.0.0.1", portA),
        });
        await b.Client.ApplyConfigurationAsync(b.Configuration(1) with
        {
            Peer = new PeerConfiguration(linkA.NodeId, "a", ["127.0.0.1"], portA, linkA.Fingerprint, "127.0.0.1", portB),
        });
        await b.WaitForEventAsync(EventCodes.LinkListening);
    }

    private LinkService Node(string name, params ILinkProtocol[] protocols)
    {
        var directory = Directory.CreateDirectory(Path.Combine(_root, name)).FullName;
        var journal = new EventJournal(Path.Combine(directory, "events"), TimeProvider.System);
        var identity = LinkIdentity.LoadOrCreate(Path.Combine(directory, "identity.json"), TimeProvider.System, Assert.Fail);
        var link = new LinkService(identity, protocols.Length == 0 ? [new Echo()] : protocols, journal, NullLogger<LinkService>.Instance);
        _parts.Add(journal);
        _parts.Add(link);
        link.Start();
        return link;
    }

    private static PeerConfiguration Peer(LinkService peer, int port, int localPort) =>
        new(peer.Identity.NodeId, "peer", ["127.0.0.1"], port, peer.Identity.Fingerprint, "127.0.0.1", localPort);

    private static async Task RoundTripAsync(LinkConnection connection)
    {
        await connection.Stream.WriteAsync("hello"u8.ToArray());
        var back = new byte[5];
        await connection.Stream.ReadExactlyAsync(back).AsTask().WaitAsync(Patience);
        Assert.Equal("hello"u8.ToArray(), back);
    }

    private static async Task WithoutCertificateAsync(int port)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port);
        await using var stream = new SslStream(client.GetStream());
        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = "",
                RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null,
                ApplicationProtocols = [new SslApplicationProtocol("echo/1")],
            });
            await stream.WriteAsync(new byte[1]);
            await stream.ReadExactlyAsync(new byte[1]).AsTask().WaitAsync(Patience);
        });
    }

    private static async Task RefusedAsync(TcpClient client, string kind, LinkIdentity peer, LinkIdentity stranger)
    {
        await using var stream = new SslStream(client.GetStream());
        var thrown = await Record.ExceptionAsync(async () =>
        {
            await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = "",
                RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null,
                ClientCertificates = kind == "no certificate" ? null : [(kind == "another certificate" ? stranger : peer).Certificate],
                EnabledSslProtocols = kind == "version 1.2" ? SslProtocols.Tls12 : SslProtocols.Tls13,
                ApplicationProtocols = kind == "no protocol" ? null : [new SslApplicationProtocol(kind == "another protocol" ? "echo/2" : "echo/1")],
            });
            await stream.WriteAsync(new byte[1]);
            await stream.ReadExactlyAsync(new byte[1]).AsTask().WaitAsync(Patience);
        });
        Assert.True(thrown is AuthenticationException or IOException, thrown?.ToString());
    }

    /// <summary>Dials until it is let in: on a slow machine the strangers' connections are still waiting in the queue of the port.</summary>
    private static async Task<LinkConnection> PatientlyAsync(LinkService link)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (true)
        {
            try
            {
                return await link.ConnectAsync("echo/1", limit.Token);
            }
            catch (LinkException)
            {
                await Task.Delay(50, limit.Token);
            }
        }
    }

    private static Task ListeningAsync(LinkService link) => UntilAsync(() => link.Status.Listening);

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (!condition())
            await Task.Delay(20, limit.Token);
    }

    /// <summary>Sends back what comes.</summary>
    private sealed class Echo : ILinkProtocol
    {
        public int Served;

        public string Name => "echo/1";

        public async Task ServeAsync(LinkConnection connection, CancellationToken cancellation)
        {
            Interlocked.Increment(ref Served);
            var buffer = new byte[64];
            while (await connection.Stream.ReadAsync(buffer, cancellation) is > 0 and var read)
                await connection.Stream.WriteAsync(buffer.AsMemory(0, read), cancellation);
        }
    }
}
