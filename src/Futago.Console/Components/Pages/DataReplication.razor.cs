using Futago.Console.Client.DataReplication;
using Futago.Console.Client.Tasks;
using Futago.Console.Components.Dialogs;
using Futago.Console.Components.Presentation;
using Futago.Console.Resources;
using Microsoft.AspNetCore.Components;

namespace Futago.Console.Components.Pages;

/// <summary>Data replication tasks of this node, and the agent that others copy to.</summary>
public sealed partial class DataReplication
{
    private IReadOnlyList<ReplicationTaskView> _tasks = [];
    private AgentView? _agent;

    [Inject]
    public required IDataReplication Service { get; init; }

    [Inject]
    public required IReplicationAgent Agent { get; init; }

    [Inject]
    public required ITasks Tasks { get; init; }

    protected override Task OnInitializedAsync() => ReadAsync();

    protected override async Task ReadTasksAsync()
    {
        _tasks = await Service.ListAsync();
        _agent = await Agent.GetAsync();
    }

    private async Task CreateAsync()
    {
        if (await ShowAsync<ReplicationTaskDialog>(DataReplicationText.Create))
            await ReadAsync();
    }

    private async Task EditAsync(ReplicationTaskView row)
    {
        if (await ShowAsync<ReplicationTaskDialog>(Sentence.Of(DataReplicationText.EditTitle, row.Task.Name), (nameof(ReplicationTaskDialog.Existing), row)))
            await ReadAsync();
    }

    private async Task StartAsync(ReplicationTaskView row)
    {
        await RunAsync(() => Service.StartAsync(row.Task.Name), DataReplicationText.StartedNow);
        await ReadAsync();
    }

    private Task<bool> StopAsync(RunView run) => RunAsync(() => Tasks.StopRunAsync(run.Id), TasksText.Stopping);

    private async Task DeleteAsync(ReplicationTaskView row)
    {
        if (await ShowAsync<ConsequenceDialog>(
            Sentence.Of(DataReplicationText.DeleteTitle, row.Task.Name),
            (nameof(ConsequenceDialog.Text), DataReplicationText.DeleteText),
            (nameof(ConsequenceDialog.ConfirmName), row.Task.Name),
            (nameof(ConsequenceDialog.ActionLabel), CommonText.Delete),
            (nameof(ConsequenceDialog.Action), (Func<string, Task>)(typed => Service.DeleteAsync(row.Task.Name, typed)))))
            await ReadAsync();
    }

    private async Task ToggleAgentAsync()
    {
        if (_agent is { Enabled: false })
            await RunAsync(() => Agent.UpdateAsync(new UpdateAgentRequest(true)), DataReplicationText.AgentEnabled);
        else if (await ShowAsync<ConsequenceDialog>(
            DataReplicationText.AgentDisable,
            (nameof(ConsequenceDialog.Text), DataReplicationText.AgentDisableText),
            (nameof(ConsequenceDialog.Consequences), (string[])[DataReplicationText.AgentDisableRuns, DataReplicationText.AgentDisableKeeps]),
            (nameof(ConsequenceDialog.Danger), _agent?.Engine is { Connections: > 0 }),
            (nameof(ConsequenceDialog.ActionLabel), DataReplicationText.AgentDisable),
            (nameof(ConsequenceDialog.Action), (Func<string, Task>)(_ => Agent.UpdateAsync(new UpdateAgentRequest(false))))))
            Notifications.Notify(Radzen.NotificationSeverity.Success, DataReplicationText.AgentDisabled);
        await ReadAsync();
    }

    private async Task SetShareAsync(AgentShareView? share)
    {
        if (await ShowAsync<AgentShareDialog>(DataReplicationText.AgentShareSet, (nameof(AgentShareDialog.Existing), share)))
            await ReadAsync();
    }

    private async Task RemoveShareAsync(AgentShareView share)
    {
        if (await ShowAsync<ConsequenceDialog>(
            Sentence.Of(DataReplicationText.AgentShareRemoveTitle, share.Share),
            (nameof(ConsequenceDialog.Text), Sentence.Of(DataReplicationText.AgentShareRemoveText, share.Share, share.User)),
            (nameof(ConsequenceDialog.Consequences), (string[])[DataReplicationText.AgentShareRemoveKeeps]),
            (nameof(ConsequenceDialog.ActionLabel), CommonText.Remove),
            (nameof(ConsequenceDialog.Action), (Func<string, Task>)(_ => Agent.RemoveShareAsync(share.Share)))))
            Notifications.Notify(Radzen.NotificationSeverity.Success, DataReplicationText.AgentShareRemoved);
        await ReadAsync();
    }

    private static string? AgentProblem(AgentView agent) =>
        agent.Engine is not { } engine ? null : engine.Reason is { } reason ? ProblemText.Describe(reason) : engine.Problem;

    private static StateLabel AgentState(AgentView agent) => agent switch
    {
        { Enabled: false } => new(DataReplicationText.AgentOff, Tone.Neutral, "power_settings_new"),
        { Engine.Listening: true } => new(DataReplicationText.AgentListening, Tone.Good, "check_circle"),
        _ => new(DataReplicationText.AgentNotListening, Tone.Bad, "error"),
    };

    private static string SourceOf(ReplicationSettings settings) => string.IsNullOrEmpty(settings.Folder) ? settings.Source : $"{settings.Source}/{settings.Folder}";

    private static string DestinationOf(ReplicationSettings settings) =>
        settings.Destination is null ? $"{settings.Share} ({DataReplicationText.ThisNode})" : $"{settings.Destination}: {settings.Share}";
}
