using System.Collections.Concurrent;
using System.Net;
using Futago.Blocks;
using Futago.Testing.Iscsi;

namespace Futago.Iscsi.Tests;

/// <summary>A server on a loopback port with one target over RAM that lets everybody in.</summary>
internal sealed class ServerUnderTest : IAsyncDisposable
{
    public const string TargetName = "iqn.2026-01.example.futago:t0";
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    private readonly ErrorLog _log = new();

    public ServerUnderTest(IscsiServerOptions? options = null, ChapAccount? chap = null, long poolBytes = 256 << 20)
    {
        Pool = new BlockBufferPool(poolBytes);
        Server = new IscsiServer(options ?? new IscsiServerOptions(), Pool, Time, _log);
        Server.LoginRefused += Refusals.Enqueue;
        Server.SessionOpened += Opened.Add;
        Server.SessionClosed += Closed.Add;
        EndPoint = Server.SetPortals([new IPEndPoint(IPAddress.Loopback, 0)])[0].Bound!;
        Server.SetTarget(Definition(chap: chap));
    }

    /// <summary>Faults that the test brings about itself and takes out of the log.</summary>
    public ConcurrentQueue<string> Errors => _log.Errors;

    public ManualTimeProvider Time { get; } = new();

    public BlockBufferPool Pool { get; }

    public IscsiServer Server { get; }

    public RamScsiTarget Scsi { get; } = new();

    public IPEndPoint EndPoint { get; }

    public ConcurrentQueue<LoginRefusal> Refusals { get; } = new();

    public BlockingCollection<SessionSnapshot> Opened { get; } = [];

    public BlockingCollection<SessionSnapshot> Closed { get; } = [];

    public IscsiTargetDefinition Definition(string name = TargetName, ChapAccount? chap = null, params AccessRule[] rules) =>
        new(name, "disk", 1, Scsi, rules.Length > 0 ? rules : [new AccessRule(IPNetwork.Parse("127.0.0.0/8"), null)], chap);

    public ScriptedInitiator Connect() => new(EndPoint);

    public ScriptedInitiator LogIn(params IEnumerable<(string Key, string Value)> keys)
    {
        var initiator = Connect();
        Assert.Equal(0, initiator.LoginNormal(TargetName, keys).LoginStatus);
        return initiator;
    }

    public SessionSnapshot WaitClosed() =>
        Closed.TryTake(out var session, _patience) ? session : throw new TimeoutException("the session did not end");

    /// <summary>Waits for a condition that another thread brings about without telling anybody.</summary>
    public static void WaitFor(Func<bool> condition) =>
        Assert.True(SpinWait.SpinUntil(condition, _patience), "the condition did not come true");

    public async ValueTask DisposeAsync()
    {
        Scsi.HoldExecution = false;
        await Server.DisposeAsync().ConfigureAwait(false);
        Assert.Empty(_log.Errors);
    }
}
