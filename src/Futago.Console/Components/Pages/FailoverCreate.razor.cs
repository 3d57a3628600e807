using Futago.Console.Client.Failover;
using Futago.Console.Components.Failover;
using Futago.Console.Components.Presentation;
using Futago.Engine.Contracts;
using Microsoft.AspNetCore.Components;

namespace Futago.Console.Components.Pages;

/// <summary>A failover in one form; beside it both nodes say what they make of it so far.</summary>
public sealed partial class FailoverCreate
{
    private static readonly string[] Fields = ["tasks", "primary", "virtualIps", "auxiliaries", "pingNodes", "witness", "policy"];

    private FailoverOffer? _offer;
    private FailoverForm? _form;
    private FailoverChecks? _checks;
    private Problem? _failure;
    private bool _checking;
    private bool _changedMeanwhile;
    private bool _busy;

    [Inject]
    public required IFailover Service { get; init; }

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
        (_busy, _failure) = (true, null);
        try
        {
            await Service.CreateAsync(_form!.ToChange(FailoverParts.All, null));
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

    private void Back() => Navigation.NavigateTo(ConsoleRoutes.Failover);

    private string? ErrorOf(string field) => _failure is { } failure && failure.Field == field ? ProblemText.Describe(failure) : null;

    private static bool HasField(Problem failure) => Fields.Contains(failure.Field ?? "");
}
