using Futago.Console.Resources;
using Futago.Engine.Contracts;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using Radzen;

namespace Futago.Console.Components.Presentation;

/// <summary>What the pages have in common: the person's access, loading with its failure, actions with theirs.</summary>
public abstract class ConsolePage : LiveComponent
{
    [Inject]
    public required DialogService Dialogs { get; init; }

    [Inject]
    public required NotificationService Notifications { get; init; }

    [Inject]
    public required NavigationManager Navigation { get; init; }

    [Inject]
    public required IJSRuntime Script { get; init; }

    [CascadingParameter]
    public UserAccess Access { get; set; } = UserAccess.None;

    /// <summary>Why the page could not be read; null when it could.</summary>
    protected Problem? LoadProblem { get; private set; }

    protected bool Loaded { get; private set; }

    /// <summary>Runs a read of the page's data; a refusal is shown on the page, and what was there before stays.</summary>
    protected async Task LoadAsync(Func<Task> read)
    {
        try
        {
            await read();
            LoadProblem = null;
            Loaded = true;
        }
        catch (ProblemException e)
        {
            LoadProblem = e.Problem;
        }
    }

    /// <summary>Runs an action that needs no dialog; says what it did, or why it was refused. True when it was done.</summary>
    protected async Task<bool> RunAsync(Func<Task> action, string done)
    {
        try
        {
            await action();
        }
        catch (ProblemException e)
        {
            Notifications.Notify(NotificationSeverity.Error, CommonText.NotDone, ProblemText.Describe(e.Problem), duration: 12000);
            return false;
        }
        Notifications.Notify(NotificationSeverity.Success, done);
        return true;
    }

    /// <summary>Shows a dialog and tells whether it was carried out.</summary>
    protected async Task<bool> ShowAsync<TDialog>(string title, params (string Name, object? Value)[] parameters) where TDialog : ComponentBase =>
        await ShowForAsync<TDialog>(title, parameters) is not null;

    /// <summary>Shows a dialog and returns its result; null when it was left without one.</summary>
    protected async Task<object?> ShowForAsync<TDialog>(string title, params (string Name, object? Value)[] parameters) where TDialog : ComponentBase
    {
        // Whoever works with the keyboard goes on where the dialog was opened.
        await Script.InvokeVoidAsync("futago.keepFocus");
        object? result = await Dialogs.OpenAsync<TDialog>(
            title,
            parameters.ToDictionary(p => p.Name, p => p.Value),
            // Focus and Escape: see futago.js.
            new DialogOptions { Width = "36rem", CloseDialogOnEsc = false, AutoFocusFirstElement = false, CssClass = "dialog" });
        await Script.InvokeVoidAsync("futago.returnFocus");
        return result;
    }
}
