using System.Globalization;
using Futago.Console.Client.Volumes;
using Futago.Console.Components.Dialogs;
using Futago.Console.Components.Presentation;
using Futago.Console.Resources;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Iscsi;
using Futago.Engine.Contracts.Volumes;
using Microsoft.AspNetCore.Components;

namespace Futago.Console.Components.Pages;

/// <summary>One volume group: where its space went, and its volumes.</summary>
public sealed partial class GroupPage
{
    [Inject]
    public required IVolumeManager Manager { get; init; }

    [Parameter]
    public required string Name { get; set; }

    private GroupInfo? Group => Live.Groups.FirstOrDefault(g => g.Name == Name);

    private UnitInfo? Unit => Live.Units.FirstOrDefault(u => u.Path == Group?.UnitPath);

    private IReadOnlyList<VolumeInfo> Volumes => [.. Live.Volumes.Where(v => v.Group == Name)];

    private static string Percent(long part, long whole) =>
        whole <= 0 ? "–" : (100.0 * part / whole).ToString("0.#", CultureInfo.CurrentCulture) + "%";

    private async Task ExportAsync()
    {
        if (await ShowAsync<ConsequenceDialog>(
            GroupsText.ExportTitle,
            (nameof(ConsequenceDialog.Text), Sentence.Of(InUse ? GroupsText.InUseBlocked : GroupsText.ExportText, Name)),
            (nameof(ConsequenceDialog.Consequences), Lines(GroupsText.ExportLine)),
            (nameof(ConsequenceDialog.Danger), false),
            (nameof(ConsequenceDialog.Blocked), InUse),
            (nameof(ConsequenceDialog.ActionLabel), GroupsText.Export),
            (nameof(ConsequenceDialog.Action), (Func<string, Task>)(_ => Manager.ExportGroupAsync(Name)))))
            Navigation.NavigateTo(ConsoleRoutes.Groups);
    }

    private async Task DestroyAsync()
    {
        if (await ShowAsync<ConsequenceDialog>(
            GroupsText.DestroyTitle,
            (nameof(ConsequenceDialog.Text), Sentence.Of(InUse ? GroupsText.InUseBlocked : GroupsText.DestroyText, Name)),
            (nameof(ConsequenceDialog.Consequences), Lines(GroupsText.DestroyLine)),
            (nameof(ConsequenceDialog.Blocked), InUse),
            (nameof(ConsequenceDialog.ConfirmName), Name),
            (nameof(ConsequenceDialog.ActionLabel), GroupsText.Destroy),
            (nameof(ConsequenceDialog.Action), (Func<string, Task>)(typed => Manager.DestroyGroupAsync(Name, typed)))))
            Navigation.NavigateTo(ConsoleRoutes.Groups);
    }

    /// <summary>The node would refuse to take the group away; better said before a name is typed than after.</summary>
    private bool InUse => Volumes.Any(v =>
        Live.Targets.Any(t => t.State != TargetState.Stopped && t.Luns.Any(l => l.BackingStorePath == v.Path || l.BackingStorePath?.StartsWith(v.Path + ":", StringComparison.Ordinal) == true))
        || Live.Shares.Any(s => s.VolumeId == v.Id)
        || Live.Replications.Any(r => r.VolumeId == v.Id));

    private string[] Lines(string format) => InUse
        ? [.. Volumes.Where(v => v.UsedBy.Count > 0).Select(v => Sentence.Of(GroupsText.InUseLine, v.Path, string.Join(" · ", PhraseText.Users(v))))]
        : [.. Volumes.Select(v => Sentence.Of(format, v.Path, ByteSize.Format(v.SizeBytes))
            + (v.UsedBy.Count > 0 ? " " + Sentence.Of(GroupsText.InUseBy, string.Join(" · ", PhraseText.Users(v))) : ""))];
}
