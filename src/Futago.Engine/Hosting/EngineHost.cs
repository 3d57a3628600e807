using System.ComponentModel;
using System.Net.Sockets;
using Futago.Blocks;
using Futago.DataReplication.Agent;
using Futago.DataReplication.Runs;
using Futago.DataReplication.Settling;
using Futago.Engine.Api;
using Futago.Engine.Contracts.Events;
using Futago.Engine.DataReplication;
using Futago.Engine.Events;
using Futago.Engine.Failover;
using Futago.Engine.Link;
using Futago.Engine.Link.PathTest;
using Futago.Engine.Linux;
using Futago.Engine.Network;
using Futago.Engine.Options;
using Futago.Engine.Replication;
using Futago.Engine.Shares;
using Futago.Engine.State;
using Futago.Engine.Status;
using Futago.Engine.Targets;
using Futago.Iscsi;
using Futago.Volumes;

namespace Futago.Engine.Hosting;

/// <summary>
/// Puts the engine together, starts its parts in order (state, volumes, targets, shares, API) and ends them in the reverse order.
/// The API comes last: who can talk to the engine finds everything that could be brought online.
/// </summary>
internal sealed class EngineHost : IAsyncDisposable
{
    /// <summary>Buffers for data on its way between network and media.</summary>
    private const long BufferBytesMinimum = 64L << 20;
    private const long BufferBytesMaximum = 2L << 30;

    /// <summary>Requests of the console that are still running get this long before their connections close.</summary>
    private static readonly TimeSpan ApiStopTimeout = TimeSpan.FromSeconds(5);

    private readonly EngineOptions _options;
    private readonly StateDirectory _state;
    private readonly EventJournal _journal;
    private readonly TargetService _targets;
    private readonly VolumeCatalogue _catalogue;
    private readonly LinkService _link;
    private readonly ShareService _shares;
    private readonly DataReplicationService _dataReplication;
    private readonly ReplicationService _replications;
    private readonly FailoverService _failover;
    private readonly WebApplication _app;
    private readonly QuietMemory _quiet;

