using System.Globalization;
using Futago.Console.Client.Snapshots;
using Futago.Console.Components.Dialogs;
using Futago.Console.Components.Presentation;
using Futago.Console.Resources;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Snapshots;
using Futago.Engine.Contracts.Volumes;
using Microsoft.AspNetCore.Components;

namespace Futago.Console.Components.Pages;

/// <summary>The snapshots of the node or of one volume.</summary>
public sealed partial class Snapshots
{
    [Inject]
    public required ISnapshotManager Manager { get; init; }

    [Inject]
    public required TimeText Times { get; init; }

    /// <summary>Path of the only volume to show.</summary>
    [SupplyParameterFromQuery]
    public string? Volume { get; set; }

    private IReadOnlyList<SnapshotInfo> Shown => [.. Live.Snapshots.Where(s => Volume is null || VolumeOf(s) == Volume)];

    private IReadOnlyList<VolumeInfo> WithSnapshots => [.. Live.Volumes.Where(v => v.Snapshots is { Count: > 0 }).OrderBy(v => v.Path, StringComparer.Ordinal)];

    private static string VolumeOf(SnapshotInfo snapshot) => $"{snapshot.Group}/{snapshot.Volume}";

    private static string Pause(SnapshotInfo snapshot) =>
        Sentence.Of(SnapshotsText.Milliseconds, (snapshot.PauseMicroseconds / 1000.0).ToString("0.0", CultureInfo.CurrentCulture));

    private static string Used(VolumeInfo volume) => volume.Snapshots!.UsedBytes is { } used ? ByteSize.Format(used) : SnapshotsText.NotMeasured;

    private static string Origin(SnapshotInfo snapshot) => snapshot.Origin switch
    {
        SnapshotOrigin.Rollback => SnapshotsText.OriginRollback,
        SnapshotOrigin.Schedule => SnapshotsText.OriginSchedule,
        SnapshotOrigin.DataReplication => SnapshotsText.OriginDataReplication,
        _ => SnapshotsText.OriginManual,
    };

    private async Task CreateAsync()
    {
        var created = await ShowForAsync<CreateSnapshotDialog>(
            SnapshotsText.Create,
            (nameof(CreateSnapshotDialog.Volumes), Live.Volumes),
            (nameof(CreateSnapshotDialog.Snapshots), Live.Snapshots),
            (nameof(CreateSnapshotDialog.VolumePath), Volume));
        if (created is SnapshotInfo snapshot)
            Notifications.Notify(Radzen.NotificationSeverity.Success, Sentence.Of(SnapshotsText.Created, snapshot.Path, Pause(snapshot)));
    }

    private async Task RollBackAsync(SnapshotInfo snapshot)
    {
        var done = await ShowForAsync<RollBackDialog>(SnapshotsText.RollBackTitle, (nameof(RollBackDialog.Snapshot), snapshot));
        if (done is RollBackResult result)
            Notifications.Notify(Radzen.NotificationSeverity.Success, Sentence.Of(SnapshotsText.RolledBack, VolumeOf(snapshot), result.Safety.Path), duration: 12000);
    }

    private async Task CloneAsync(SnapshotInfo snapshot)
    {
        var made = await ShowForAsync<CloneSnapshotDialog>(SnapshotsText.CloneTitle, (nameof(CloneSnapshotDialog.Snapshot), snapshot), (nameof(CloneSnapshotDialog.Volumes), Live.Volumes));
        if (made is VolumeInfo volume)
            Notifications.Notify(Radzen.NotificationSeverity.Success, Sentence.Of(SnapshotsText.Cloned, volume.Path));
    }

    private Task<bool> ProtectAsync(SnapshotInfo snapshot) => RunAsync(
        () => Manager.UpdateAsync(snapshot.Path, new UpdateSnapshotRequest(!snapshot.Protected)),
        Sentence.Of(snapshot.Protected ? SnapshotsText.ProtectionOff : SnapshotsText.ProtectionOn, snapshot.Path));

    private Task<bool> ReserveAsync(VolumeInfo volume) => ShowAsync<SnapshotReserveDialog>(SnapshotsText.ChangeReserve, (nameof(SnapshotReserveDialog.Volume), volume));

    private Task<bool> DeleteAsync(SnapshotInfo snapshot) => ShowAsync<ConsequenceDialog>(
        SnapshotsText.DeleteTitle,
        (nameof(ConsequenceDialog.Text), Sentence.Of(SnapshotsText.DeleteText, snapshot.Path)),
        (nameof(ConsequenceDialog.Consequences), (string[])[Sentence.Of(SnapshotsText.DeleteLoses, Times.Format(snapshot.CreatedAt))]),
        (nameof(ConsequenceDialog.ConfirmName), snapshot.Name),
        (nameof(ConsequenceDialog.ActionLabel), CommonText.Delete),
        (nameof(ConsequenceDialog.Action), (Func<string, Task>)(typed => Manager.DeleteAsync(snapshot.Path, typed))));
}
