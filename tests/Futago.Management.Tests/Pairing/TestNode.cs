using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Futago.Console.Client.Pairing;
using Futago.Engine.Contracts;
using Futago.Management.Engine;
using Futago.Management.Failover;
using Futago.Management.Node;
using Futago.Management.Pairing;
using Futago.Management.Tasks;
using Futago.Management.Tests.Failover;
using Futago.Management.Tests.Tasks;
using Futago.Management.Tests.VolumeReplication;
using Futago.Management.VolumeReplication;
using Futago.Persistence;
using Microsoft.Extensions.Logging.Abstractions;

namespace Futago.Management.Tests.Pairing;

/// <summary>One node with the real use cases of pairing; its cable leads to whatever the test plugs in.</summary>
internal sealed class TestNode : IPeerConnector, IAsyncDisposable
{
    private readonly ControlPlane _plane;

    private TestNode(ControlPlane plane, string name)
    {
        _plane = plane;
        var host = new HostIdentity(name, "", "1.0", "/images");
        Offers = new PairingOffers(plane.Time);
        FailoverHalf = new FailoverHalf(plane.Protector);
        Monitor = new PeerMonitor(this, plane.Store, plane.Publisher, FailoverHalf, plane.Audit, plane.Time, NullLogger<PeerMonitor>.Instance);
        var own = new OwnParty(plane.Client, this, host, plane.Time);
        Requests = new PeerRequests(Offers, own, plane.Store, plane.Publisher, plane.Live, plane.Audit, Monitor, FailoverHalf, host, plane.Time);
        Half = new ReplicationHalf(plane.Store, plane.Publisher, plane.Client, plane.Live, plane.Audit, TimeProvider.System) { RoleTimeout = TimeSpan.FromSeconds(1) };
        var tasks = new TaskStore(new Database(plane.ContextFactory));
        VerifyKind = new VerifyTaskKind(plane.Client, plane.Live, tasks, plane.Time);
        Runs = new TaskRuns(tasks, [VerifyKind], plane.Time);
        var timer = new TaskPlane.RecordingTimer();
        Slots = new TaskSlots(tasks, Runs, timer, plane.Time, NullLogger<TaskSlots>.Instance);
        TaskLog = tasks;
        var verifies = new VerifySchedules(
            new TaskRegister(tasks, Slots, timer, plane.Audit, plane.EventStore), Slots, new TaskViews(tasks, Runs, plane.Time), plane.Time);
        ReplicationRequests = new PeerReplicationRequests(
            plane.Store, plane.Publisher, plane.Client, new LiveRefresh(plane.Client, plane.Live, TimeProvider.System), plane.Live, Half, verifies, plane.Time);
        Replications = new VolumeReplicationManager(
            plane.Store, plane.Publisher, plane.Client, plane.Live, Half, new PeerReplicationCalls(this), verifies, plane.Actor, plane.Time);
        var looker = new FailoverLooker(plane.Store, plane.Client, plane.Live, new LiveRefresh(plane.Client, plane.Live, TimeProvider.System), FailoverHalf, host);
        FailoverRequests = new PeerFailoverRequests(plane.Store, plane.Publisher, plane.Client, plane.Live,
            new LiveRefresh(plane.Client, plane.Live, TimeProvider.System), FailoverHalf, looker, plane.Protector, plane.Audit, plane.Time);
        var newVolumes = new NewVolumes(plane.Store, plane.Client, new PeerReplicationCalls(this), plane.Volumes, Replications, plane.Targets, new FailoverProgress());
        Failover = new FailoverManager(plane.Store, plane.Publisher, plane.Client, plane.Live, new LiveRefresh(plane.Client, plane.Live, TimeProvider.System),
            FailoverHalf, looker, new PeerReplicationCalls(this), Monitor, newVolumes, host, plane.Protector, plane.Actor, plane.Audit, plane.Time);
        Roles = new FailoverRoles(plane.Store, plane.Publisher, plane.Live, plane.Audit);
        Pair = new PairManager(Offers, own, this, plane.Store, plane.Publisher, plane.Client, plane.Live, Monitor, plane.Actor, plane.Audit, plane.Time);
    }

    public string OwnFingerprint { get; private set; } = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    public int OwnPort => 8443;

    /// <summary>Its console has another key, as after the file of the old one was deleted.</summary>
    public void RenewKey() => OwnFingerprint = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    public ControlPlane Plane => _plane;

    public PairingOffers Offers { get; }

    public PeerMonitor Monitor { get; }

    public PeerRequests Requests { get; }

