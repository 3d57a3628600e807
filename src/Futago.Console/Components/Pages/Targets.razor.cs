using Futago.Console.Client.Targets;
using Futago.Console.Components.Dialogs;
using Futago.Console.Resources;

namespace Futago.Console.Components.Pages;

/// <summary>The iSCSI targets of the node.</summary>
public sealed partial class Targets
{
    private IReadOnlyList<TargetView> _targets = [];

    protected override Task OnInitializedAsync() => ReadAsync();

    protected override Task ReadAsync() => LoadAsync(async () =>
    {
        _targets = await Service.ListAsync();
        Merge();
    });

    protected override void Merge() => _targets = [.. _targets.Select(WithLiveStatus)];

    private async Task CreateAsync()
    {
        if (await ShowForAsync<CreateTargetDialog>(TargetsText.Create) is TargetView target)
            Navigation.NavigateTo(ConsoleRoutes.Target(target.Name));
    }
}
