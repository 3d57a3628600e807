using Futago.Console.Client.Volumes;
using Futago.Console.Components.Dialogs;
using Futago.Console.Components.Presentation;
using Futago.Console.Resources;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Volumes;
using Microsoft.AspNetCore.Components;

namespace Futago.Console.Components.Pages;

/// <summary>Disks and disk image files, what is on them and what they are used for.</summary>
public sealed partial class Units
{
    [Inject]
    public required IVolumeManager Manager { get; init; }

    private static string KindOf(UnitInfo unit)
    {
        var kind = unit.Kind == UnitKind.Image ? UnitsText.KindImage : UnitsText.KindDisk;
        string?[] parts = [kind, unit.Model, unit.Serial is null ? null : Sentence.Of(UnitsText.Serial, unit.Serial)];
        return string.Join(" · ", parts.Where(part => !string.IsNullOrWhiteSpace(part)));
    }

    private Task<bool> CreateImageAsync() =>
        ShowAsync<CreateImageDialog>(UnitsText.CreateImage, (nameof(CreateImageDialog.Taken), (string[])[.. Live.Units.Select(u => u.Path)]));

    private async Task CreateGroupAsync(UnitInfo unit)
    {
        var created = await ShowForAsync<CreateGroupDialog>(
            GroupsText.Create,
            (nameof(CreateGroupDialog.Units), Live.Units),
            (nameof(CreateGroupDialog.GroupNames), (string[])[.. Live.Groups.Select(g => g.Name)]),
            (nameof(CreateGroupDialog.UnitPath), unit.Path));
        if (created is GroupInfo group)
            Navigation.NavigateTo(ConsoleRoutes.Group(group.Name));
    }

    private async Task ImportAsync(UnitInfo unit)
    {
        if (await ShowForAsync<ImportGroupDialog>(GroupsText.ImportTitle, (nameof(ImportGroupDialog.Unit), unit)) is GroupInfo group)
            Navigation.NavigateTo(ConsoleRoutes.Group(group.Name));
    }

    private Task<bool> DeleteImageAsync(UnitInfo unit) => ShowAsync<ConsequenceDialog>(
        UnitsText.DeleteImage,
        (nameof(ConsequenceDialog.Text), Sentence.Of(UnitsText.DeleteImageText, unit.Path)),
        (nameof(ConsequenceDialog.Consequences), (string[])[Sentence.Of(UnitsText.DeleteImageLoses, ByteSize.Format(unit.SizeBytes), PhraseText.Content(unit) ?? CommonText.Nothing)]),
        (nameof(ConsequenceDialog.ConfirmName), unit.Path),
        (nameof(ConsequenceDialog.ActionLabel), CommonText.Delete),
        (nameof(ConsequenceDialog.Action), (Func<string, Task>)(typed => Manager.DeleteImageAsync(unit.Path, typed))));
}
