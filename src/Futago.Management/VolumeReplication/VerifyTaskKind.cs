using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Futago.Console.Client.Node;
using Futago.Console.Client.Tasks;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Replication;
using Futago.Management.Tasks;

namespace Futago.Management.VolumeReplication;

/// <param name="Replication">Of the volume replication task, the same on both nodes.</param>
/// <param name="Name">Its name, for sentences.</param>
public sealed record VerifySettings(Guid Replication, string Name);

/// <summary>
/// Runs that compare both sides of a volume replication. The engine does it and reports in its status; what it reports is brought
/// into the task log by <see cref="CollectAsync"/>.
/// </summary>
public sealed class VerifyTaskKind(EngineClient engine, ILiveStatus live, ITaskStore store, TimeProvider time) : ITaskKind
{
    /// <summary>The engine says twice a second how it is; one that has just been asked may not have said so yet.</summary>
    private static readonly TimeSpan OnItsWay = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<Guid, VerifySettings> _running = [];

    public TaskKind Kind => TaskKind.VolumeReplicationVerify;

    public async Task<RunEnd?> BeginAsync(ScheduledTask task, TaskRun run, CancellationToken cancellation)
    {
        var settings = Settings(task);
        if (WhyNot(settings) is var (reason, detail))
            return new RunEnd(RunStatus.Warning, reason, detail, time.GetUtcNow());
        try
        {
            await engine.StartReplicationVerifyAsync(settings.Replication, cancellation);
        }
        // Something changed between the last status and now.
        catch (ProblemException e)
        {
            return new RunEnd(RunStatus.Warning, e.Problem.Code, $"{e.Message} Nothing was compared.", time.GetUtcNow());
        }
        _running[run.Id] = settings;
        return null;
    }

    public async Task StopAsync(TaskRun run, CancellationToken cancellation)
    {
        if (await SettingsOfAsync(run, cancellation) is { } settings)
            await engine.StopReplicationVerifyAsync(settings.Replication, cancellation);
    }

    public RunProgressView? ProgressOf(TaskRun run)
    {
        if (!_running.TryGetValue(run.Id, out var settings) || StatusOf(settings)?.Verify is not { FinishedAt: null } verify)
            return null;
        var seconds = Math.Max(1, (time.GetUtcNow() - verify.StartedAt).TotalSeconds);
        var rate = (long)(verify.CheckedBytes / seconds);
        return new RunProgressView(
            "comparing", verify.CheckedBytes, verify.TotalBytes == 0 ? null : (int)(verify.CheckedBytes * 100.0 / verify.TotalBytes), rate,
            rate == 0 ? null : (verify.TotalBytes - verify.CheckedBytes) / rate, 0, null, 1);
    }

    /// <summary>The engine goes on without the console, and <see cref="CollectAsync"/> asks it.</summary>
    public Task<RunEnd?> RecoverAsync(ScheduledTask? task, TaskRun run, CancellationToken cancellation)
    {
        if (task is not null)
            _running[run.Id] = Settings(task);
        return Task.FromResult(task is null ? new RunEnd(RunStatus.Warning, "unknown", "The volume replication task was deleted; what the verify found is not known.", time.GetUtcNow()) : null);
    }

    /// <summary>Ends the runs whose verify has ended.</summary>
    public async Task CollectAsync(TaskRuns runs, CancellationToken cancellation = default)
    {
        foreach (var run in (await runs.ListRunningAsync(cancellation)).Where(r => r.Kind == Kind))
        {
            if (await SettingsOfAsync(run, cancellation) is not { } settings || EndOf(run, StatusOf(settings)) is not { } end)
                continue;
            await runs.FinishAsync(run, end, cancellation);
            _running.TryRemove(run.Id, out _);
        }
    }

    internal static VerifySettings Settings(ScheduledTask task) =>
        JsonSerializer.Deserialize<VerifySettings>(task.Settings, EngineJson.Options) ?? throw new InvalidDataException($"The settings of the task {task.Name} are damaged.");

    internal static string Store(VerifySettings settings) => JsonSerializer.Serialize(settings, EngineJson.Options);

    private async Task<VerifySettings?> SettingsOfAsync(TaskRun run, CancellationToken cancellation)
    {
        if (!_running.TryGetValue(run.Id, out var settings) && await store.FindAsync(run.TaskId, cancellation) is { } task)
            _running[run.Id] = settings = Settings(task);
        return settings;
    }

    private ReplicationStatus? StatusOf(VerifySettings settings) => live.Connected ? live.Replications.FirstOrDefault(r => r.Id == settings.Replication) : null;

    private (string Reason, string Detail)? WhyNot(VerifySettings settings) => StatusOf(settings) switch
    {
        null => ("verify-engine-away", $"The engine could not be asked about {settings.Name} at that time; nothing was compared."),
        { Connection: not ReplicationConnection.Connected } status => ("verify-not-connected",
            $"The two nodes were not connected at that time{(status.Problem is { } problem ? $": {problem.Detail}" : ".")} Nothing was compared."),
        { Role: not ReplicationRole.Source, PeerRole: ReplicationRole.Source } => ("verify-not-source",
            $"This node is not the source of {settings.Name}, and only the source compares. Nothing was compared; the peer's own schedule may have."),
        { Data: DataState.UpToDate, PeerData: DataState.UpToDate } => null,
        _ => ("verify-not-synced", $"The two sides of {settings.Name} were not in sync at that time; nothing was compared."),
    };

    private RunEnd? EndOf(TaskRun run, ReplicationStatus? status)
    {
        // Without its status there is nothing to be known yet: the engine is away, or starting.
        if (status is null)
            return null;
        // Times of one clock, the engine's a moment after the console's.
        if (status.Verify is not { } verify || verify.StartedAt < run.StartedAt - TimeSpan.FromSeconds(1))
        {
            return time.GetUtcNow() - run.StartedAt < OnItsWay ? null : new RunEnd(RunStatus.Warning, "verify-aborted",
                "The engine was restarted, and the verify ended with it. What it had compared until then is not known.", time.GetUtcNow());
        }
        if (verify.FinishedAt is not { } finished)
            return null;
        var (state, reason, detail) = verify switch
        {
            { Aborted: true } => (RunStatus.Warning, "verify-aborted",
                $"The verify ended early, after {ByteSize.Format(verify.CheckedBytes)} of {ByteSize.Format(verify.TotalBytes)}: the link was lost, or somebody stopped it. {Found(verify)}"),
            { DifferentBytes: > 0 } => (RunStatus.Error, "verify-different", $"{Found(verify)} Heal copies them from the source."),
            _ => (RunStatus.Ok, TaskRuns.NoReason, $"Both sides are the same: {ByteSize.Format(verify.CheckedBytes)} were compared."),
        };
        return new RunEnd(state, reason, detail, finished, new RunResultView(
            null, null, 1, null, null, null, null, null, verify.CheckedBytes, null, null, null, null,
            [.. verify.Ranges.Take(20).Select(Line)], string.Join('\n', verify.Ranges.Select(Line))));
    }

    private static string Found(VerifyReport verify) => verify.DifferentBytes == 0
        ? "No difference was found."
        : $"{ByteSize.Format(verify.DifferentBytes)} of {ByteSize.Format(verify.CheckedBytes)} differ.";

    private static string Line(ByteRange range) => string.Create(CultureInfo.InvariantCulture, $"at byte {range.OffsetBytes}: {range.LengthBytes} bytes differ");
}
