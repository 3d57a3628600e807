using Futago.Console.Client.Targets;
using Futago.Console.Components.Dialogs;
using Futago.Console.Components.Presentation;
using Futago.Console.Resources;
using Futago.Engine.Contracts.Iscsi;
using Microsoft.AspNetCore.Components;

namespace Futago.Console.Components.Controls;

/// <summary>Sessions with what was negotiated, on the sessions page and on each target's.</summary>
public sealed partial class SessionTable
{
    [Inject]
    public required ISessions Service { get; init; }

    [Parameter, EditorRequired]
    public required IReadOnlyList<SessionInfo> Sessions { get; set; }

    [Parameter]
    public bool ShowTarget { get; set; } = true;

    [Parameter]
    public EventCallback OnChanged { get; set; }

    private async Task CloseAsync(SessionInfo session)
    {
        if (await ShowAsync<ConsequenceDialog>(
            SessionsText.CloseTitle,
            (nameof(ConsequenceDialog.Text), Sentence.Of(SessionsText.CloseText, session.InitiatorName)),
            (nameof(ConsequenceDialog.ActionLabel), SessionsText.Close),
            (nameof(ConsequenceDialog.Action), (Func<string, Task>)(_ => Service.CloseAsync(session.Id)))))
            await OnChanged.InvokeAsync();
    }
}
