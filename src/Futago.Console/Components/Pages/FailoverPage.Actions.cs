using Futago.Console.Client.Failover;
using Futago.Console.Components.Dialogs;
using Futago.Console.Components.Presentation;
using Futago.Console.Resources;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Failover;
using Futago.Engine.Contracts.Replication;

namespace Futago.Console.Components.Pages;

/// <summary>What can be done with the failover manager; each either with a dialog that says what will happen, or with the reason why not.</summary>
public sealed partial class FailoverPage
{
    private bool ActiveHere => Status?.State.IsActive() == true;

    private bool ActiveThere => Status?.Peer is { Visible: true } peer && peer.State.IsActive();

    /// <summary>Why the definition cannot be changed now.</summary>
    private string? ChangeReason => !Live.Connected ? FailoverText.EngineAway : Status is { Running: true } ? FailoverText.StopFirst : null;

    private PageAction StartAction => new("play_arrow", FailoverText.Start, StartReason, StartAsync);

    private IReadOnlyList<PageAction> Actions =>
    [
        .. Status is { Running: true } ? new[] { new PageAction("stop", FailoverText.Stop, StopReason, StopAsync) } : [StartAction],
        .. View?.Definition is null ? [] : WhileRunning,
    ];

    private IReadOnlyList<PageAction> WhileRunning =>
    [
        .. Access.CanAdminister
            ? new[]
            {
                new PageAction("swap_horiz", FailoverText.Switch, SwitchReason, SwitchAsync),
                new PageAction("undo", FailoverText.FailBack, FailBackReason, FailBackAsync),
            }
            : [],
        new("sync", FailoverText.Sync, SyncReason, SyncAsync),
        new("construction", Status is { Maintenance: true } ? FailoverText.MaintenanceEnd : FailoverText.Maintenance, NotRunning, MaintenanceAsync),
        .. Access.CanAdminister && Status is { Running: true } && !ActiveHere && !ActiveThere
            ? new[] { new PageAction("emergency", FailoverText.ServeAnyway, null, ServeAnywayAsync, Danger: true) }
            : [],
    ];

    private string? NotRunning => !Live.Connected ? FailoverText.EngineAway : Status is { Running: true } ? null : FailoverText.ManagerStopped;

    private string? StartReason => !Live.Connected ? FailoverText.EngineAway
        : _checks is null ? FailoverText.Checking
        : Errors is [var wrong, ..] ? ProblemText.Describe(wrong.Outcome)
        : Status is null ? FailoverText.NotKnown : null;

    /// <summary>All that keeps it from being started, each with the place that mends it.</summary>
    private IReadOnlyList<FailoverCheck> Errors => [.. _checks?.Checks.Where(c => c.Level == CheckLevel.Error) ?? []];

    private string? StopReason => NotRunning;

    // The passive node passes it on: that it is not active itself is no reason.
    private string? SwitchReason => NotRunning
        ?? (Status!.SwitchProblem is { } problem && !(problem.Code == ProblemCodes.FailoverNotActive && ActiveThere) ? ProblemText.Describe(problem) : null);

    private string? FailBackReason => NotRunning
        ?? ((ActiveHere && Status!.IsPrimary) || (ActiveThere && !Status!.IsPrimary) ? FailoverText.PrimaryIsActive : SwitchReason);

    private string? SyncReason => NotRunning
        ?? (Status is { Data: DataState.UpToDate, Peer.Data: DataState.UpToDate } ? FailoverText.InSync : Status!.Peer is { Visible: true } ? null : FailoverText.PeerSilent);

    private Task StartAsync() => AskAsync(FailoverText.Start, FailoverText.StartText,
        [Sentence.Of(FailoverText.StartAddress, Addresses), .. Warnings], () => Service.StartAsync(), danger: false);

    private Task StopAsync() => AskAsync(FailoverText.Stop, FailoverText.StopText,
        [Sentence.Of(FailoverText.StopAddress, Addresses), FailoverText.StopLater], () => Service.StopAsync());

    private Task SwitchAsync() => AskAsync(FailoverText.Switch, Sentence.Of(FailoverText.SwitchText, ActiveHere ? View!.Peer : View!.Node),
        [Sentence.Of(FailoverText.SwitchPause, Addresses), FailoverText.SwitchSafe], () => Service.SwitchAsync(), danger: false);

    private Task FailBackAsync() => AskAsync(FailoverText.FailBack, Sentence.Of(FailoverText.FailBackText, Status!.IsPrimary ? View!.Node : View!.Peer),
        [Sentence.Of(FailoverText.SwitchPause, Addresses), FailoverText.SwitchSafe], () => Service.FailBackAsync(), danger: false);

    private Task SyncAsync() => AskAsync(FailoverText.Sync, FailoverText.SyncText, [FailoverText.SyncOverwrites], () => Service.SyncAsync(), danger: false);

    private Task MaintenanceAsync()
    {
        var on = Status is not { Maintenance: true };
        return AskAsync(on ? FailoverText.Maintenance : FailoverText.MaintenanceEnd, on ? FailoverText.MaintenanceText : FailoverText.MaintenanceEndText, [],
            () => Service.SetMaintenanceAsync(new FailoverMaintenance(on)), danger: false);
    }

    private async Task ServeAnywayAsync()
    {
        await ShowAsync<ServeAnywayDialog>(FailoverText.ServeAnyway, (nameof(ServeAnywayDialog.View), View));
        await AgainAsync();
    }

    private string Addresses => string.Join(", ", View?.Definition?.VirtualIps.Select(v => v.Address) ?? []);

    private IEnumerable<string> Warnings => _checks?.Checks.Where(c => c.Level == CheckLevel.Warning).Select(c => ProblemText.Describe(c.Outcome)) ?? [];

    private async Task AskAsync(string title, string text, IReadOnlyList<string> consequences, Func<Task> action, bool danger = true)
    {
        await ShowAsync<ConsequenceDialog>(
            title,
            (nameof(ConsequenceDialog.Text), text),
            (nameof(ConsequenceDialog.Consequences), consequences),
            (nameof(ConsequenceDialog.Danger), danger),
            (nameof(ConsequenceDialog.ActionLabel), title),
            (nameof(ConsequenceDialog.Action), (Func<string, Task>)(_ => action())));
        // Also after a refusal: something may have changed.
        await ReadAsync();
    }

    /// <param name="Reason">Why it cannot be done now; null when it can.</param>
    private sealed record PageAction(string Icon, string Text, string? Reason, Func<Task> Run, bool Danger = false);
}
