using Futago.Console.Client.Failover;
using Futago.Console.Client.Pairing;
using Futago.Console.Client.VolumeReplication;
using Futago.Console.Components.Dialogs;
using Futago.Console.Components.Failover;
using Futago.Console.Components.Presentation;
using Futago.Console.Resources;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Failover;
using Microsoft.AspNetCore.Components;

namespace Futago.Console.Components.Pages;

/// <summary>The failover manager: how both nodes are, what can be done and why not, what has to be right first, what has been.</summary>
public sealed partial class FailoverPage
{
    /// <summary>While the failover manager is stopped the checks follow what changes, this often at most.</summary>
    private static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(10);

    private FailoverView? _read;
    private FailoverChecks? _checks;
    private IReadOnlyList<VolumeReplicationView> _tasks = [];
    private (long?, bool, Problem?) _seen;
    private long _checkedAt;
    private bool _checking;

    [Inject]
    public required IFailover Service { get; init; }

    [Inject]
    public required IVolumeReplications Replications { get; init; }

    [Inject]
    public required ILivePeer Peer { get; init; }

    [Inject]
    public required TimeProvider Time { get; init; }

    /// <summary>What is configured comes with each reading, what is with the live status.</summary>
    private FailoverView? View => _read is null ? null : _read with { Status = Live.Connected && Live.Failover?.Id == _read.Definition?.Id ? Live.Failover : null };

    private FailoverStatus? Status => View?.Status;

    private (long?, bool, Problem?) Seen => (Live.Node?.ConfigurationRevision, Live.Connected, Peer.Status?.FailoverProblem);

    protected override void OnInitialized()
    {
        base.OnInitialized();
        Peer.Changed += ShowChange;
    }

    protected override async Task OnInitializedAsync()
    {
        await ReadAsync();
        await CheckAsync();
    }

    protected override void Dispose(bool disposing)
    {
        Peer.Changed -= ShowChange;
        base.Dispose(disposing);
    }

    protected override async Task OnLiveChangedAsync()
    {
        if (_seen != Seen)
            await ReadAsync();
        if (Status is not { Running: true } && Time.GetElapsedTime(_checkedAt) > CheckInterval)
            _ = InvokeAsync(CheckAsync);
    }

    private Task ReadAsync() => LoadAsync(async () =>
    {
        _seen = Seen;
        _read = await Service.GetAsync();
        _tasks = _read.Definition is null ? [] : await Replications.ListAsync();
    });

    // Both nodes are asked, and that takes a moment: the page is there before.
    private async Task CheckAsync()
    {
        if (_checking || _read is null)
            return;
        (_checking, _checkedAt) = (true, Time.GetTimestamp());
        try
        {
            _checks = await Service.CheckAsync();
        }
        catch (ProblemException e)
        {
            _checks = new FailoverChecks(false, [new FailoverCheck("check", CheckLevel.Error, e.Problem)]);
        }
        finally
        {
            _checking = false;
            StateHasChanged();
        }
    }

    private VolumeReplicationView Now(VolumeReplicationView task) =>
        task with { Status = Live.Connected ? Live.Replications.FirstOrDefault(r => r.Id == task.Id) : null };

    private async Task CopyTargetsAsync()
    {
        await ShowAsync<ConsequenceDialog>(
            FailoverText.CopyTargets,
            (nameof(ConsequenceDialog.Text), Sentence.Of(FailoverText.CopyTargetsText, View?.Peer)),
            (nameof(ConsequenceDialog.Consequences), (IReadOnlyList<string>)[FailoverText.CopyTargetsLoss]),
            (nameof(ConsequenceDialog.ActionLabel), FailoverText.CopyTargets),
            (nameof(ConsequenceDialog.Action), (Func<string, Task>)(_ => Service.CopyTargetsAsync())));
        await AgainAsync();
    }

    private async Task EditAsync(FailoverParts part)
    {
        await ShowAsync<FailoverPartDialog>(FailoverSetUp.Title(part), (nameof(FailoverPartDialog.Part), part), (nameof(FailoverPartDialog.Definition), View?.Definition));
        await AgainAsync();
    }

    private async Task DeleteAsync()
    {
        await ShowAsync<ConsequenceDialog>(
            FailoverText.DeleteTitle,
            (nameof(ConsequenceDialog.Text), FailoverText.DeleteWhat),
            (nameof(ConsequenceDialog.Consequences), (IReadOnlyList<string>)[FailoverText.DeleteStays]),
            (nameof(ConsequenceDialog.ConfirmName), View!.Node),
            (nameof(ConsequenceDialog.ActionLabel), CommonText.Delete),
            (nameof(ConsequenceDialog.Action), (Func<string, Task>)(typed => Service.DeleteAsync(new DeleteFailover(typed)))));
        await AgainAsync();
    }

    private async Task AgainAsync()
    {
        await ReadAsync();
        await CheckAsync();
    }
}
