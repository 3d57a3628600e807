using System.Globalization;
using Futago.Console.Client.Events;
using Futago.Console.Client.Network;
using Futago.Console.Client.Pairing;
using Futago.Console.Client.Targets;
using Futago.Console.Client.Tasks;
using Futago.Console.Components.Presentation;
using Futago.Console.Resources;
using Microsoft.AspNetCore.Components;

namespace Futago.Console.Components.Pages;

/// <summary>What is wrong first; then how much there is, what to do next and what happened last.</summary>
public sealed partial class Overview
{
    private const int ShownEvents = 8;

    private IReadOnlyList<TargetView> _targets = [];
    private IReadOnlyList<EventView> _events = [];
    private IReadOnlyList<TaskView> _tasks = [];
    private (long? Revision, long? Event, long Run) _read = (-1, -1, -1);

    [Inject]
    public required ITargets Targets { get; init; }

    [Inject]
    public required IEvents Events { get; init; }

    [Inject]
    public required ITasks Tasks { get; init; }

    [Inject]
    public required ILiveTasks Runs { get; init; }

    [Inject]
    public required ILivePeer Peer { get; init; }

    [Inject]
    public required INicTraffic Traffic { get; init; }

    private IReadOnlyList<WorkItem> Work => WorkItem.Find(Live);

    /// <summary>All NICs with an address together: those without one are parts of others.</summary>
    private PlotSeries[] NetworkLoad
    {
        get
        {
            var nics = Live.Nics.Where(n => n.Addresses.Count > 0).Select(n => Traffic.Of(n.Name)).OfType<NicTraffic>().ToList();
            return
            [
                new(NetworkText.Received, "read", Sum([.. nics.Select(n => n.Received)])),
                new(NetworkText.Sent, "write", Sum([.. nics.Select(n => n.Sent)])),
            ];
        }
    }

    private IReadOnlyList<NodeProblem> Problems => NodeProblem.Find(Live, Peer, _tasks);

    private IReadOnlyList<NextStep> Steps => NextStep.Of(Live, _targets);

    /// <summary>Before the engine has answered for the first time nobody knows how many there are.</summary>
    private string Count(int number) => Live is { Connected: false, Node: null } ? CommonText.None : number.ToString(CultureInfo.CurrentCulture);

    protected override void OnInitialized()
    {
        base.OnInitialized();
        Peer.Changed += ShowChange;
        Runs.Changed += ShowChange;
    }

    protected override Task OnInitializedAsync() => ReadAsync();

    protected override void Dispose(bool disposing)
    {
        Peer.Changed -= ShowChange;
        Runs.Changed -= ShowChange;
        base.Dispose(disposing);
    }

    /// <summary>Second by second, the last ones at the same second.</summary>
    private static double[] Sum(IReadOnlyList<IReadOnlyList<double>> lines)
    {
        var sums = new double[lines.Select(l => l.Count).DefaultIfEmpty(0).Max()];
        foreach (var line in lines)
        {
            for (var i = 0; i < line.Count; i++)
                sums[sums.Length - line.Count + i] += line[i];
        }
        return sums;
    }

    private (long? Revision, long? Event, long Run) Moment => (Live.Node?.ConfigurationRevision, Live.Node?.LastEventNumber, Runs.Version);

    protected override Task OnLiveChangedAsync() => _read == Moment ? Task.CompletedTask : ReadAsync();

    private Task ReadAsync() => LoadAsync(async () =>
    {
        var moment = Moment;
        _targets = await Targets.ListAsync();
        _events = await Events.ListAsync(new EventQuery(Limit: ShownEvents));
        _tasks = await Tasks.ListAsync();
        _read = moment;
    });
}
