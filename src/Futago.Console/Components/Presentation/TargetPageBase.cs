using Futago.Console.Client.Targets;
using Futago.Console.Components.Dialogs;
using Futago.Console.Resources;
using Futago.Engine.Contracts.Iscsi;
using Microsoft.AspNetCore.Components;

namespace Futago.Console.Components.Presentation;

/// <summary>Pages that show targets: what is configured, read again when it changed, with the live state from the engine.</summary>
public abstract class TargetPageBase : ConsolePage
{
    private long _readRevision = -1;

    [Inject]
    public required ITargets Service { get; init; }

    /// <summary>Reads the configuration.</summary>
    protected abstract Task ReadAsync();

    protected override async Task OnLiveChangedAsync()
    {
        // The revision moves when somebody else, or a script, changes a target.
        if (Live.Node?.ConfigurationRevision is { } revision && revision != _readRevision)
        {
            await ReadAsync();
            _readRevision = revision;
        }
        Merge();
    }

    /// <summary>Puts <see cref="WithLiveStatus"/> of what is shown in its place.</summary>
    protected abstract void Merge();

    protected TargetView WithLiveStatus(TargetView target) =>
        Live.Connected && Live.Targets.FirstOrDefault(t => t.Id == target.Id) is { } status ? target with { Status = status } : target;

    protected async Task StartAsync(TargetView target)
    {
        if (await RunAsync(() => Service.StartAsync(target.Name), Sentence.Of(TargetsText.StartedDone, target.Name)))
            await ReadAsync();
    }

    /// <summary>Stopping disturbs whoever is connected, so that it asks.</summary>
    protected async Task StopAsync(TargetView target)
    {
        IReadOnlyList<SessionInfo> sessions = target.Status?.Sessions ?? [];
        if (await ShowAsync<ConsequenceDialog>(
            TargetsText.StopTitle,
            (nameof(ConsequenceDialog.Text), Sentence.Of(sessions.Count == 0 ? TargetsText.StopText : TargetsText.StopTextSessions, target.Name)),
            (nameof(ConsequenceDialog.Consequences), (string[])[.. sessions.Select(s => Sentence.Of(TargetsText.StopLine, s.InitiatorName))]),
            (nameof(ConsequenceDialog.Danger), sessions.Count > 0),
            (nameof(ConsequenceDialog.ActionLabel), TargetsText.Stop),
            (nameof(ConsequenceDialog.Action), (Func<string, Task>)(_ => Service.StopAsync(target.Name)))))
            await ReadAsync();
    }
}
