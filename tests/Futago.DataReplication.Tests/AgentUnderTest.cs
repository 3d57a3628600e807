using System.Net;
using Futago.DataReplication.Agent;
using Futago.DataReplication.Client;
using Futago.DataReplication.Runs;
using Microsoft.Extensions.Logging.Abstractions;

namespace Futago.DataReplication.Tests;

/// <summary>A real agent on a free loopback port, with shares that a test changes as it likes.</summary>
internal sealed class AgentUnderTest : IAgentShares, IAsyncDisposable
{
    public const string Password = "correct horse";

    private readonly DirectoryVolumes _volumes;
    private readonly System.Security.Cryptography.X509Certificates.X509Certificate2 _certificate;

    private AgentUnderTest(DirectoryVolumes volumes)
    {
        _volumes = volumes;
        _certificate = AgentCertificate.LoadOrCreate(volumes.PathOf($"agent-{Guid.NewGuid():n}.pem"), TimeProvider.System);
        Server = new AgentServer(volumes.RuntimeDirectory, volumes.StateDirectory, _certificate, this, volumes.Copies, TimeProvider.System, NullLogger<AgentServer>.Instance);
    }

    public AgentServer Server { get; }

    public List<AgentShare> Shares { get; } = [];

    public int Port { get; private set; }

    public int PlainPort { get; private set; }

    public static async Task<AgentUnderTest> StartAsync(DirectoryVolumes volumes)
    {
        var agent = new AgentUnderTest(volumes);
        await agent.Server.ApplyAsync(new AgentSettings(IPAddress.Loopback, 0, 0));
        Assert.Null(agent.Server.State.Problem);
        (agent.Port, agent.PlainPort) = (agent.Server.Ports[0], agent.Server.Ports[1]);
        return agent;
    }

    public AgentShare AddShare(string name, Guid volume, string folder = "", string user = "repl", string password = Password)
    {
        var share = new AgentShare(name, volume, _volumes.RootOf(volume), folder, user, password, [IPNetwork.Parse("127.0.0.0/8")]);
        Shares.Add(share);
        return share;
    }

    public AgentAddress Address(string user = "repl", string password = Password, string? fingerprint = null) => new("127.0.0.1", Port, fingerprint, user, password);

    public IReadOnlyList<AgentShare> List() => Shares;

    public Task<string> SnapshotAsync(AgentShare share, string owner, int keep) => DestinationSnapshots.TakeAsync(_volumes, share.VolumeId, owner, keep);

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        _certificate.Dispose();
    }
}
