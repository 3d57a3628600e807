using Futago.Console.Client.Snapshots;
using Futago.Console.Client.Tasks;
using Futago.Console.Client.Users;
using Futago.Engine.Contracts;
using Futago.Management.Access;
using Futago.Management.Tasks;

namespace Futago.Management.Snapshots;

/// <summary>The use cases of snapshot schedules.</summary>
public sealed class SnapshotScheduleManager(
    TaskRegister register,
    TaskRuns runs,
    TaskViews views,
    TaskSlots slots,
    EngineClient engine,
    ScheduledSnapshots snapshots,
    ICurrentActor currentActor,
    TimeProvider time) : ISnapshotSchedules
{
    public async Task<IReadOnlyList<SnapshotScheduleView>> ListAsync(CancellationToken cancellation = default)
    {
        await currentActor.RequireAsync(UserRole.Viewer);
        return await ViewAsync(await register.ListAsync(TaskKind.Snapshot, cancellation), cancellation);
    }

    public async Task<SnapshotScheduleView> GetAsync(string name, CancellationToken cancellation = default)
    {
        await currentActor.RequireAsync(UserRole.Viewer);
        return (await ViewAsync([await FindAsync(name, cancellation)], cancellation))[0];
    }

    public async Task<SnapshotScheduleView> CreateAsync(CreateSnapshotSchedule request, CancellationToken cancellation = default)
    {
        var actor = await currentActor.RequireAsync(UserRole.Administrator);
        var name = await register.CheckNewNameAsync(request.Name, "name", cancellation);
        var retention = SnapshotRetention.Check(request.Retention);
        var schedule = slots.CheckSchedule(request.Schedule);
        var path = request.Volume?.Trim() ?? "";
        var volume = (await engine.ListVolumesAsync(cancellation)).FirstOrDefault(v => v.Path == path)
            ?? throw new ProblemException(new Problem(ProblemCodes.VolumeNotFound, $"There is no volume {path}.", "volume", new Dictionary<string, string> { ["volume"] = path }), 404);
        var task = new ScheduledTask
        {
            Name = name,
            Kind = TaskKind.Snapshot,
            Schedule = schedule,
            Enabled = request.Enabled,
            Settings = SnapshotTaskKind.Store(new SnapshotScheduleSettings(volume.Id, volume.Path, retention)),
            CreatedAt = time.GetUtcNow(),
        };
        await register.AddAsync(actor, task, new { task.Schedule, volume = volume.Path, retention }, cancellation);
        return (await ViewAsync([task], cancellation))[0];
    }

    public async Task<SnapshotScheduleView> UpdateAsync(string name, UpdateSnapshotSchedule request, CancellationToken cancellation = default)
    {
        var actor = await currentActor.RequireAsync(UserRole.Administrator);
        var task = await FindAsync(name, cancellation);
        var before = SnapshotTaskKind.Settings(task);
        var newName = await register.CheckRenameAsync(task, request.NewName, cancellation);
        var settings = before with { Retention = request.Retention is null ? before.Retention : SnapshotRetention.Check(request.Retention) };
        var schedule = request.Schedule is null ? task.Schedule : slots.CheckSchedule(request.Schedule);
        await CheckConfirmedAsync(task, before.Retention, settings.Retention, request.Confirm, cancellation);
        var changed = await register.ChangeAsync(
            actor,
            task,
            t =>
            {
                t.Name = newName;
                t.Schedule = schedule;
                t.Enabled = request.Enabled ?? t.Enabled;
                t.Settings = SnapshotTaskKind.Store(settings);
            },
            new { task.Name, task.Schedule, task.Enabled, before.Retention },
            t => new { t.Name, t.Schedule, t.Enabled, settings.Retention },
            cancellation);
        return (await ViewAsync([changed], cancellation))[0];
    }

    public async Task DeleteAsync(string name, string confirm, CancellationToken cancellation = default)
    {
        var actor = await currentActor.RequireAsync(UserRole.Administrator);
        var task = await FindAsync(name, cancellation);
        await register.DeleteAsync(actor, task, confirm, new { task.Schedule, settings = SnapshotTaskKind.Settings(task) }, cancellation);
    }

    public async Task<RunView> StartAsync(string name, CancellationToken cancellation = default)
    {
        var actor = await currentActor.RequireAsync(UserRole.Operator);
        var run = await runs.BeginAsync(await FindAsync(name, cancellation), RunTrigger.Person, actor.Name, cancellation);
        return views.View(run, details: true);
    }

    public async Task<RetentionPreview> PreviewAsync(string name, RetentionRules retention, CancellationToken cancellation = default)
    {
        await currentActor.RequireAsync(UserRole.Viewer);
        return await snapshots.PreviewAsync(await FindAsync(name, cancellation), SnapshotRetention.Check(retention), cancellation);
    }

    /// <summary>What the old rules would have kept is not given up without an informed yes.</summary>
    private async Task CheckConfirmedAsync(ScheduledTask task, RetentionRules before, RetentionRules after, string? confirm, CancellationToken cancellation)
    {
        if (before == after)
            return;
        var already = (await snapshots.PreviewAsync(task, before, cancellation)).Deleted.Select(s => s.Id).ToHashSet();
        var doomed = (await snapshots.PreviewAsync(task, after, cancellation)).Deleted.Where(s => !already.Contains(s.Id)).Select(s => s.Path).ToList();
        if (doomed.Count > 0 && !string.Equals(confirm?.Trim(), task.Name, StringComparison.Ordinal))
            throw ProblemException.Conflict(
                ProblemCodes.RetentionConfirm,
                $"With these rules the next run deletes {string.Join(", ", doomed.Take(5))}{(doomed.Count > 5 ? ", …" : "")} (snapshots: {doomed.Count}). Confirm with the schedule's name {task.Name}.",
                "confirm", ("name", task.Name), ("count", doomed.Count.ToString(System.Globalization.CultureInfo.InvariantCulture)));
    }

    private Task<ScheduledTask> FindAsync(string name, CancellationToken cancellation) => register.FindAsync(TaskKind.Snapshot, name, cancellation);

    private async Task<List<SnapshotScheduleView>> ViewAsync(IReadOnlyList<ScheduledTask> tasks, CancellationToken cancellation)
    {
        var built = await views.BuildAsync(tasks, cancellation);
        var all = await engine.ListSnapshotsAsync(cancellation);
        return [.. built.Zip(tasks, (view, task) => new SnapshotScheduleView(view, SnapshotTaskKind.Settings(task), all.Count(s => ScheduledSnapshots.Owns(task, s))))];
    }
}
