using Futago.Console.Components.Dialogs;
using Futago.Console.Components.Presentation;
using Futago.Console.Resources;
using Futago.Engine.Contracts.Replication;
using Futago.Engine.Contracts.Volumes;
using Microsoft.AspNetCore.Components;

namespace Futago.Console.Components.Controls;

/// <summary>Logical volumes with what can be done to them, on the volumes page and on each group's.</summary>
public sealed partial class VolumeTable
{
    [Parameter, EditorRequired]
    public required IReadOnlyList<VolumeInfo> Volumes { get; set; }

    [Parameter]
    public bool ShowGroup { get; set; } = true;

    private ReplicationStatus? ReplicationOf(VolumeInfo volume) => Live.Replications.FirstOrDefault(r => r.VolumeId == volume.Id);

    private IEnumerable<(string Target, int Lun)> UsersOf(VolumeInfo volume) =>
        from target in Live.Targets
        from lun in target.Luns
        where lun.BackingStorePath == volume.Path
        select (target.Name, lun.Lun);

    private async Task ExpandAsync(VolumeInfo volume)
    {
        if (Live.Groups.FirstOrDefault(g => g.Name == volume.Group) is { } group)
            await ShowAsync<ExpandVolumeDialog>(VolumesText.ExpandTitle, (nameof(ExpandVolumeDialog.Volume), volume), (nameof(ExpandVolumeDialog.Group), group));
    }

    private Task<bool> RenameAsync(VolumeInfo volume) =>
        ShowAsync<RenameVolumeDialog>(VolumesText.RenameTitle, (nameof(RenameVolumeDialog.Volume), volume));

    private Task<bool> ModeAsync(VolumeInfo volume) =>
        ShowAsync<ReplicationModeDialog>(Sentence.Of(VolumeReplicationText.ModeOf, volume.Path), (nameof(ReplicationModeDialog.Volume), volume));

    private Task<bool> LimitAsync(VolumeInfo volume) =>
        ShowAsync<InitialisationLimitDialog>(VolumesText.InitialisationLimit, (nameof(InitialisationLimitDialog.Volume), volume));

    private Task<bool> DeleteAsync(VolumeInfo volume) =>
        ShowAsync<DeleteVolumeDialog>(VolumesText.DeleteTitle, (nameof(DeleteVolumeDialog.Volume), volume));
}
