using Futago.Console.Client.Targets;
using Microsoft.AspNetCore.Components;

namespace Futago.Console.Components.Presentation;

/// <summary>A tab of a target's page that can change the target.</summary>
public abstract class TargetPart : ConsolePage
{
    [Inject]
    public required ITargets Service { get; init; }

    [Parameter, EditorRequired]
    public required TargetView Target { get; set; }

    /// <summary>Raised after a change, so that the page reads the target again.</summary>
    [Parameter]
    public EventCallback OnChanged { get; set; }

    protected async Task ShowAndReportAsync<TDialog>(string title, params (string Name, object? Value)[] parameters) where TDialog : ComponentBase
    {
        if (await ShowAsync<TDialog>(title, parameters))
            await OnChanged.InvokeAsync();
    }
}
