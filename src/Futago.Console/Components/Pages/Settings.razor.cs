using Futago.Console.Client.Node;
using Futago.Console.Components.Dialogs;
using Futago.Console.Resources;
using Microsoft.AspNetCore.Components;

namespace Futago.Console.Components.Pages;

/// <summary>The node's name, versions and portals.</summary>
public sealed partial class Settings
{
    private SettingsView? _settings;
    private NodeView? _node;
    private long? _readRevision;

    [Inject]
    public required INodeSettings Service { get; init; }

    protected override Task OnInitializedAsync() => ReadAsync();

    protected override Task OnLiveChangedAsync() => Live.Node?.ConfigurationRevision == _readRevision ? Task.CompletedTask : ReadAsync();

    private Task ReadAsync() => LoadAsync(async () =>
    {
        _settings = await Service.GetSettingsAsync();
        _node = await Service.GetNodeAsync();
        _readRevision = Live.Node?.ConfigurationRevision;
    });

    private async Task EditNameAsync()
    {
        if (await ShowAsync<NodeNameDialog>(SettingsText.NodeName, (nameof(NodeNameDialog.Settings), _settings)))
            await ReadAsync();
    }

    private async Task EditPortalsAsync()
    {
        if (await ShowAsync<PortalsDialog>(SettingsText.Portals, (nameof(PortalsDialog.Settings), _settings)))
            await ReadAsync();
    }
}
