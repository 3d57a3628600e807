using Futago.Console.Client.VolumeReplication;
using Futago.Console.Components.Presentation;
using Futago.Console.Resources;
using Futago.Engine.Contracts;
using Microsoft.AspNetCore.Components;

namespace Futago.Console.Components.Pages;

/// <summary>Both nodes have written: what each has, and the choice of the side that survives. The other side stays as a snapshot.</summary>
public sealed partial class SplitBrain
{
    [Parameter, EditorRequired]
    public required string Name { get; set; }

    private ReplicationChanges? _changes;

    // Both sides stand still, or nearly: once is enough, and again when the page is opened.
    protected override async Task OnInitializedAsync()
    {
        await base.OnInitializedAsync();
        if (Shown is { Status.SplitBrain: not null })
            await LoadAsync(async () => _changes = await Service.GetChangesAsync(Name));
    }

    private VolumeReplicationView? Shown => Tasks.FirstOrDefault(t => t.Name == Name);

    // A sliver stays visible: a single block may be the one that counts.
    private static int ShareOf(long bytes, VolumeReplicationView task) => bytes == 0 ? 0 : Math.Max(1, ReplicationLabels.Percent(bytes, task.SizeBytes));

    private async Task DiscardAsync(VolumeReplicationView task, PairSide loser)
    {
        var here = loser == PairSide.Here;
        var (survivor, gone) = here ? (task.Peer ?? "", VolumeReplicationText.ThisNodeInText) : (VolumeReplicationText.ThisNodeInText, task.Peer ?? "");
        var bytes = task.Status?.SplitBrain is { } split ? here ? split.HereBytes : split.PeerBytes : 0;
        if (await AskAsync(
            Sentence.Of(VolumeReplicationText.KeepSide, survivor), task, Sentence.Of(VolumeReplicationText.DiscardText, survivor, gone),
            [Sentence.Of(VolumeReplicationText.DiscardLoss, gone, ByteSize.Format(bytes)), Sentence.Of(VolumeReplicationText.DiscardSnapshot, gone), VolumeReplicationText.DiscardThen],
            confirm: true, Sentence.Of(VolumeReplicationText.KeepSide, survivor), typed => Service.DiscardSideAsync(task.Name, new DiscardSide(loser, typed))))
            Navigation.NavigateTo(ConsoleRoutes.VolumeReplication(task.Name));
    }
}
