using Futago.Console.Resources;
using Microsoft.AspNetCore.Components;

namespace Futago.Console.Components.Dialogs;

/// <summary>
/// Says what an action will do before it is done. Where data is lost, the name has to be typed: a click alone is a slip away.
/// </summary>
public sealed partial class ConsequenceDialog
{
    private string _typed = "";

    /// <summary>What happens, in one or two sentences.</summary>
    [Parameter, EditorRequired]
    public required string Text { get; set; }

    /// <summary>What is lost and who is disturbed, one line each.</summary>
    [Parameter]
    public IReadOnlyList<string> Consequences { get; set; } = [];

    [Parameter]
    public RenderFragment? Details { get; set; }

    /// <summary>The name that must be typed; null when no data is lost.</summary>
    [Parameter]
    public string? ConfirmName { get; set; }

    [Parameter, EditorRequired]
    public required string ActionLabel { get; set; }

    [Parameter]
    public bool Danger { get; set; } = true;

    /// <summary>True when the action would be refused: the dialog then explains and offers no button.</summary>
    [Parameter]
    public bool Blocked { get; set; }

    /// <summary>Carries it out; gets what was typed.</summary>
    [Parameter, EditorRequired]
    public required Func<string, Task> Action { get; set; }

    protected override IReadOnlyCollection<string> Fields => ["confirm"];

    private bool Confirmed => ConfirmName is null || string.Equals(_typed.Trim(), ConfirmName, StringComparison.Ordinal);

    protected override void Check() => Expect("confirm", Confirmed ? null : FieldsText.ConfirmMismatch);

    protected override async Task<object> ApplyAsync()
    {
        await Action(_typed.Trim());
        return true;
    }
}