    public PairManager Pair { get; }

    public ReplicationHalf Half { get; }

    public VerifyTaskKind VerifyKind { get; }

    public TaskRuns Runs { get; }

    public TaskSlots Slots { get; }

    public TaskStore TaskLog { get; }

    public PeerReplicationRequests ReplicationRequests { get; }

    public VolumeReplicationManager Replications { get; }

    public FailoverHalf FailoverHalf { get; }

    public PeerFailoverRequests FailoverRequests { get; }

    public FailoverManager Failover { get; }

    public FailoverRoles Roles { get; }

    /// <summary>Who is at the other end, given the fingerprint that is expected there.</summary>
    public Func<string?, IPeerConsole> Cable { get; set; } = _ => throw new InvalidOperationException("No cable.");

    public static async Task<TestNode> StartAsync(DatabaseFixture databases, string name)
    {
        var plane = await ControlPlane.StartAsync(databases);
        await plane.Store.ChangeAsync(c =>
        {
            c.NodeName = name;
            return plane.Audit.Observation(Futago.Engine.Contracts.Events.EventSeverity.Info, "test", null, "Named.");
        });
        return new TestNode(plane, name);
    }

    /// <summary>Connects two nodes by a good cable.</summary>
    public static void Connect(TestNode a, TestNode b)
    {
        a.Cable = expected => new Wire(b, a.OwnFingerprint, expected);
        b.Cable = expected => new Wire(a, b.OwnFingerprint, expected);
    }

    public async Task<Peer?> PeerAsync() => (await _plane.Store.ReadAsync()).Peer;

    public Task<PairView> JoinAsync(string code, string address = "10.78.0.2") => Pair.JoinAsync(new JoinRequest(address, code));

    public async Task<IReadOnlyList<string>> EventCodesAsync() => [.. (await _plane.Events.ListAsync(new())).Select(e => e.Code)];

    public IPeerConsole Connect(IPEndPoint place, string? fingerprint) => Cable(fingerprint);

    public async ValueTask DisposeAsync()
    {
        Monitor.Dispose();
        ReplicationRequests.Dispose();
        FailoverRequests.Dispose();
        await _plane.DisposeAsync();
    }
}

/// <summary>
/// A connection to a node, as TLS would make it: each side sees the other's true certificate, an unexpected one ends it, and every
/// message really is text on its way. Members can be overridden by whoever has cut into the cable.
/// </summary>
internal class Wire(TestNode to, string fromFingerprint, string? expected, string? shown = null) : IPeerConsole
{
    internal TestNode To => to;

    public string SeenFingerprint { get; private set; } = expected ?? "";

    public virtual async Task<PairingOffer> HelloAsync(PairingHello hello, CancellationToken cancellation)
    {
        Shake();
        return Sent(await to.Requests.HelloAsync(Sent(hello), fromFingerprint, cancellation));
    }

    public virtual async Task<PairingAccept> ConfirmAsync(PairingConfirm confirm, CancellationToken cancellation)
    {
        Shake();
        return Sent(await to.Requests.ConfirmAsync(Sent(confirm), fromFingerprint, IPAddress.Parse("10.78.0.1"), cancellation));
    }

    public virtual async Task<PeerReport> ReportAsync(CancellationToken cancellation)
    {
        await AuthenticateAsync(cancellation);
        return Sent(await to.Requests.ReportAsync(cancellation));
    }

    public virtual IPeerReplications Replications => new ReplicationWire(this);

    public virtual IPeerFailover Failover => new FailoverWire(this);

    public virtual async Task LeaveAsync(CancellationToken cancellation)
    {
        await AuthenticateAsync(cancellation);
        await to.Requests.LeaveAsync(cancellation);
    }

    public void Dispose()
    {
    }

    internal static T Sent<T>(T message) => JsonSerializer.Deserialize<T>(JsonSerializer.Serialize(message, EngineJson.Options), EngineJson.Options)!;

    private void Shake()
    {
        var certificate = shown ?? to.OwnFingerprint;
        if (SeenFingerprint.Length == 0)
            SeenFingerprint = certificate;
        if (SeenFingerprint != certificate)
            throw new ProblemException(new Problem(ProblemCodes.PairCertificateMismatch, "Another certificate."), 503);
    }

    internal async Task AuthenticateAsync(CancellationToken cancellation)
    {
        Shake();
        if (await to.Requests.FindAsync(fromFingerprint, cancellation) is null)
            throw new ProblemException(new Problem(ProblemCodes.PairNotPaired, "Not paired."), 401);
    }
}
