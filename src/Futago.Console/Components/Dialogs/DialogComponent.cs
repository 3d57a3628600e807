using Futago.Console.Components.Presentation;
using Futago.Engine.Contracts;
using Microsoft.AspNetCore.Components;
using Radzen;

namespace Futago.Console.Components.Dialogs;

/// <summary>
/// A dialog that asks, checks, acts and closes. A refusal keeps it open, with the reason beside the field that the
/// <see cref="Problem"/> names, or above the buttons when the dialog has no such field.
/// </summary>
public abstract class DialogComponent : ComponentBase
{
    private readonly Dictionary<string, string> _errors = [];

    [Inject]
    public required DialogService Dialogs { get; init; }

    /// <summary>Field names of the request (camelCase) that the dialog has an input for.</summary>
    protected abstract IReadOnlyCollection<string> Fields { get; }

    protected bool Busy { get; private set; }

    /// <summary>While this is true the form shows no fields: what somebody typed would be overwritten by what is being read.</summary>
    protected bool Reading { get; private set; }

    protected Problem? Failure { get; private set; }

    protected Problem? GeneralFailure => Failure is { } failure && !Fields.Contains(failure.Field ?? "") ? failure : null;

    /// <summary>Calls <see cref="Expect"/> for each field.</summary>
    protected abstract void Check();

    /// <summary>Carries the request out; the result closes the dialog.</summary>
    protected abstract Task<object> ApplyAsync();

    /// <summary>A refusal that the dialog has words or fields of its own for: true when it shows it among them.</summary>
    protected virtual Task<bool> TakeAsync(Problem problem) => Task.FromResult(false);

    protected string? ErrorOf(string field) =>
        _errors.GetValueOrDefault(field) ?? (Failure?.Field == field ? ProblemText.Describe(Failure) : null);

    /// <param name="error">The sentence for the field; null when it is right.</param>
    protected void Expect(string field, string? error)
    {
        if (error is not null)
            _errors.TryAdd(field, error);
    }

    /// <summary>Takes back what was said about a field, because its input is not the one that was judged any more.</summary>
    protected void Touch(string field)
    {
        _errors.Remove(field);
        if (Failure?.Field == field)
            Failure = null;
    }

    protected async Task SubmitAsync()
    {
        if (Busy)
            return;
        Failure = null;
        _errors.Clear();
        Check();
        if (_errors.Count > 0)
            return;
        Busy = true;
        try
        {
            Dialogs.Close(await ApplyAsync());
        }
        catch (ProblemException e)
        {
            Failure = await TakeAsync(e.Problem) ? null : e.Problem;
        }
        finally
        {
            Busy = false;
        }
    }

    /// <summary>Reads what the dialog shows; a refusal is shown in it.</summary>
    protected async Task ReadAsync(Func<Task> read)
    {
        Reading = true;
        Failure = null;
        try
        {
            await read();
        }
        catch (ProblemException e)
        {
            Failure = e.Problem;
        }
        finally
        {
            Reading = false;
        }
    }

    protected void Cancel() => Dialogs.Close();
}