    private EngineHost(EngineOptions options, StateDirectory state, TimeProvider time, IServiceGuard guard)
    {
        _options = options;
        _state = state;
        var builder = CreateBuilder(options, time);
        _journal = new EventJournal(state.EventsDirectory, time);
        builder.Services.AddSingleton(_ => _journal);
        builder.Services.AddSingleton(s => new IscsiServer(
            IscsiOptions(options), new BlockBufferPool(BufferBudgetBytes()), time, s.GetRequiredService<ILoggerFactory>()));
        builder.Services.AddSingleton(s => new TargetService(
            s.GetRequiredService<IscsiServer>(), new ConfigurationStore(state.ConfigurationFile, time), _journal, time, s.GetRequiredService<ILoggerFactory>()));
        builder.Services.AddSingleton(s => new VolumeCatalogue(
            new VolumeCatalogueOptions(options.MountRoot, options.ImageDirectory, state.UnitsFile),
            new AllVolumeUsers(s.GetRequiredService<TargetService>(), s.GetRequiredService<ShareService>(), new LateVolumeUsers(() => s.GetRequiredService<ReplicationService>())), time, s.GetRequiredService<ILogger<VolumeCatalogue>>()));
        builder.Services.AddSingleton(_ => LoadIdentity(state, time));
        builder.Services.AddSingleton<ILinkProtocol, PathTestProtocol>();
        // The newest first: it is what the link prefers.
        foreach (var version in new[] { MirrorProtocol.Newest, 1 })
        {
            var mirror = new MirrorProtocol(version);
            builder.Services.AddSingleton(mirror);
            builder.Services.AddSingleton<ILinkProtocol>(mirror);
        }
        builder.Services.AddSingleton<LinkService>();
        var roles = new FailoverRoles();
        builder.Services.AddSingleton<NicMonitor>();
        builder.Services.AddHostedService(s => s.GetRequiredService<NicMonitor>());
        builder.Services.AddSingleton(s => new FailoverService(new FailoverParts(
            state.FailoverDirectory, guard, s.GetRequiredService<ReplicationService>(), s.GetRequiredService<TargetService>(), s.GetRequiredService<LinkService>(),
            s.GetRequiredService<NicMonitor>(), _journal, roles, time, s.GetRequiredService<ILoggerFactory>())));
        builder.Services.AddSingleton(s => new ReplicationService(
            new ReplicationParts(
                s.GetRequiredService<VolumeCatalogue>(), s.GetRequiredService<TargetService>(), s.GetRequiredService<LinkService>(), _journal,
                state.MirrorDirectory, new BlockBufferPool(BufferBudgetBytes()), new BlockBufferPool(BufferBudgetBytes() / 4), time, s.GetRequiredService<ILoggerFactory>())
            {
                Failover = roles,
                ReleaseShares = id => s.GetRequiredService<ShareService>().ReleaseAsync([id]),
            },
            s.GetServices<MirrorProtocol>()));
        builder.Services.AddSingleton<PathTester>();
        builder.Services.AddSingleton(s => new ShareService(
            new ShareStore(state.SharesFile, time), new SambaPaths(state.SambaDirectory, $"{options.SocketPath}.samba"), options.SmbPort, _journal,
            s.GetRequiredService<ILoggerFactory>()));
        builder.Services.AddSingleton(s => CreateDataReplication(s, options, state, time));
        builder.Services.AddSingleton<TargetDiagnostics>();
        builder.Services.AddSingleton<StatusReader>();
        builder.Services.AddHostedService<UnitMonitor>();
        builder.Services.AddHostedService<SnapshotMonitor>();
        _app = builder.Build();
        var server = _app.Services.GetRequiredService<IscsiServer>();
        var logger = _app.Services.GetRequiredService<ILogger<QuietMemory>>();
        _quiet = new QuietMemory(() => server.Activity, time, () => QuietMemory.Collect(logger));
        _app.UseMiddleware<ProblemResponses>();
        _app.MapEngine();
        _targets = _app.Services.GetRequiredService<TargetService>();
        _catalogue = _app.Services.GetRequiredService<VolumeCatalogue>();
        _link = _app.Services.GetRequiredService<LinkService>();
        _targets.InForce += configuration => _link.Apply(configuration.Peer);
        _replications = _app.Services.GetRequiredService<ReplicationService>();
        _targets.Replicated = _replications;
        _targets.Accepting += _replications.Prepare;
        // Before the volumes: whose roles they are has to be known first.
        _failover = _app.Services.GetRequiredService<FailoverService>();
        _targets.GateOf = _failover.GateOf;
        _targets.Accepting += _failover.Prepare;
        _targets.InForce += _failover.Apply;
        _targets.InForce += _replications.Apply;
        _shares = _app.Services.GetRequiredService<ShareService>();
        _dataReplication = _app.Services.GetRequiredService<DataReplicationService>();
        _targets.InForce += configuration => _ = _dataReplication.ApplyAsync(configuration.Agent);
        _catalogue.Happened += e => _journal.Append((EventSeverity)(int)e.Severity, e.Code, e.Object, e.Text, e.Args);
    }

    private static IscsiServerOptions IscsiOptions(EngineOptions options)
    {
        var usual = new IscsiServerOptions();
        return usual with { SpinTime = options.IscsiSpin ?? usual.SpinTime };
    }

    /// <exception cref="StartException">The engine cannot start here; nothing is left running.</exception>
    public static async Task<EngineHost> StartAsync(EngineOptions options, TimeProvider time, IServiceGuard guard)
    {
        var group = SocketOwner.ResolveGroup(options.SocketGroup);
        var state = StateDirectory.Take(options.DataDirectory);
        EngineHost host;
        try
        {
            host = new EngineHost(options, state, time, guard);
        }
        catch
        {
            state.Dispose();
            throw;
        }
        try
        {
            await host.StartPartsAsync(group);
            return host;
        }
        catch (Exception e) when (e is IOException or SocketException or UnauthorizedAccessException or Win32Exception or StorageException)
        {
            await host.DisposeAsync();
            throw new StartException($"The engine cannot start: {e.Message}", e);
        }
    }

