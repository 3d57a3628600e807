using System.Threading.Channels;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.DataReplication;
using Futago.Engine.Contracts.Events;
using Futago.Engine.Contracts.Failover;
using Futago.Engine.Contracts.Iscsi;
using Futago.Engine.Contracts.Link;
using Futago.Engine.Contracts.Network;
using Futago.Engine.Contracts.Node;
using Futago.Engine.Contracts.Replication;
using Futago.Engine.Contracts.Shares;
using Futago.Engine.Contracts.Snapshots;
using Futago.Engine.Contracts.Volumes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Futago.Management.Tests.Fakes;

/// <summary>An engine that keeps everything in memory, behind the real HTTP contract on a real unix socket.</summary>
internal sealed class FakeEngine : IAsyncDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("futago-engine-").FullName;
    private readonly Lock _lock = new();
    private WebApplication? _app;

    public string SocketPath => Path.Combine(_directory, "engine.sock");

    public List<EngineConfiguration> Applied { get; } = [];

    public Guid NodeId { get; set; } = Guid.NewGuid();

    public string LinkFingerprint { get; } = Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(32));

    public long Revision { get; set; }

    public List<EngineEvent> Events { get; } = [];

    public long? LastEventNumber { get; set; }

    public List<GroupInfo> Groups { get; } = [];

    public List<VolumeInfo> Volumes { get; } = [];

    public List<SnapshotInfo> Snapshots { get; } = [];

    public List<ShareInfo> Shares { get; } = [];

    public List<ShareConnectionInfo> ShareConnections { get; } = [];

    /// <summary>When volumes that are made now were made.</summary>
    public DateTimeOffset Created { get; set; } = DateTimeOffset.UnixEpoch;

    /// <summary>When snapshots are taken.</summary>
    public Func<DateTimeOffset> Clock { get; set; } = () => DateTimeOffset.UnixEpoch;

    /// <summary>ISO images that every NAS volume has.</summary>
    public HashSet<string> IsoImages { get; } = [];

    /// <summary>When set, what the engine says to every request for a snapshot.</summary>
    public ProblemException? RefuseSnapshot { get; set; }

    /// <summary>What every agent says.</summary>
    public AgentOffer Offer { get; set; } = new("aa", "3.5.0", 0, []);

    /// <summary>Runs of data replication that it keeps.</summary>
    public List<ReplicationRunDetails> Runs { get; } = [];

    /// <summary>How often it was asked which runs there are.</summary>
    public int RunLists { get; private set; }

    public List<string> DeletedVolumes { get; } = [];

    /// <summary>Decisions about volume replications, such as <c>force-source ID</c>.</summary>
    public List<string> ReplicationCommands { get; } = [];

    /// <summary>When set, what the engine says to every decision about a volume replication, and to creating volumes.</summary>
    public ProblemException? RefuseCommands { get; set; }

    public IReadOnlyList<ReplicationStatus> Replications { get; set; } = [];

    /// <summary>Where the volume of every replication differs.</summary>
    public ChangeMap? Changes { get; set; }

    public List<NicInfo> Nics { get; } = [];

    /// <summary>Who answers a ping.</summary>
    public HashSet<string> Answering { get; } = [];

    /// <summary>What a look for an address finds; nobody, unless a test says otherwise.</summary>
    public Func<ProbeAddressRequest, ProbeAddressResult> Probe { get; set; } = _ => new ProbeAddressResult(false, false, null);

    /// <summary>Null: the witness does not answer.</summary>
    public string? WitnessKey { get; set; }

    /// <summary>Commands to the failover manager.</summary>
    public List<string> FailoverCommands { get; } = [];

    public FailoverStatus? Failover { get; set; }

    /// <summary>Called after a configuration was applied.</summary>
    public Action<EngineConfiguration> OnApplied { get; set; } = _ => { };

    /// <summary>When set, what the engine says to every configuration.</summary>
    public ProblemException? RefuseConfiguration { get; set; }

    /// <summary>When set, a push waits for it.</summary>
    public TaskCompletionSource? HoldPush { get; set; }

    public Channel<StatusUpdate> Status { get; } = Channel.CreateUnbounded<StatusUpdate>();

    public static async Task<FakeEngine> StartAsync()
    {
        var engine = new FakeEngine();
        await engine.ResumeAsync();
        return engine;
    }

    public async Task ResumeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.ListenUnixSocket(SocketPath));
        builder.Services.ConfigureHttpJsonOptions(o => EngineJson.Configure(o.SerializerOptions));
        _app = builder.Build();
        _app.MapGet("/v1/node", () => new NodeStatus("fake", "0", DateTimeOffset.UnixEpoch, Revision, [], LastEventNumber ?? Events.LastOrDefault()?.Number ?? 0));
        _app.MapGet("/v1/units", () => Array.Empty<UnitInfo>());
        _app.MapGet("/v1/groups", () => Groups);
        _app.MapPost("/v1/groups", (CreateGroupRequest request) =>
        {
            var group = new GroupInfo(Guid.NewGuid(), request.Name ?? "vg00", GroupState.Online, null, request.UnitPath, 4 * ByteSize.GiB, new GroupSpace(0, 0, 0, 0, 0, 4 * ByteSize.GiB), 0);
            Groups.Add(group);
            return group;
        });
        _app.MapGet("/v1/volumes", () => Volumes);
        _app.MapGet("/v1/volumes/{group}/{name}/iso-images", () => IsoImages.Order(StringComparer.Ordinal).Select(path => new IsoImageInfo(path, 1 << 20)));
        _app.MapGet("/v1/volumes/{group}/{name}/iso-images/check", (string path) => IsoImages.Contains(path)
            ? Results.Json(new IsoImageInfo(path, 1 << 20), EngineJson.Options)
            : Results.Json(new Problem(ProblemCodes.IsoNotFound, "None.", "iso"), statusCode: 404));
        _app.MapPut("/v1/volumes/{group}/{name}/replication-mode", (string group, string name, SetVolumeReplicationMode request) =>
            ChangeVolume($"{group}/{name}", v => v with { ReplicationMode = request.Mode }));
        _app.MapDelete("/v1/volumes/{group}/{name}/replication-mode", (string group, string name, [FromBody] ClearVolumeReplicationMode request) =>
        {
            ReplicationCommands.Add($"clear-mode {group}/{name} {request.Confirm} {request.Anyway}");
            return ChangeVolume($"{group}/{name}", v => v with { ReplicationMode = VolumeReplicationMode.None, ReplicationMetadata = false });
        });
        _app.MapGet("/v1/volumes/{group}/{name}/replication-mode/clear-preview", (string group, string name) =>
            Volumes.Where(v => v.Path == $"{group}/{name}").Select(v => new ClearReplicationPreview(v.ReplicationMode, v.ReplicationMetadata, null, false)).Single());
        _app.MapGet("/v1/snapshots", () => Snapshots);
        _app.MapGet("/v1/shares", () => Shares);
        _app.MapGet("/v1/share-connections", () => ShareConnections);
        _app.MapPost("/v1/volumes/{group}", (string group, CreateVolumeRequest request) =>
        {
            if (RefuseCommands is { } refusal)
                return Results.Json(refusal.Problem, statusCode: refusal.Status);
            var volume = new VolumeInfo(Guid.NewGuid(), group, request.Name!, request.Type, request.SizeBytes, 0, request.Thin, request.IoType, VolumeState.Online, null, null, Created, []);
            Volumes.Add(volume);
            return Results.Json(volume, EngineJson.Options);
        });
        _app.MapGet("/v1/replications", () => Replications);
        _app.MapGet("/v1/replications/{id:guid}/changes", () => Changes is { } changes
            ? Results.Json(changes, EngineJson.Options)
            : Results.Json(new Problem(ProblemCodes.VolumeReplicationNotFound, "None."), statusCode: 404));
        _app.MapPost("/v1/replications/{id:guid}/{**verb}", (Guid id, string verb) =>
        {
            ReplicationCommands.Add($"{verb} {id}");
            return RefuseCommands is { } refusal ? Results.Json(refusal.Problem, statusCode: refusal.Status) : Results.NoContent();
        });
        _app.MapPost("/v1/volumes/{group}/{volume}/snapshots", (string group, string volume, CreateSnapshotRequest request) => Take(group, volume, request));
        _app.MapGet("/v1/data-replication/runs", () =>
        {
            RunLists++;
            return Runs.Select(r => r.Status);
        });
        _app.MapGet("/v1/data-replication/runs/{run:guid}", (Guid run) => Runs.Single(r => r.Status.RunId == run));
        _app.MapDelete("/v1/data-replication/runs/{run:guid}", (Guid run) =>
        {
            Runs.RemoveAll(r => r.Status.RunId == run);
            return TypedResults.NoContent();
        });
        _app.MapPost("/v1/data-replication/browse", (AgentReference _) => Offer);
        _app.MapDelete("/v1/volumes/{group}/{volume}/snapshots/{name}", (string group, string volume, string name) =>
            Snapshots.RemoveAll(s => s.Path == $"{group}/{volume}@{name}") == 1 ? Results.NoContent() : Results.Json(new Problem(ProblemCodes.SnapshotNotFound, "None."), statusCode: 404));
        _app.MapDelete("/v1/volumes/{group}/{name}", (string group, string name) =>
        {
            lock (_lock)
            {
                DeletedVolumes.Add($"{group}/{name}");
                Volumes.RemoveAll(v => v.Path == $"{group}/{name}");
            }
            return Results.NoContent();
        });
        _app.MapGet("/v1/events", (long after) => Events.Where(e => e.Number > after).Take(500));
        _app.MapGet("/v1/targets", () => (Applied.LastOrDefault()?.Targets ?? []).Select(t => new TargetStatus(
            t.Id, t.Name, t.Alias, t.Started ? TargetState.Running : TargetState.Stopped, [], [], [])));
        _app.MapGet("/v1/link", () => new LinkStatus(NodeId, LinkFingerprint, Applied.LastOrDefault()?.Peer, Applied.LastOrDefault()?.Peer is not null, null, 0));
        _app.MapGet("/v1/network/nics", () => Nics);
        _app.MapPost("/v1/network/ping", (PingRequest request) => request.Addresses.Select(a => new PingResult(a, Answering.Contains(a) ? 250 : null)));
        _app.MapPost("/v1/network/probe-address", (ProbeAddressRequest request) => Probe(request));
        _app.MapPost("/v1/failover/probe-witness", (ProbeWitnessRequest request) => WitnessKey is null
            ? Results.Json(new Problem(ProblemCodes.WitnessUnusable, $"The witness {request.Address} does not answer."), statusCode: 409)
            : Results.Json(new ProbeWitnessResult(WitnessKey), EngineJson.Options));
        _app.MapGet("/v1/failover", () => Failover is { } status
            ? Results.Json(status, EngineJson.Options)
            : Results.Json(new Problem(ProblemCodes.FailoverNotConfigured, "There is no failover."), statusCode: 404));
        _app.MapPost("/v1/failover/{command}", async (string command, HttpRequest request) =>
        {
            using var reader = new StreamReader(request.Body);
            FailoverCommands.Add($"{command} {await reader.ReadToEndAsync()}".Trim());
            return RefuseCommands is { } refusal ? Results.Json(refusal.Problem, statusCode: refusal.Status) : Results.NoContent();
        });
        _app.MapPut("/v1/configuration", ApplyAsync);
        _app.MapGet("/v1/status/stream", StreamAsync);
        await _app.StartAsync();
    }

    private IResult ChangeVolume(string path, Func<VolumeInfo, VolumeInfo> change)
    {
        if (RefuseCommands is { } refusal)
            return Results.Json(refusal.Problem, statusCode: refusal.Status);
        lock (_lock)
        {
            var index = Volumes.FindIndex(v => v.Path == path);
            Volumes[index] = change(Volumes[index]);
            return Results.Json(Volumes[index], EngineJson.Options);
        }
    }

    public async Task StopAsync()
    {
        if (_app is null)
            return;
        await _app.DisposeAsync();
        _app = null;
        File.Delete(SocketPath);
    }

    public async ValueTask DisposeAsync()
    {
        Status.Writer.TryComplete();
        HoldPush?.TrySetResult();
        await StopAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private IResult Take(string group, string volume, CreateSnapshotRequest request)
    {
        if (RefuseSnapshot is { } refusal)
            return Results.Json(refusal.Problem, statusCode: refusal.Status);
        if (Snapshots.Exists(s => s.Path == $"{group}/{volume}@{request.Name}"))
            return Results.Json(new Problem(ProblemCodes.NameTaken, "Taken."), statusCode: 409);
        var of = Volumes.Single(v => v.Path == $"{group}/{volume}");
        var snapshot = new SnapshotInfo(
            Guid.NewGuid(), of.Id, group, volume, request.Name!, request.Origin, request.Owner, false, request.Protected, of.SizeBytes, null, Clock(), 1000, null, []);
        Snapshots.Add(snapshot);
        return Results.Json(snapshot, EngineJson.Options);
    }

    private async Task<IResult> ApplyAsync(EngineConfiguration configuration)
    {
        if (HoldPush is { } hold)
            await hold.Task;
        if (RefuseConfiguration is { } refusal)
            return Results.Json(refusal.Problem, statusCode: refusal.Status);
        lock (_lock)
        {
            if (configuration.Revision < Revision)
                return Results.Json(new Problem(ProblemCodes.ConfigurationStale, "Stale."), statusCode: 409);
            Revision = configuration.Revision;
            Applied.Add(configuration);
        }
        OnApplied(configuration);
        return Results.Json(new ApplyResult(configuration.Revision, []), EngineJson.Options);
    }

    private async Task StreamAsync(HttpContext context)
    {
        await foreach (var update in Status.Reader.ReadAllAsync(context.RequestAborted))
        {
            await context.Response.WriteAsync(System.Text.Json.JsonSerializer.Serialize(update, EngineJson.Options) + "\n");
            await context.Response.Body.FlushAsync();
        }
    }
}
