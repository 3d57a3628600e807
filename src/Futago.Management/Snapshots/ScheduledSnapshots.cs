using Futago.Console.Client.Snapshots;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Snapshots;
using Futago.Management.Node;
using Futago.Management.Tasks;

namespace Futago.Management.Snapshots;

/// <summary>The snapshots of one schedule, and what its rules mean for them.</summary>
public sealed class ScheduledSnapshots(EngineClient engine, IConfigurationStore store, TimeProvider time)
{
    /// <summary>Those that the schedule itself took of its volume, oldest first. No others are ever touched.</summary>
    public async Task<IReadOnlyList<SnapshotInfo>> ListAsync(ScheduledTask task, CancellationToken cancellation)
    {
        var all = await engine.ListSnapshotsAsync(cancellation);
        return [.. all.Where(s => Owns(task, s)).OrderBy(s => s.CreatedAt)];
    }

    public static bool Owns(ScheduledTask task, SnapshotInfo snapshot) =>
        snapshot is { Origin: SnapshotOrigin.Schedule, Temporary: false, Problem: null } && snapshot.Owner == OwnerOf(task)
        && snapshot.VolumeId == SnapshotTaskKind.Settings(task).VolumeId;

    public static string OwnerOf(ScheduledTask task) => task.Id.ToString();

    public async Task<RetentionPreview> PreviewAsync(ScheduledTask task, RetentionRules rules, CancellationToken cancellation)
    {
        var own = await ListAsync(task, cancellation);
        var outdated = SnapshotRetention.Outdated(own, rules, time.LocalTimeZone);
        // A LUN of a stopped target does not count as a user in the engine.
        var luns = outdated.Count == 0
            ? []
            : (await store.ReadAsync(cancellation)).Targets.SelectMany(t => t.Luns).Select(l => l.VolumeId).ToHashSet();
        bool IsExempt(SnapshotInfo s) => s.Protected || s.UsedBy.Count > 0 || luns.Contains(s.Id);
        return new RetentionPreview([.. outdated.Where(s => !IsExempt(s))], [.. outdated.Where(IsExempt)], own.Count - outdated.Count);
    }
}