    /// <summary>Ends everything in order: API, failover, data replication, targets, volume replication, shares, volumes, journal. Safe to call after a failed start.</summary>
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        // Early: nothing is served through a virtual IP while the rest ends.
        _quiet.Dispose();
        await _failover.StopAsync();
        await _dataReplication.StopAsync();
        await _targets.StopAsync();
        // With the link: the peer is told that this node stops.
        await _replications.StopAsync();
        await _link.DisposeAsync();
        await _shares.StopAsync();
        await _catalogue.StopAsync();
        _journal.Append(EventSeverity.Info, EventCodes.EngineStopped, null, "The engine was stopped.");
        await _journal.DisposeAsync();
        await _app.DisposeAsync();
        File.Delete(_options.SocketPath);
        _state.EndRun();
        _state.Dispose();
    }

    private async Task StartPartsAsync(uint? group)
    {
        if (_state.BeginRun())
            _journal.Append(
                EventSeverity.Warning, EventCodes.EngineUncleanShutdown, null,
                "The engine was not stopped in order the last time (crash, kill or loss of power). Everything acknowledged as durable is kept.");
        if (_options.ImageDirectory is { } images)
            Directory.CreateDirectory(images);
        _shares.EndLeftovers();
        _dataReplication.EndLeftovers();
        await _catalogue.StartAsync();
        await _targets.StartAsync(_catalogue);
        _link.Start();
        _replications.Start();
        _failover.Start();
        await _shares.StartAsync(_catalogue);
        _dataReplication.Start();

        Directory.CreateDirectory(Path.GetDirectoryName(_options.SocketPath)!);
        // The lock on the state directory says that no other engine of this node is alive, so a socket here is a leftover.
        File.Delete(_options.SocketPath);
        await _app.StartAsync();
        SocketOwner.Apply(_options.SocketPath, group);
        var version = _app.Services.GetRequiredService<StatusReader>().Node.Version;
        _journal.Append(EventSeverity.Info, EventCodes.EngineStarted, null, $"The engine {version} was started.", ("version", version));
    }

    private static DataReplicationService CreateDataReplication(IServiceProvider services, EngineOptions options, StateDirectory state, TimeProvider time)
    {
        var catalogue = services.GetRequiredService<VolumeCatalogue>();
        var loggers = services.GetRequiredService<ILoggerFactory>();
        var run = new RunOptions(state.RunsDirectory, $"{options.SocketPath}.replication", RunOptions.DefaultRetryPauses);
        var copies = new UnsettledCopies(time, loggers.CreateLogger<UnsettledCopies>());
        return new DataReplicationService(
            new RunService(run, catalogue, copies, time, loggers.CreateLogger<RunService>()),
            agentShares => new AgentServer(
                run.RuntimeDirectory, run.StateDirectory, AgentCertificate.LoadOrCreate(state.AgentCertificateFile, time), agentShares, copies, time, loggers.CreateLogger<AgentServer>()),
            catalogue,
            () => services.GetRequiredService<ShareService>().Shares,
            time);
    }

    private LinkIdentity LoadIdentity(StateDirectory state, TimeProvider time) => LinkIdentity.LoadOrCreate(state.IdentityFile, time, copy => _journal.AppendDurably(
        EventSeverity.Error, EventCodes.EngineIdentityDamaged, null,
        $"The identity of this node cannot be used and was set aside as {copy}. The node has a new one, and is another node to its peer: on the peer, delete the volume replications on that node only, then pair the two again.",
        ("file", copy)));

    private static WebApplicationBuilder CreateBuilder(EngineOptions options, TimeProvider time)
    {
        // No configuration files and no environment: the command line is all there is, so nothing can surprise.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "futago-engine" });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.ListenUnixSocket(options.SocketPath);
        });
        builder.Services.AddRoutingCore();
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.Converters.Add(new JsonOnDemand()));
        // Values that cannot be read become an answer that says which one, not a bare 400.
        builder.Services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        builder.Services.AddSingleton(time);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ApiStopTimeout);
        builder.Logging.SetMinimumLevel(LogLevel.Information).AddFilter("Microsoft", LogLevel.Warning);
        // Standard output belongs to the guard.
        builder.Logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
            console.UseUtcTimestamp = true;
        });
        builder.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        return builder;
    }

    private static long BufferBudgetBytes() =>
        Math.Clamp(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 8, BufferBytesMinimum, BufferBytesMaximum);
}
