using Futago.Console.Client.VolumeReplication;
using Futago.Console.Components.Presentation;
using Futago.Console.Resources;
using Futago.Engine.Contracts.Replication;
using Microsoft.AspNetCore.Components;

namespace Futago.Console.Components.Pages;

/// <summary>One volume replication task: both sides, what it does now, what a verify found, and the rare decisions.</summary>
public sealed partial class VolumeReplicationDetails
{
    private const int RangesShown = 10;

    /// <summary>Values of a plot, five minutes of them; older ones fall off at the left.</summary>
    private const int Samples = 300;

    private static readonly TimeSpan SampleInterval = TimeSpan.FromSeconds(1);

    private readonly List<double> _local = [];
    private readonly List<double> _peer = [];
    private readonly List<double> _queueing = [];
    private readonly List<double> _localFlush = [];
    private readonly List<double> _peerFlush = [];
    private readonly List<double> _rate = [];
    private ITimer? _timer;

    [Inject]
    public required TimeProvider Clock { get; init; }

    [Parameter, EditorRequired]
    public required string Name { get; set; }

    private IReadOnlyList<PlotSeries> WriteLatency => [new(VolumeReplicationText.ThisNode, "read", _local), new(ShellText.Peer, "write", _peer), new(VolumeReplicationText.StageQueueing, "other", _queueing)];

    private IReadOnlyList<PlotSeries> FlushLatency => [new(VolumeReplicationText.ThisNode, "read", _localFlush), new(ShellText.Peer, "write", _peerFlush)];

    private IReadOnlyList<PlotSeries> ResyncRate => [new(VolumeReplicationText.ResyncRate, "other", _rate)];

    private VolumeReplicationView? Shown => Tasks.FirstOrDefault(t => t.Name == Name);

    protected override void OnInitialized()
    {
        base.OnInitialized();
        // By the clock and not with each change: the time axis must be one.
        _timer = Clock.CreateTimer(_ => _ = InvokeAsync(Sample), null, SampleInterval, SampleInterval);
    }

    // The first values at once: a plot that says 0 for a second would be wrong.
    protected override async Task OnInitializedAsync()
    {
        await base.OnInitializedAsync();
        Sample();
    }

    protected override void Dispose(bool disposing)
    {
        _timer?.Dispose();
        base.Dispose(disposing);
    }

    private void Sample()
    {
        if (Shown?.Status is not { } status)
            return;
        Add(_local, status.Counters.LocalWriteMicroseconds);
        Add(_peer, status.Counters.PeerWriteMicroseconds);
        Add(_queueing, MedianOf(status, ReplicationStage.Queueing));
        Add(_localFlush, MedianOf(status, ReplicationStage.LocalFlush));
        Add(_peerFlush, MedianOf(status, ReplicationStage.PeerFlush));
        Add(_rate, status.Resync?.RateBytesPerSecond ?? 0);
        ShowChange();
    }

    private static double MedianOf(ReplicationStatus status, ReplicationStage stage) =>
        status.Counters.Stages.FirstOrDefault(s => s.Stage == stage)?.MedianMicroseconds ?? 0;

    private static void Add(List<double> values, double value)
    {
        values.Add(value);
        if (values.Count > Samples)
            values.RemoveAt(0);
    }

    private async Task RemoveAsync(VolumeReplicationView task)
    {
        if (await DeleteAsync(task))
            Navigation.NavigateTo(ConsoleRoutes.VolumeReplications);
    }
}
