using Futago.Console.Client.Snapshots;
using Futago.Console.Components.Dialogs;
using Futago.Console.Components.Presentation;
using Futago.Console.Resources;
using Microsoft.AspNetCore.Components;

namespace Futago.Console.Components.Controls;

/// <summary>The snapshot schedules of the node or of one volume, on the page of the snapshots.</summary>
public sealed partial class SnapshotScheduleList
{
    private IReadOnlyList<SnapshotScheduleView> _schedules = [];

    [Inject]
    public required ISnapshotSchedules Schedules { get; init; }

    /// <summary>Path of the only volume to show.</summary>
    [Parameter]
    public string? Volume { get; set; }

    private IReadOnlyList<SnapshotScheduleView> Shown => [.. _schedules.Where(s => Volume is null || s.Settings.Volume == Volume)];

    /// <summary>"hours: 24 · days: 7".</summary>
    public static string RulesOf(RetentionRules rules)
    {
        (int Count, string Text)[] all =
        [
            (rules.Last, SnapshotsText.RuleLast), (rules.Hours, SnapshotsText.RuleHours), (rules.Days, SnapshotsText.RuleDays),
            (rules.Weeks, SnapshotsText.RuleWeeks), (rules.Months, SnapshotsText.RuleMonths), (rules.Years, SnapshotsText.RuleYears),
        ];
        return string.Join(" · ", all.Where(r => r.Count > 0).Select(r => Sentence.Of(r.Text, r.Count)));
    }

    protected override Task OnInitializedAsync() => ReadAsync();

    protected override async Task ReadTasksAsync()
    {
        _schedules = await Schedules.ListAsync();
    }

    private async Task CreateAsync()
    {
        if (await ShowAsync<SnapshotScheduleDialog>(
            SnapshotsText.CreateSchedule, (nameof(SnapshotScheduleDialog.Volumes), Live.Volumes), (nameof(SnapshotScheduleDialog.VolumePath), Volume)))
            await ReadAsync();
    }

    private async Task EditAsync(SnapshotScheduleView row)
    {
        if (await ShowAsync<SnapshotScheduleDialog>(Sentence.Of(SnapshotsText.EditSchedule, row.Task.Name), (nameof(SnapshotScheduleDialog.Existing), row)))
            await ReadAsync();
    }

    private async Task StartAsync(SnapshotScheduleView row)
    {
        await RunAsync(() => Schedules.StartAsync(row.Task.Name), Sentence.Of(SnapshotsText.RanNow, row.Task.Name));
        await ReadAsync();
    }

    private async Task DeleteAsync(SnapshotScheduleView row)
    {
        if (await ShowAsync<ConsequenceDialog>(
            Sentence.Of(SnapshotsText.DeleteSchedule, row.Task.Name),
            (nameof(ConsequenceDialog.Text), SnapshotsText.DeleteScheduleText),
            (nameof(ConsequenceDialog.ConfirmName), row.Task.Name),
            (nameof(ConsequenceDialog.ActionLabel), CommonText.Delete),
            (nameof(ConsequenceDialog.Action), (Func<string, Task>)(typed => Schedules.DeleteAsync(row.Task.Name, typed)))))
            await ReadAsync();
    }
}
