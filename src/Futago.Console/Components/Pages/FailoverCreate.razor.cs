using Futago.Console.Client.Failover;
using Futago.Console.Components.Dialogs;
using Futago.Console.Components.Failover;
using Futago.Console.Components.Presentation;
using Futago.Console.Resources;
using Futago.Engine.Contracts;
using Microsoft.AspNetCore.Components;

namespace Futago.Console.Components.Pages;

/// <summary>A failover in one form; beside it both nodes say what they make of it so far.</summary>
public sealed partial class FailoverCreate
{
    private static readonly string[] Fields = ["tasks", "primary", "newVolumes", "virtualIps", "auxiliaries", "pingNodes", "witness", "policy"];

    private static readonly TimeSpan ProgressInterval = TimeSpan.FromMilliseconds(300);

    private FailoverOffer? _offer;
    private FailoverForm? _form;
    private FailoverChecks? _checks;
    private FailoverPlan? _plan;
    private Problem? _failure;
    private bool _checking;
    private bool _changedMeanwhile;
    private bool _busy;

    [Inject]
    public required IFailover Service { get; init; }

    [Inject]
    public required TimeProvider Time { get; init; }

    protected override Task OnInitializedAsync() => Access.CanAdminister ? ReadAsync() : Task.CompletedTask;

    private async Task ReadAsync()
    {
        await LoadAsync(async () =>
        {
            _offer = await Service.OfferAsync();
            _form ??= FailoverForm.Of(null, _offer);
        });
        await CheckAsync();
    }

    private Task ChangedAsync()
    {
        _failure = null;
        return CheckAsync();
    }

    // One look at a time; what was typed while it went on is looked at afterwards.
    private async Task CheckAsync()
    {
        if (_form is null)
            return;
        _changedMeanwhile = true;
        if (_checking)
            return;
        _checking = true;
        try
        {
            while (_changedMeanwhile)
            {
                _changedMeanwhile = false;
                StateHasChanged();
                _checks = await Service.CheckAsync(_form.ToChange(FailoverParts.All, null));
            }
        }
        catch (ProblemException e)
        {
            _checks = new FailoverChecks(false, [new FailoverCheck("check", CheckLevel.Error, e.Problem)]);
        }
        finally
        {
            _checking = false;
        }
    }

    private async Task CreateAsync()
    {
        if (_busy)
            return;
        (_busy, _failure, _plan) = (true, null, null);
        try
        {
            var change = _form!.ToChange(FailoverParts.All, null);
            if (change.NewVolumes is null)
                await Service.CreateAsync(change);
            else if (!await ConfirmedAsync(await Service.PlanAsync(change)))
                return;
            else
                await FollowAsync(change);
            Navigation.NavigateTo(ConsoleRoutes.Failover);
        }
        catch (ProblemException e)
        {
            _failure = e.Problem;
        }
        finally
        {
            _busy = false;
        }
    }

    private Task<bool> ConfirmedAsync(FailoverPlan plan) => ShowAsync<ConsequenceDialog>(
        FailoverText.Create,
        (nameof(ConsequenceDialog.Text), FailoverText.PlanText),
        (nameof(ConsequenceDialog.Consequences), (IReadOnlyList<string>)[.. plan.Steps.Where(s => s.State != FailoverStepState.Done).Select(FailoverLabels.Step)]),
        (nameof(ConsequenceDialog.Danger), false),
        (nameof(ConsequenceDialog.ActionLabel), FailoverText.Create),
        (nameof(ConsequenceDialog.Action), (Func<string, Task>)(_ => Task.CompletedTask)));

    private async Task FollowAsync(FailoverChange change)
    {
        var work = MakeAsync();
        try
        {
            while (!work.IsCompleted)
            {
                _plan = await Service.GetProgressAsync();
                StateHasChanged();
                await Task.WhenAny(work, Task.Delay(ProgressInterval, Time));
            }
        }
        finally
        {
            // How far it came is what matters most when it has failed.
            await Task.WhenAny(work);
            _plan = await Service.GetProgressAsync();
        }
        await work;

        async Task MakeAsync() => await Service.CreateAsync(change);
    }

    private void Back() => Navigation.NavigateTo(ConsoleRoutes.Failover);

    private string? ErrorOf(string field) => _failure is { } failure && failure.Field == field ? ProblemText.Describe(failure) : null;

    private static bool HasField(Problem failure) => Fields.Contains(failure.Field ?? "");
}
