using Futago.Console.Client.Targets;
using Futago.Console.Components.Dialogs;
using Futago.Console.Components.Presentation;
using Futago.Console.Resources;
using Futago.Engine.Contracts.Iscsi;
using Microsoft.AspNetCore.Components;

namespace Futago.Console.Components.Pages;

/// <summary>Logins that were turned away, why, and letting them in with one click.</summary>
public sealed partial class RefusedLogins
{
    [Inject]
    public required ITargets Service { get; init; }

    private string? TargetOf(RefusedLogin login) =>
        Live.Targets.FirstOrDefault(t => string.Equals(t.Name, login.TargetName, StringComparison.OrdinalIgnoreCase))?.Name;

    /// <summary>Why an access rule would not help; null when it would.</summary>
    private string? WhyNot(RefusedLogin login, string who) =>
        TargetOf(login) is null ? SessionsText.CannotAllowUnknown
        : login.Reason != RefusalReason.NoAccessRule ? SessionsText.CannotAllowReason
        : who.Length == 0 ? SessionsText.CannotAllowNameless
        : null;

    private async Task AllowAsync(RefusedLogin login, AllowRequest rule, string who)
    {
        var target = TargetOf(login)!;
        if (await ShowAsync<ConsequenceDialog>(
            SessionsText.AllowTitle,
            (nameof(ConsequenceDialog.Text), Sentence.Of(SessionsText.AllowText, who, target)),
            (nameof(ConsequenceDialog.Danger), false),
            (nameof(ConsequenceDialog.ActionLabel), TargetsText.Allow),
            (nameof(ConsequenceDialog.Action), (Func<string, Task>)(_ => Service.AllowAsync(target, rule)))))
            Notifications.Notify(Radzen.NotificationSeverity.Success, Sentence.Of(SessionsText.AllowDone, who));
    }
}
