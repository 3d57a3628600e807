using Futago.Console.Client.Events;
using Futago.Console.Client.Pairing;
using Futago.Console.Client.Targets;
using Futago.Console.Components.Presentation;
using Microsoft.AspNetCore.Components;

namespace Futago.Console.Components.Pages;

/// <summary>What is wrong first; then how much there is, what to do next and what happened last.</summary>
public sealed partial class Overview
{
    private const int ShownEvents = 8;

    private IReadOnlyList<TargetView> _targets = [];
    private IReadOnlyList<EventView> _events = [];
    private (long? Revision, long? Event) _read = (-1, -1);

    [Inject]
    public required ITargets Targets { get; init; }

    [Inject]
    public required IEvents Events { get; init; }

    [Inject]
    public required ILivePeer Peer { get; init; }

    private IReadOnlyList<NodeProblem> Problems => NodeProblem.Find(Live, Peer);

    private IReadOnlyList<NextStep> Steps => NextStep.Of(Live, _targets);

    protected override void OnInitialized()
    {
        base.OnInitialized();
        Peer.Changed += ShowChange;
    }

    protected override Task OnInitializedAsync() => ReadAsync();

    protected override void Dispose(bool disposing)
    {
        Peer.Changed -= ShowChange;
        base.Dispose(disposing);
    }

    protected override Task OnLiveChangedAsync() =>
        _read == (Live.Node?.ConfigurationRevision, Live.Node?.LastEventNumber) ? Task.CompletedTask : ReadAsync();

    private Task ReadAsync() => LoadAsync(async () =>
    {
        _targets = await Targets.ListAsync();
        _events = await Events.ListAsync(new EventQuery(Limit: ShownEvents));
        _read = (Live.Node?.ConfigurationRevision, Live.Node?.LastEventNumber);
    });
}
