using Futago.Console.Client.Tasks;
using Futago.Console.Components.Dialogs;
using Futago.Console.Components.Presentation;
using Futago.Console.Resources;
using Microsoft.AspNetCore.Components;

namespace Futago.Console.Components.Pages;

/// <summary>Status → Tasks: what runs, the last weeks, and the task log; the filter is in the address.</summary>
public sealed partial class Tasks
{
    private const int PageSize = 50;

    private IReadOnlyList<TaskView> _tasks = [];
    private IReadOnlyList<RunView> _running = [];
    private IReadOnlyList<TaskLogView> _log = [];
    private string _search = "";
    private TaskLogQuery? _query;

    [Inject]
    public required ITasks Service { get; init; }

    [SupplyParameterFromQuery]
    public string? Task { get; set; }

    [SupplyParameterFromQuery]
    public string? Status { get; set; }

    [SupplyParameterFromQuery]
    public string? Search { get; set; }

    [SupplyParameterFromQuery]
    public long? Before { get; set; }

    private bool Filtered => _query is { Task: not null } or { Status: not null } or { Search: not null };

    protected override async Task OnParametersSetAsync()
    {
        var query = new TaskLogQuery(
            string.IsNullOrWhiteSpace(Task) ? null : Task, null, Enum.TryParse<RunStatus>(Status, ignoreCase: true, out var status) ? status : null,
            string.IsNullOrWhiteSpace(Search) ? null : Search, Before, PageSize);
        if (query == _query)
            return;
        _query = query;
        _search = Search ?? "";
        await ReadAsync();
    }

    protected override async System.Threading.Tasks.Task ReadTasksAsync()
    {
        _running = await Service.ListRunningAsync();
        _tasks = await Service.ListAsync();
        _log = await Service.ListLogAsync(_query!);
    }

    private string RecoveryOf(TaskView task) => task switch
    {
        { Kind: TaskKind.Snapshot, RecoveryPoint: { } point } => Sentence.Of(TasksText.SnapshotLine, Times.Format(point)),
        { Kind: TaskKind.Snapshot } => TasksText.NoSnapshot,
        { Kind: TaskKind.VolumeReplicationVerify } => TaskLabels.Detail(task.LastRun?.Reason, task.LastRun?.Detail) ?? "",
        { RecoveryPoint: { } point } => Sentence.Of(TasksText.RecoveryLine, Times.Format(point)),
        _ => TasksText.NoRecovery,
    };

    private RunProgressView? ProgressOf(RunView run) => TaskLabels.ProgressOf(Live.Runs, run.Id) ?? run.Progress;

    private Task<bool> StopAsync(RunView run) => RunAsync(() => Service.StopRunAsync(run.Id), TasksText.Stopping);

    private Task<bool> ShowRunAsync(Guid run, string name) => ShowAsync<RunDialog>(Sentence.Of(TasksText.RunTitle, name), (nameof(RunDialog.RunId), run));

    private void ApplySearch() => Go(Task, Status, _search.Trim());

    private void Go(string? task, string? status, string? search) => Navigation.NavigateTo(ConsoleRoutes.TasksOf(task, status, search));
}
