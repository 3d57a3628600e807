using Futago.Console.Client.VolumeReplication;
using Futago.Console.Components.Dialogs;
using Futago.Console.Resources;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Replication;
using Futago.Engine.Contracts.Volumes;
using Microsoft.AspNetCore.Components;

namespace Futago.Console.Components.Presentation;

/// <summary>
/// What the pages of volume replication have in common: tasks that follow the live status, and what can be done to them, each
/// with a dialog that says what will happen.
/// </summary>
public abstract class VolumeReplicationPage : ConsolePage
{
    private IReadOnlyList<VolumeReplicationView> _read = [];
    private (long? Revision, bool Connected, int Volumes) _seen;

    [Inject]
    public required IVolumeReplications Service { get; init; }

    [Inject]
    public required TimeText Times { get; init; }

    /// <summary>What is configured comes with each reading, what is with the live status.</summary>
    protected IReadOnlyList<VolumeReplicationView> Tasks =>
        [.. _read.Select(t => t with { Status = Live.Connected ? Live.Replications.FirstOrDefault(r => r.Id == t.Id) : null })];

    protected override Task OnInitializedAsync() => ReadAsync();

    protected override Task OnLiveChangedAsync() => _seen == Now ? Task.CompletedTask : ReadAsync();

    protected Task ReadAsync() => LoadAsync(async () =>
    {
        _seen = Now;
        _read = await Service.ListAsync();
    });

    protected static bool MayHeal(VolumeReplicationView task) =>
        task.Status is { Role: ReplicationRole.Source, Connection: ReplicationConnection.Connected, Verify: { FinishedAt: not null, DifferentBytes: > 0 } };

    protected static bool MayVerify(VolumeReplicationView task) => task is { Synced: true, Status: { Role: ReplicationRole.Source, Verify: null or { FinishedAt: not null } } };

    protected async Task StartAsync(VolumeReplicationView task)
    {
        await RunAsync(() => Service.StartAsync(task.Name), Sentence.Of(VolumeReplicationText.StartedNow, task.Name));
        await ReadAsync();
    }

    protected async Task StopAsync(VolumeReplicationView task)
    {
        Problem? peerProblem = null;
        var consequence = (task.Status?.Role ?? task.Role) == ReplicationRole.Source ? VolumeReplicationText.StopSource : VolumeReplicationText.StopDestination;
        if (await AskAsync(VolumeReplicationText.Stop, task, VolumeReplicationText.StopText, [consequence, VolumeReplicationText.StopLater], confirm: false, VolumeReplicationText.Stop,
            async _ => peerProblem = (await Service.StopAsync(task.Name)).PeerProblem))
            TellOfPeer(peerProblem);
    }

    protected Task SwitchAsync(VolumeReplicationView task) => SwitchAsync(task, null);

    protected Task SwitchAsync(VolumeReplicationView task, PairSide? source)
    {
        var toHere = source is { } side ? side == PairSide.Here : task.Status?.Role == ReplicationRole.Destination;
        return AskAsync(VolumeReplicationText.Switch, task, Sentence.Of(VolumeReplicationText.SwitchText, toHere ? VolumeReplicationText.ThisNode : task.Peer ?? ""),
            [Live.Volumes.Any(v => v.Id == task.VolumeId && v.Type == VolumeType.Nas) ? VolumeReplicationText.SwitchShares : VolumeReplicationText.SwitchInitiators, VolumeReplicationText.SwitchOrder], confirm: false, VolumeReplicationText.Switch,
            _ => Service.SwitchAsync(task.Name, new SwitchVolumeReplication(source)));
    }

    protected Task<bool> VerifyAsync(VolumeReplicationView task) =>
        RunAsync(() => Service.StartVerifyAsync(task.Name), Sentence.Of(VolumeReplicationText.VerifyStarted, task.Name));

    protected Task<bool> StopVerifyAsync(VolumeReplicationView task) => RunAsync(() => Service.StopVerifyAsync(task.Name), VolumeReplicationText.VerifyStopped);

    protected Task HealAsync(VolumeReplicationView task) => AskAsync(VolumeReplicationText.Heal, task,
        Sentence.Of(VolumeReplicationText.HealText, ByteSize.Format(task.Status?.Verify?.DifferentBytes ?? 0), task.Peer), [VolumeReplicationText.HealWhich],
        confirm: true, VolumeReplicationText.Heal, typed => Service.HealAsync(task.Name, typed));

    protected Task ClearMetadataAsync(VolumeReplicationView task) => AskAsync(VolumeReplicationText.ClearMetadata, task, VolumeReplicationText.ClearMetadataText,
        [Sentence.Of(VolumeReplicationText.ClearMetadataLoss, task.Volume)], confirm: true, VolumeReplicationText.ClearMetadata,
        typed => Service.ClearMetadataAsync(task.Name, typed));

    protected Task ForceSourceAsync(VolumeReplicationView task) => AskAsync(VolumeReplicationText.ForceSource, task, Sentence.Of(VolumeReplicationText.ForceSourceText, task.Peer),
        [VolumeReplicationText.ForceSourceLoss, VolumeReplicationText.ForceSourceSplit], confirm: true, VolumeReplicationText.ForceSource,
        typed => Service.ForceSourceAsync(task.Name, typed));

    protected async Task LimitAsync(VolumeReplicationView task)
    {
        if (await ShowForAsync<ResyncLimitDialog>(VolumeReplicationText.ResyncLimit, (nameof(ResyncLimitDialog.Task), task)) is not VolumeReplicationResult result)
            return;
        TellOfPeer(result.PeerProblem);
        await ReadAsync();
    }

    protected async Task VerifyScheduleAsync(VolumeReplicationView task)
    {
        if (await ShowForAsync<VerifyScheduleDialog>(VolumeReplicationText.VerifySchedule, (nameof(VerifyScheduleDialog.Task), task)) is not null)
            await ReadAsync();
    }

    protected async Task<bool> DeleteAsync(VolumeReplicationView task)
    {
        if (!await ShowAsync<DeleteVolumeReplicationDialog>(Sentence.Of(VolumeReplicationText.DeleteTitle, task.Name), (nameof(DeleteVolumeReplicationDialog.Task), task)))
            return false;
        await ReadAsync();
        return true;
    }

    protected async Task<bool> AskAsync(
        string what, VolumeReplicationView task, string text, IReadOnlyList<string> consequences, bool confirm, string label, Func<string, Task> action)
    {
        var done = await ShowAsync<ConsequenceDialog>(
            $"{what}: {task.Name}",
            (nameof(ConsequenceDialog.Text), text),
            (nameof(ConsequenceDialog.Consequences), consequences),
            (nameof(ConsequenceDialog.ConfirmName), confirm ? task.Name : null),
            (nameof(ConsequenceDialog.Danger), confirm),
            (nameof(ConsequenceDialog.ActionLabel), label),
            (nameof(ConsequenceDialog.Action), action));
        // Also after a refusal: half a switch has changed something.
        await ReadAsync();
        return done;
    }

    private (long?, bool, int) Now => (Live.Node?.ConfigurationRevision, Live.Connected, Live.Volumes.Count);

    private void TellOfPeer(Problem? problem)
    {
        if (problem is not null)
            Notifications.Notify(Radzen.NotificationSeverity.Warning, VolumeReplicationText.PeerNotTold, ProblemText.Describe(problem), duration: 12000);
    }
}
