using Futago.Console.Client.Tasks;
using Futago.Engine.Contracts.Snapshots;

namespace Futago.Console.Client.Snapshots;

/// <summary>Snapshot schedules: tasks that take a snapshot of one volume and delete those of their own that no rule keeps.</summary>
public interface ISnapshotSchedules
{
    /// <summary>Every snapshot schedule, by name.</summary>
    Task<IReadOnlyList<SnapshotScheduleView>> ListAsync(CancellationToken cancellation = default);

    Task<SnapshotScheduleView> GetAsync(string name, CancellationToken cancellation = default);

    Task<SnapshotScheduleView> CreateAsync(CreateSnapshotSchedule request, CancellationToken cancellation = default);

    /// <summary>Changes a schedule. New rules that keep less than the old ones want a confirmation when snapshots would be deleted for it.</summary>
    Task<SnapshotScheduleView> UpdateAsync(string name, UpdateSnapshotSchedule request, CancellationToken cancellation = default);

    /// <summary>Deletes the schedule; the snapshots that it took stay.</summary>
    /// <param name="confirm">The name, typed again.</param>
    Task DeleteAsync(string name, string confirm, CancellationToken cancellation = default);

    /// <summary>Takes a snapshot now and deletes what no rule keeps, as at a slot.</summary>
    Task<RunView> StartAsync(string name, CancellationToken cancellation = default);

    /// <summary>Which of the schedule's snapshots its next run would delete with these rules. Changes nothing.</summary>
    Task<RetentionPreview> PreviewAsync(string name, RetentionRules retention, CancellationToken cancellation = default);
}

/// <summary>
/// Which snapshots of a schedule stay: the newest <paramref name="Last"/>, and the last one of each of the newest so many hours, days,
/// weeks (from Monday), months and years that have one, in the node's time zone. What any rule keeps stays. Time alone therefore deletes
/// nothing: not while the node is off, and not when its clock is wrong.
/// </summary>
/// <param name="Last">0–500, as are <paramref name="Hours"/> and <paramref name="Days"/>.</param>
/// <param name="Weeks">0–200.</param>
/// <param name="Months">0–120.</param>
/// <param name="Years">0–20.</param>
public sealed record RetentionRules(int Last = 0, int Hours = 0, int Days = 0, int Weeks = 0, int Months = 0, int Years = 0);

/// <param name="Volume">Path of the volume when the schedule was made; for people, the identifier counts.</param>
public sealed record SnapshotScheduleSettings(Guid VolumeId, string Volume, RetentionRules Retention);

/// <param name="Snapshots">How many snapshots of it there are now.</param>
public sealed record SnapshotScheduleView(TaskView Task, SnapshotScheduleSettings Settings, int Snapshots);

/// <param name="Volume">Path of the volume, <c>group/name</c>.</param>
/// <param name="Schedule">Null or empty: by hand only.</param>
public sealed record CreateSnapshotSchedule(string Name, string Volume, string? Schedule, RetentionRules Retention, bool Enabled = true);

/// <summary>Changes; null leaves a property as it is.</summary>
/// <param name="Schedule">Empty: by hand only.</param>
/// <param name="Confirm">The schedule's name: the informed yes to what <see cref="ISnapshotSchedules.PreviewAsync"/> lists.</param>
public sealed record UpdateSnapshotSchedule(
    string? NewName = null, string? Schedule = null, bool? Enabled = null, RetentionRules? Retention = null, string? Confirm = null);

/// <summary>What rules mean for the snapshots that a schedule has now; oldest first.</summary>
/// <param name="Deleted">The next run deletes them.</param>
/// <param name="Exempt">No rule keeps them, and they stay all the same: protected, or in use.</param>
/// <param name="Kept">How many the rules keep.</param>
public sealed record RetentionPreview(IReadOnlyList<SnapshotInfo> Deleted, IReadOnlyList<SnapshotInfo> Exempt, int Kept);
