using System.Text.Json;
using Futago.Console.Client.DataReplication;
using Futago.Console.Client.Node;
using Futago.Console.Client.Tasks;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.DataReplication;
using Futago.Management.Access;
using Futago.Management.Tasks;

namespace Futago.Management.DataReplication;

/// <summary>Runs of data replication: the engine does them, also while the console is away.</summary>
public sealed class ReplicationTaskKind(EngineClient engine, ITaskStore store, ISecretProtector protector, ILiveStatus live) : ITaskKind
{
    public TaskKind Kind => TaskKind.DataReplication;

    public async Task<RunEnd?> BeginAsync(ScheduledTask task, TaskRun run, CancellationToken cancellation)
    {
        var settings = Settings(task);
        var source = await ReplicationEndpoint.FindAsync(engine, settings.Source, settings.Folder, "source", cancellation);
        var destination = settings.Destination is null
            ? await LocalAsync(settings, source, cancellation)
            : new ReplicationDestination(null, null, Agent(task, settings), settings.Share, settings.PlainPort);
        await engine.StartReplicationAsync(new ReplicationRunRequest(
            run.Id, task.Id, task.Name, source.Volume.Id, source.Folder, destination, settings.Options, settings.KeepSnapshots,
            await FilesBeforeAsync(task.Id, cancellation), settings.ShrinkLimitPercent), cancellation);
        return null;
    }

    public Task StopAsync(TaskRun run, CancellationToken cancellation) => engine.StopReplicationRunAsync(run.Id, cancellation);

    public RunProgressView? ProgressOf(TaskRun run) => live.Runs.FirstOrDefault(r => r.RunId == run.Id)?.Progress is { } p
        ? RunProgressView.Of(p)
        : null;

    /// <summary>The engine knows, and <see cref="ReplicationCollector"/> asks it.</summary>
    public Task<RunEnd?> RecoverAsync(ScheduledTask? task, TaskRun run, CancellationToken cancellation) => Task.FromResult<RunEnd?>(null);

    internal static ReplicationSettings Settings(ScheduledTask task) =>
        JsonSerializer.Deserialize<ReplicationSettings>(task.Settings, EngineJson.Options) ?? throw new InvalidDataException($"The settings of the task {task.Name} are damaged.");

    internal static string Store(ReplicationSettings settings) => JsonSerializer.Serialize(settings, EngineJson.Options);

    private AgentReference Agent(ScheduledTask task, ReplicationSettings settings)
    {
        var password = task.ProtectedSecret is null ? null : protector.Unprotect(task.ProtectedSecret);
        return password is null
            ? throw ProblemException.Conflict(ProblemCodes.AgentPasswordInvalid, $"The password of the task {task.Name} cannot be decrypted. Set it again.", "password")
            : new AgentReference(settings.Destination!, settings.Port, settings.Fingerprint, settings.User!, password);
    }

    private async Task<ReplicationDestination> LocalAsync(ReplicationSettings settings, ReplicationEndpoint source, CancellationToken cancellation)
    {
        var destination = await ReplicationEndpoint.FindAsync(engine, settings.Share, null, "share", cancellation);
        if (destination.Overlaps(source))
            throw ProblemException.Conflict(ProblemCodes.ReplicationSame, "Source and destination are the same place, or one is inside the other.", "share");
        return new ReplicationDestination(destination.Volume.Id, destination.Folder, null, null, null);
    }

    /// <summary>Of the last run that left its data at the destination.</summary>
    private async Task<long?> FilesBeforeAsync(Guid task, CancellationToken cancellation)
    {
        var last = await store.FindLastGoodRunAsync(task, cancellation);
        return last?.Result is { } result ? JsonSerializer.Deserialize<RunResultView>(result, EngineJson.Options)?.SourceFiles : null;
    }
}
