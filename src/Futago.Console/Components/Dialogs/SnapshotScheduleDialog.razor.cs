using System.Globalization;
using Futago.Console.Client.Snapshots;
using Futago.Console.Components.Presentation;
using Futago.Console.Resources;
using Futago.Engine.Contracts.Volumes;
using Microsoft.AspNetCore.Components;

namespace Futago.Console.Components.Dialogs;

/// <summary>Creates or changes a snapshot schedule. What new rules would delete is listed before they can be saved.</summary>
public sealed partial class SnapshotScheduleDialog
{
    private readonly List<Rule> _rules =
    [
        new("last", SnapshotsText.KeepLast, r => r.Last, ""),
        new("hours", SnapshotsText.KeepHours, r => r.Hours, "24"),
        new("days", SnapshotsText.KeepDays, r => r.Days, "7"),
        new("weeks", SnapshotsText.KeepWeeks, r => r.Weeks, "4"),
        new("months", SnapshotsText.KeepMonths, r => r.Months, ""),
        new("years", SnapshotsText.KeepYears, r => r.Years, ""),
    ];

    private IReadOnlyList<VolumeInfo> _volumes = [];
    private string _name = "";
    private string _volume = "";
    private string _schedule = "every 1h";
    private bool _enabled = true;
    private bool _confirmed;
    private RetentionPreview? _preview;

    [Inject]
    public required ISnapshotSchedules Schedules { get; init; }

    [Inject]
    public required TimeText Times { get; init; }

    [Parameter]
    public IReadOnlyList<VolumeInfo> Volumes { get; set; } = [];

    /// <summary>The volume to begin with.</summary>
    [Parameter]
    public string? VolumePath { get; set; }

    /// <summary>Null for a new one.</summary>
    [Parameter]
    public SnapshotScheduleView? Existing { get; set; }

    protected override IReadOnlyCollection<string> Fields =>
        ["name", "newName", "volume", "schedule", "retention", .. _rules.ConvertAll(r => r.Field), .. _preview is { Deleted.Count: > 0 } ? (string[])["confirm"] : []];

    protected override async Task OnInitializedAsync()
    {
        if (Existing is { } existing)
        {
            (_name, _schedule, _enabled) = (existing.Task.Name, existing.Task.Schedule ?? "", existing.Task.Enabled);
            foreach (var rule in _rules)
                rule.Text = rule.Of(existing.Settings.Retention) is > 0 and var count ? count.ToString(CultureInfo.InvariantCulture) : "";
            await PreviewAsync();
            return;
        }
        _volumes = [.. Volumes.Where(v => v.State != VolumeState.Failed).OrderBy(v => v.Path, StringComparer.Ordinal)];
        _volume = _volumes.Any(v => v.Path == VolumePath) ? VolumePath! : _volumes.Count > 0 ? _volumes[0].Path : "";
    }

    protected override void Check()
    {
        Expect("name", FieldRules.Required(_name));
        foreach (var rule in _rules)
            Expect(rule.Field, rule.Count is null ? SnapshotsText.KeepInvalid : null);
        if (_rules.TrueForAll(r => r.Count == 0))
            Expect("retention", SnapshotsText.KeepNothing);
        if (Existing is not null && _preview is { Deleted.Count: > 0 } && Retention() != Existing.Settings.Retention && !_confirmed)
            Expect("confirm", SnapshotsText.RetentionUnconfirmed);
    }

    protected override async Task<object> ApplyAsync() => Existing is { Task: var task }
        ? await Schedules.UpdateAsync(task.Name, new UpdateSnapshotSchedule(_name.Trim(), _schedule.Trim(), _enabled, Retention(), _confirmed ? task.Name : null))
        : await Schedules.CreateAsync(new CreateSnapshotSchedule(_name.Trim(), _volume, _schedule.Trim(), Retention()!, _enabled));

    private async Task ChangeRuleAsync(Rule rule, string text)
    {
        rule.Text = text;
        // The yes was to another list.
        _confirmed = false;
        Touch("retention");
        Touch("confirm");
        await PreviewAsync();
    }

    private void Confirm(bool confirmed)
    {
        _confirmed = confirmed;
        Touch("confirm");
    }

    private async Task PreviewAsync()
    {
        _preview = null;
        if (Existing is { Task.Name: var name } && Retention() is { } retention && retention != new RetentionRules())
            await ReadAsync(async () => _preview = await Schedules.PreviewAsync(name, retention));
    }

    /// <summary>Null while a field holds no number.</summary>
    private RetentionRules? Retention() => _rules.ConvertAll(r => r.Count) is [{ } last, { } hours, { } days, { } weeks, { } months, { } years]
        ? new RetentionRules(last, hours, days, weeks, months, years)
        : null;

    private sealed class Rule(string key, string label, Func<RetentionRules, int> of, string text)
    {
        public string Field => key;

        public string Label => label;

        public Func<RetentionRules, int> Of => of;

        public string Text { get; set; } = text;

        /// <summary>0 for an empty field; null when it is not a number.</summary>
        public int? Count => Text.Trim() is { Length: > 0 } typed
            ? int.TryParse(typed, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : null
            : 0;
    }
}
