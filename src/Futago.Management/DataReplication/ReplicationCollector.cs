using System.Text.Json;
using Futago.Console.Client.Node;
using Futago.Console.Client.Tasks;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.DataReplication;
using Futago.Management.Tasks;

namespace Futago.Management.DataReplication;

/// <summary>
/// Brings results of runs from the engine into the task log, each once: the engine keeps a result until it is stored here. What the
/// console did not see end is closed with what the engine knows of it.
/// </summary>
public sealed class ReplicationCollector(EngineClient engine, TaskRuns runs, ILiveStatus live, TimeProvider time)
{
    /// <summary>A run that was stored just now may still be on its way to the engine.</summary>
    private static readonly TimeSpan OnItsWay = TimeSpan.FromSeconds(30);

    public async Task CollectAsync(CancellationToken cancellation = default)
    {
        var running = (await runs.ListRunningAsync(cancellation)).Where(r => r.Kind == TaskKind.DataReplication).ToList();
        // The engine streams what it has: as long as that tells of nothing to store and nothing lost, it need not be asked for the same.
        if (live.Runs.All(r => r.Outcome is null) && !running.Exists(r => IsLost(r, live.Runs)))
            return;
        var known = await engine.ListReplicationRunsAsync(cancellation);
        foreach (var ended in known.Where(r => r.Outcome is not null))
        {
            var details = await engine.GetReplicationRunAsync(ended.RunId, cancellation);
            if (details.Result is not { } result)
                continue;
            if (running.Find(r => r.Id == ended.RunId) is { } run)
                await runs.FinishAsync(run, End(result), cancellation);
            await engine.ForgetReplicationRunAsync(ended.RunId, cancellation);
        }
        foreach (var lost in running.Where(r => IsLost(r, known)))
        {
            await runs.FinishAsync(lost, new RunEnd(RunStatus.Error, "unknown",
                "The engine knows nothing of this run: it was ended before it began, or the engine's state was lost. How far it came is not known.", time.GetUtcNow()), cancellation);
        }
    }

    private bool IsLost(TaskRun run, IReadOnlyList<ReplicationRunStatus> known) =>
        known.All(k => k.RunId != run.Id) && time.GetUtcNow() - run.StartedAt > OnItsWay;

    internal static RunEnd End(ReplicationRunResult result) => new(
        result.Outcome switch
        {
            ReplicationOutcome.Ok => RunStatus.Ok,
            ReplicationOutcome.Warning or ReplicationOutcome.Stopped => RunStatus.Warning,
            _ => RunStatus.Error,
        },
        JsonNamingPolicy.KebabCaseLower.ConvertName(result.Reason.ToString()),
        result.Detail,
        result.FinishedAt,
        new RunResultView(
            result.RecoveryPoint, result.ExitCode, result.Attempts, result.SourceFiles, result.Statistics?.Files, result.Statistics?.FilesCreated,
            result.Statistics?.FilesDeleted, result.Statistics?.FilesTransferred, result.Statistics?.TotalBytes, result.Statistics?.TransferredBytes,
            result.Statistics?.SentBytes, result.Statistics?.Speedup, result.DestinationSnapshot, result.Errors, result.Output));
}
