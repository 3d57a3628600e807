using Bunit;
using Microsoft.AspNetCore.Components;

namespace Futago.Console.Tests;

/// <summary>A dialog on its own: what it says, what it asks for, whether it closed.</summary>
public abstract class DialogContext : PageContext
{
    protected DialogContext()
    {
        // Closing means the dialog that a page opened; here the one on its own stands for it.
        _ = Dialogs.OpenAsync("", _ => _ => { });
        Dialogs.OnClose += result => (Closed, Result) = (true, (object?)result);
    }

    protected bool Closed { get; private set; }

    protected object? Result { get; private set; }

    protected static void Type<TDialog>(IRenderedComponent<TDialog> dialog, string id, string text) where TDialog : IComponent
    {
        // As a browser does: input with the typing, change when the field is left (which a field that has listened to the typing need not hear).
        dialog.Find($"#{id}").Input(text);
        if (dialog.Find($"#{id}") is var field && field.HasAttribute("blazor:onchange"))
            field.Change(text);
    }

    protected static void Submit<TDialog>(IRenderedComponent<TDialog> dialog) where TDialog : IComponent => dialog.Find("form").Submit();

    /// <summary>The sentence beside a field; null when it has none.</summary>
    protected static string? ErrorAt<TDialog>(IRenderedComponent<TDialog> dialog, string id) where TDialog : IComponent =>
        dialog.FindAll($"#{id}-error").Select(e => e.TextContent.Replace("error", "", StringComparison.Ordinal).Trim()).FirstOrDefault();
}
