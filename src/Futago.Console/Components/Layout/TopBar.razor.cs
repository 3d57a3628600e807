using Futago.Console.Client.Pairing;
using Futago.Console.Components.Presentation;
using Futago.Console.Resources;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;

namespace Futago.Console.Components.Layout;

/// <summary>Where one is, on which node, how it is, and what is always at hand.</summary>
public sealed partial class TopBar
{
    [Inject]
    public required NavigationManager Navigation { get; init; }

    [Inject]
    public required ILivePeer Peer { get; init; }

    private StateLabel EngineState => Live.Connected
        ? new StateLabel(ShellText.EngineRunning, Tone.Good, "check_circle")
        : new StateLabel(ShellText.EngineUnreachable, Tone.Bad, "error");

    protected override void OnInitialized()
    {
        base.OnInitialized();
        Navigation.LocationChanged += OnLocationChanged;
        Peer.Changed += ShowChange;
    }

    protected override void Dispose(bool disposing)
    {
        Navigation.LocationChanged -= OnLocationChanged;
        Peer.Changed -= ShowChange;
        base.Dispose(disposing);
    }

    private static StateLabel PeerLabel(PeerStatus status) => status switch
    {
        { State: PeerState.Reachable, EngineRunning: false } => StateLabels.PeerEngineAway,
        { ClockOff: true } => StateLabels.ClockOff,
        _ => StateLabels.Of(status.State),
    };

    private IEnumerable<(Crumb Crumb, bool Last)> Trail()
    {
        var trail = Breadcrumbs.Of(Navigation.ToBaseRelativePath(Navigation.Uri));
        return trail.Select((crumb, index) => (crumb, index == trail.Count - 1));
    }

    private void OnLocationChanged(object? sender, LocationChangedEventArgs e) => StateHasChanged();
}
