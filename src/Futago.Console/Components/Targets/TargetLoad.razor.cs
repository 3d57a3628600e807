using System.Globalization;
using Futago.Console.Client.Targets;
using Futago.Console.Components.Presentation;
using Futago.Console.Resources;
using Futago.Engine.Contracts.Iscsi;
using Microsoft.AspNetCore.Components;

namespace Futago.Console.Components.Targets;

/// <summary>What a target does, read again while it is looked at.</summary>
public sealed partial class TargetLoad
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly int[] Thresholds = [10, 100, 1000, 10_000];

    private TargetStatistics? _statistics;
    private IReadOnlyList<RecordedCommand> _slow = [];
    private int _thresholdMs = 100;
    private ITimer? _timer;
    private long _readAt;

    [Parameter, EditorRequired]
    public required string Target { get; set; }

    [Inject]
    public required IDiagnostics Diagnostics { get; init; }

    [Inject]
    public required TimeProvider Clock { get; init; }

    [Inject]
    public required TimeText Times { get; init; }

    protected override async Task OnInitializedAsync()
    {
        await ReadAsync();
        _timer = Clock.CreateTimer(_ => ShowChange(), null, Interval, Interval);
    }

    /// <summary>The live status changes more often than there is something new here.</summary>
    protected override Task OnLiveChangedAsync() => Clock.GetElapsedTime(_readAt) >= Interval * 0.9 ? ReadAsync() : Task.CompletedTask;

    protected override void Dispose(bool disposing)
    {
        _timer?.Dispose();
        base.Dispose(disposing);
    }

    private Task ReadAsync()
    {
        _readAt = Clock.GetTimestamp();
        return LoadAsync(async () =>
        {
            _statistics = await Diagnostics.GetStatisticsAsync(Target);
            if (Access.CanOperate)
                _slow = await Diagnostics.ListSlowCommandsAsync(Target, _thresholdMs);
        });
    }

    private Task ChangeThresholdAsync(ChangeEventArgs change)
    {
        _thresholdMs = int.Parse((string)change.Value!, CultureInfo.InvariantCulture);
        return ReadAsync();
    }

    private IReadOnlyList<CommandLoad> By<TKey>(Func<CommandLoad, TKey> key) =>
        [.. _statistics!.Commands.GroupBy(key).Select(group => CommandLoad.Merge([.. group])).OrderByDescending(row => row.Count)];

    private static string LunName(CommandLoad row) => row.Lun < 0 ? DiagnosticsText.OutsideLuns : row.Lun.ToString(CultureInfo.InvariantCulture);

    private static string InitiatorName(CommandLoad row) => row.Initiator.Length == 0 ? DiagnosticsText.OtherInitiators : row.Initiator;

    private PlotSeries[] Operations =>
    [
        Series(DiagnosticsText.Reads, "read", s => s.ReadsPerSecond),
        Series(DiagnosticsText.Writes, "write", s => s.WritesPerSecond),
        Series(DiagnosticsText.Others, "other", s => s.OthersPerSecond),
    ];

    private PlotSeries[] Bytes =>
    [
        Series(DiagnosticsText.Reads, "read", s => s.BytesReadPerSecond),
        Series(DiagnosticsText.Writes, "write", s => s.BytesWrittenPerSecond),
    ];

    private PlotSeries[] Latencies =>
    [
        Series(DiagnosticsText.Reads, "read", s => s.ReadP99Microseconds),
        Series(DiagnosticsText.Writes, "write", s => s.WriteP99Microseconds),
    ];

    private PlotSeries[] Depth => [Series(DiagnosticsText.Outstanding, "other", s => s.QueueDepth)];

    private PlotSeries Series(string name, string kind, Func<LoadSample, double> value) => new(name, kind, [.. _statistics!.History.Select(value)]);

    private static string Number(double value) => value.ToString(value < 1 ? "0.##" : value < 10 ? "0.#" : "N0", CultureInfo.CurrentCulture);
}
