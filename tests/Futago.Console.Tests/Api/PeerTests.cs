using System.Net;
using System.Net.Http.Json;
using System.Net.Security;
using System.Net.Sockets;
using Futago.Console.Pairing;
using Futago.Console.Security;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Replication;
using Futago.Engine.Contracts.Volumes;
using Futago.Management.Pairing;
using Futago.Management.VolumeReplication;

namespace Futago.Console.Tests.Api;

/// <summary>The port that browsers and the other console share: who is asked for a certificate, and what it opens.</summary>
public sealed class PeerTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("futago-peer-").FullName;
    private RunningConsole _console = null!;
    private DataDirectory _data = null!;
    private PeerCertificate _stranger = null!;

    private IPEndPoint Place => new(IPAddress.Loopback, _console.Address.Port);

    public async ValueTask InitializeAsync()
    {
        _console = await RunningConsole.StartAsync(postgres.Server);
        _data = DataDirectory.Open(_directory);
        _stranger = PeerCertificate.LoadOrCreate(_data, TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        await _console.DisposeAsync();
        _stranger.Certificate.Dispose();
        _data.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Theory]
    [InlineData("localhost", "CN=nodea", true)]
    [InlineData("", "CN=nodea", true)]
    [InlineData(PeerTls.HostName, "CN=futago-console", false)]
    public async Task Caller_WithoutACertificate_IsServedUnlessHeAsksForThePeer(string name, string subject, bool served)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(Place);
        await using var stream = new SslStream(client.GetStream());
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = name,
            RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.Subject == subject,
        });
        var read = 0;
        try
        {
            await stream.WriteAsync("GET /healthz HTTP/1.1\r\nHost: node\r\nConnection: close\r\n\r\n"u8.ToArray());
            read = await stream.ReadAsync(new byte[100]);
        }
        catch (IOException)
        {
            // TLS 1.3: who is refused learns it at the first read.
        }

        Assert.Equal(served, read > 0);
    }

    [Fact]
    public async Task Stranger_WithACertificate_MayNotAskWhatThePeerMay()
    {
        using var console = new HttpPeerConsole(Place, _stranger, null);

        var report = await Assert.ThrowsAsync<ProblemException>(() => console.ReportAsync(CancellationToken.None));
        var leave = await Assert.ThrowsAsync<ProblemException>(() => console.LeaveAsync(CancellationToken.None));

        var role = await Assert.ThrowsAsync<ProblemException>(() => console.Replications.SetRoleAsync(
            Guid.NewGuid(), new PeerRoleRequest(PeerReplicationProtocol.Version, ReplicationRole.Source), CancellationToken.None));
        var browse = await Assert.ThrowsAsync<ProblemException>(() => console.Replications.BrowseAsync(1, VolumeType.Iscsi, CancellationToken.None));

        Assert.Equal((ProblemCodes.PairNotPaired, ProblemCodes.PairNotPaired), (role.Problem.Code, browse.Problem.Code));
        Assert.Equal((ProblemCodes.PairNotPaired, 401), (report.Problem.Code, report.Status));
        Assert.Equal(ProblemCodes.PairNotPaired, leave.Problem.Code);
    }

    [Fact]
    public async Task Console_WithAnotherCertificateThanExpected_IsNotTalkedTo()
    {
        using var console = new HttpPeerConsole(Place, _stranger, new string('0', 64));

        var refused = await Assert.ThrowsAsync<ProblemException>(() => console.ReportAsync(CancellationToken.None));

        Assert.Equal(ProblemCodes.PairCertificateMismatch, refused.Problem.Code);
    }

    [Fact]
    public async Task Node_ThatIsNotThere_IsUnreachable()
    {
        using var nobody = new TcpListener(IPAddress.Loopback, 0);
        nobody.Start();
        var place = (IPEndPoint)nobody.LocalEndpoint;
        nobody.Stop();
        using var console = new HttpPeerConsole(place, _stranger, null);

        var refused = await Assert.ThrowsAsync<ProblemException>(() => console.ReportAsync(CancellationToken.None));

        Assert.Equal(ProblemCodes.PairUnreachable, refused.Problem.Code);
    }

    [Fact]
    public async Task Certificate_OfANode_OpensNothingOfTheApiForPeople()
    {
        using var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellation) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(Place, cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            },
            SslOptions = new SslClientAuthenticationOptions
            {
                ClientCertificates = [_stranger.Certificate],
                RemoteCertificateValidationCallback = (_, shown, _, _) => shown is not null,
            },
        };
        using var http = new HttpClient(handler) { BaseAddress = new Uri($"https://{PeerTls.HostName}/") };

        using var volumes = await http.GetAsync("api/v1/volumes");
        using var code = await http.PostAsync("api/v1/pair/code", null);

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized), (volumes.StatusCode, code.StatusCode));
    }

    [Fact]
    public async Task Administrator_OnTheSocket_IsNoNode()
    {
        using var cli = _console.Local();

        using var hello = await cli.PostAsJsonAsync("api/peer/v1/pairing/hello", new PairingHello(null!), EngineJson.Options);
        using var report = await cli.GetAsync("api/peer/v1/report");

        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.Forbidden), (hello.StatusCode, report.StatusCode));
    }

    [Fact]
    public void Certificate_OverARestart_StaysTheSame()
    {
        var again = PeerCertificate.LoadOrCreate(_data, TimeProvider.System);

        Assert.Equal(_stranger.Fingerprint, again.Fingerprint);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_data.PathOf("peer.pem")));
        again.Certificate.Dispose();
    }
}
