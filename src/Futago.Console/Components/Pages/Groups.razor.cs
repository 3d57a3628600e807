using Futago.Console.Components.Dialogs;
using Futago.Console.Resources;
using Futago.Engine.Contracts.Volumes;

namespace Futago.Console.Components.Pages;

/// <summary>The volume groups of the node.</summary>
public sealed partial class Groups
{
    private async Task CreateAsync()
    {
        var created = await ShowForAsync<CreateGroupDialog>(
            GroupsText.Create,
            (nameof(CreateGroupDialog.Units), Live.Units),
            (nameof(CreateGroupDialog.GroupNames), (string[])[.. Live.Groups.Select(g => g.Name)]));
        if (created is GroupInfo group)
            Navigation.NavigateTo(ConsoleRoutes.Group(group.Name));
    }

    private async Task ImportAsync(UnitInfo unit)
    {
        if (await ShowForAsync<ImportGroupDialog>(GroupsText.ImportTitle, (nameof(ImportGroupDialog.Unit), unit)) is GroupInfo group)
            Navigation.NavigateTo(ConsoleRoutes.Group(group.Name));
    }
}
