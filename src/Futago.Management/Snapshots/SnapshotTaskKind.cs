using System.Globalization;
using System.Text.Json;
using Futago.Console.Client.Snapshots;
using Futago.Console.Client.Tasks;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Snapshots;
using Futago.Engine.Contracts.Volumes;
using Futago.Management.Engine;
using Futago.Management.Tasks;

namespace Futago.Management.Snapshots;

/// <summary>A run of a snapshot schedule: take one, then delete those of its own that no rule keeps. Nothing is deleted when none could be taken.</summary>
public sealed class SnapshotTaskKind(EngineClient engine, ScheduledSnapshots snapshots, LiveRefresh live, TimeProvider time) : ITaskKind
{
    private const string RetentionFailed = "retention-failed";

    public TaskKind Kind => TaskKind.Snapshot;

    public async Task<RunEnd?> BeginAsync(ScheduledTask task, TaskRun run, CancellationToken cancellation)
    {
        var settings = Settings(task);
        var volume = (await engine.ListVolumesAsync(cancellation)).FirstOrDefault(v => v.Id == settings.VolumeId)
            ?? throw ProblemException.NotFound(ProblemCodes.VolumeNotFound, $"The volume {settings.Volume} of the schedule {task.Name} is not there.", ("volume", settings.Volume));
        var taken = await TakeAsync(task, volume, cancellation);
        var (deleted, errors) = await DeleteOutdatedAsync(task, settings.Retention, cancellation);
        await live.StorageAsync(cancellation);
        List<string> output = [$"taken: {taken.Path}", .. deleted.Select(d => $"deleted: {d}"), .. errors];
        return new RunEnd(
            errors.Count == 0 ? RunStatus.Ok : RunStatus.Warning,
            errors.Count == 0 ? TaskRuns.NoReason : RetentionFailed,
            $"Took {taken.Path}; older snapshots deleted: {deleted.Count}.{(errors.Count == 0 ? "" : " Some that no rule keeps could not be deleted.")}",
            time.GetUtcNow(),
            Result(taken, errors, string.Join('\n', output)));
    }

    /// <summary>Taking a snapshot is over in a moment.</summary>
    public Task StopAsync(TaskRun run, CancellationToken cancellation) =>
        throw ProblemException.Conflict(ProblemCodes.RunEnded, "Taking a snapshot cannot be stopped; it ends by itself within seconds.");

    public RunProgressView? ProgressOf(TaskRun run) => null;

    /// <summary>The console ended within the run: whether the snapshot was taken is to be seen in the engine.</summary>
    public async Task<RunEnd?> RecoverAsync(ScheduledTask? task, TaskRun run, CancellationToken cancellation)
    {
        var taken = task is null ? null : (await snapshots.ListAsync(task, cancellation)).FirstOrDefault(s => s.CreatedAt >= run.StartedAt);
        return taken is null
            ? new RunEnd(RunStatus.Error, "unknown", "The console ended before the snapshot was taken.", time.GetUtcNow())
            : new RunEnd(
                RunStatus.Warning, RetentionFailed, $"Took {taken.Path}; the console ended before older snapshots were deleted, which the next run does.",
                time.GetUtcNow(), Result(taken, [], $"taken: {taken.Path}"));
    }

    internal static SnapshotScheduleSettings Settings(ScheduledTask task) =>
        JsonSerializer.Deserialize<SnapshotScheduleSettings>(task.Settings, EngineJson.Options) ?? throw new InvalidDataException($"The settings of the task {task.Name} are damaged.");

    internal static string Store(SnapshotScheduleSettings settings) => JsonSerializer.Serialize(settings, EngineJson.Options);

    /// <summary>Named by the time of day that people look for: <c>auto-20261201-1800</c>, with a number when there is one already.</summary>
    private async Task<SnapshotInfo> TakeAsync(ScheduledTask task, VolumeInfo volume, CancellationToken cancellation)
    {
        var stem = TimeZoneInfo.ConvertTime(time.GetUtcNow(), time.LocalTimeZone).ToString("'auto-'yyyyMMdd-HHmm", CultureInfo.InvariantCulture);
        var names = (await engine.ListSnapshotsAsync(cancellation)).Where(s => s.VolumeId == volume.Id).Select(s => s.Name).ToHashSet(StringComparer.Ordinal);
        for (var number = 1; ; number++)
        {
            var name = number == 1 ? stem : string.Create(CultureInfo.InvariantCulture, $"{stem}-{number}");
            if (names.Contains(name))
                continue;
            try
            {
                return await engine.CreateSnapshotAsync(
                    volume.Group, volume.Name, new CreateSnapshotRequest(name, Origin: SnapshotOrigin.Schedule, Owner: ScheduledSnapshots.OwnerOf(task)), cancellation);
            }
            catch (ProblemException e) when (e.Problem.Code == ProblemCodes.NameTaken && number <= names.Count + 1)
            {
                // Somebody took the name since the list was read.
            }
        }
    }

    private async Task<(List<string> Deleted, List<string> Errors)> DeleteOutdatedAsync(ScheduledTask task, RetentionRules rules, CancellationToken cancellation)
    {
        List<string> deleted = [];
        List<string> errors = [];
        try
        {
            foreach (var snapshot in (await snapshots.PreviewAsync(task, rules, cancellation)).Deleted)
            {
                try
                {
                    await engine.DeleteSnapshotAsync(snapshot.Group, snapshot.Volume, snapshot.Name, new DeleteRequest(snapshot.Name), cancellation);
                    deleted.Add(snapshot.Path);
                }
                // Dropped, protected or put to use by somebody since the list was read: the next run sees it as it is then.
                catch (ProblemException e) when (e.Problem.Code is ProblemCodes.SnapshotNotFound or ProblemCodes.SnapshotProtected or ProblemCodes.SnapshotInUse)
                {
                }
            }
        }
        catch (ProblemException e)
        {
            errors.Add(e.Message);
        }
        return (deleted, errors);
    }

    private static RunResultView Result(SnapshotInfo taken, List<string> errors, string output) => new(
        taken.CreatedAt, null, 1, null, null, null, null, null, null, null, null, null, taken.Path, errors, output);
}
