using Futago.Console.Components.Dialogs;
using Futago.Console.Components.Presentation;
using Futago.Console.Resources;
using Futago.Engine.Contracts.Volumes;
using Microsoft.AspNetCore.Components;

namespace Futago.Console.Components.Pages;

/// <summary>The logical volumes of the node or of one group.</summary>
public sealed partial class Volumes
{
    private bool _asked;

    [SupplyParameterFromQuery]
    public string? Group { get; set; }

    /// <summary>Set by links that lead straight to the creation dialog.</summary>
    [SupplyParameterFromQuery]
    public string? New { get; set; }

    private IReadOnlyList<VolumeInfo> Shown =>
        [.. Live.Volumes.Where(v => Group is null || v.Group == Group).OrderBy(v => v.Path, StringComparer.Ordinal)];

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (New is null || _asked || !Access.CanAdminister)
            return;
        _asked = true;
        await CreateAsync();
    }

    private async Task CreateAsync()
    {
        var created = await ShowForAsync<CreateVolumeDialog>(
            VolumesText.Create,
            (nameof(CreateVolumeDialog.Groups), Live.Groups),
            (nameof(CreateVolumeDialog.Volumes), Live.Volumes),
            (nameof(CreateVolumeDialog.GroupName), Group));
        if (New is not null)
            Navigation.NavigateTo(ConsoleRoutes.VolumesOf(Group), replace: true);
        if (created is VolumeInfo volume)
            Notifications.Notify(Radzen.NotificationSeverity.Success, Sentence.Of(VolumesText.Created, volume.Path));
    }
}
