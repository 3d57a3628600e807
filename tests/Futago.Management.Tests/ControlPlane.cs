using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Volumes;
using Futago.Management.Engine;
using Futago.Management.Events;
using Futago.Management.Node;
using Futago.Management.Targets;
using Futago.Management.Tests.Fakes;
using Futago.Management.Volumes;
using Futago.Persistence;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Futago.Management.Tests;

/// <summary>The real use cases on a real database, with a fake engine behind a real socket.</summary>
internal sealed class ControlPlane : IAsyncDisposable
{
    private readonly NpgsqlDataSource _source;

    private ControlPlane(NpgsqlDataSource source, FakeEngine engine)
    {
        _source = source;
        Engine = engine;
        Client = new EngineClient(engine.SocketPath);
        ContextFactory = new DatabaseFixture.ContextFactory(source);
        var database = new Database(ContextFactory);
        Store = new ConfigurationStore(database);
        EventStore = new EventStore(database);
        Audit = new AuditLog(EventStore, Time);
        Live = new LiveStatus(Time);
        Publisher = new ConfigurationPublisher(Store, Client, Live, Protector, Audit, TimeProvider.System, NullLogger<ConfigurationPublisher>.Instance);
        var refresh = new LiveRefresh(Client, Live, TimeProvider.System);
        var host = new HostIdentity("nodea", "example.com", "0", "/images");
        Targets = new TargetManager(Store, Publisher, Client, new TargetViews(Client, Live, TimeProvider.System), refresh, Protector, Actor, Audit, host, Time);
        Volumes = new VolumeManager(Client, Store, Publisher, Actor, Audit, refresh, host);
        Node = new NodeManager(Store, Publisher, Live, Actor, Audit, host);
        Events = new EventLog(EventStore, Actor);
        Collector = new EventCollector(Client, EventStore, Audit, NullLogger<EventCollector>.Instance);
    }

    public FakeEngine Engine { get; }

    public EngineClient Client { get; }

    public DatabaseFixture.ContextFactory ContextFactory { get; }

    public FakeActor Actor { get; } = new();

    public ReversingProtector Protector { get; } = new();

    public ManualTime Time { get; } = new();

    public ConfigurationStore Store { get; }

    public EventStore EventStore { get; }

    public AuditLog Audit { get; }

    public LiveStatus Live { get; }

    public ConfigurationPublisher Publisher { get; }

    public TargetManager Targets { get; }

    public VolumeManager Volumes { get; }

    public NodeManager Node { get; }

    public EventLog Events { get; }

    public EventCollector Collector { get; }

    public NpgsqlDataSource Source => _source;

    public static async Task<ControlPlane> StartAsync(DatabaseFixture databases) =>
        new(await databases.CreateDatabaseAsync(), await FakeEngine.StartAsync());

    /// <summary>Makes the engine have an iSCSI volume of that path.</summary>
    public VolumeInfo AddVolume(string path, VolumeType type = VolumeType.Iscsi)
    {
        var parts = path.Split('/');
        var volume = new VolumeInfo(Guid.NewGuid(), parts[0], parts[1], type, ByteSize.GiB, ByteSize.GiB, false, IoType.Block, VolumeState.Online, null, null, DateTimeOffset.UnixEpoch, []);
        Engine.Volumes.Add(volume);
        return volume;
    }

    public async ValueTask DisposeAsync()
    {
        Publisher.Dispose();
        Live.Dispose();
        Client.Dispose();
        await Engine.DisposeAsync();
        await _source.DisposeAsync();
    }
}
