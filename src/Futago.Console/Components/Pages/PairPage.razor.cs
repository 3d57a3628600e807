using System.Globalization;
using System.Net;
using Futago.Console.Client.Pairing;
using Futago.Console.Components.Dialogs;
using Futago.Console.Components.Presentation;
using Futago.Console.Resources;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Link;
using Microsoft.AspNetCore.Components;

namespace Futago.Console.Components.Pages;

/// <summary>This node and its peer: joining, how the other one is, the way between the two, and parting.</summary>
public sealed partial class PairPage
{
    private PairView? _pair;
    private PathTestResult? _path;
    private Problem? _pathProblem;
    private bool _testing;
    private (string? Name, PeerState? State, long? Revision, bool Connected) _read;

    [Inject]
    public required IPair Service { get; init; }

    [Inject]
    public required ILivePeer Peer { get; init; }

    private (string?, PeerState?, long?, bool) Now => (Peer.Name, Peer.Status?.State, Live.Node?.ConfigurationRevision, Live.Connected);

    protected override void OnInitialized()
    {
        base.OnInitialized();
        Peer.Changed += ShowChange;
    }

    protected override Task OnInitializedAsync() => ReadAsync();

    protected override Task OnLiveChangedAsync() => _read == Now ? Task.CompletedTask : ReadAsync();

    protected override void Dispose(bool disposing)
    {
        Peer.Changed -= ShowChange;
        base.Dispose(disposing);
    }

    private static string Place(string address, int port) =>
        address.Contains(':', StringComparison.Ordinal) ? $"[{address}]:{port}" : $"{address}:{port}";

    private static string? ClockText(PeerStatus status) => status is { ClockDifferenceMilliseconds: { } difference, ClockUncertaintyMilliseconds: { } uncertainty }
        ? Sentence.Of(PairText.ClockValue, difference.ToString("+0.0;-0.0;0.0", CultureInfo.CurrentCulture), uncertainty.ToString("0.0", CultureInfo.CurrentCulture))
        : null;

    private IReadOnlyList<string> OwnAddresses() =>
        [.. _pair!.Addresses.Select(a => a.Address).Where(a => !IPAddress.IsLoopback(IPAddress.Parse(a)))];

    private Task ReadAsync() => LoadAsync(async () =>
    {
        _read = Now;
        _pair = await Service.GetAsync();
    });

    private async Task MakeCodeAsync()
    {
        PairCode? code = null;
        if (!await RunAsync(async () => code = await Service.CreateCodeAsync(), PairText.CodeMade))
            return;
        await ShowAsync<PairCodeDialog>(PairText.Code, (nameof(PairCodeDialog.Code), code), (nameof(PairCodeDialog.Addresses), OwnAddresses()));
        await ReadAsync();
    }

    private async Task JoinAsync()
    {
        if (await ShowForAsync<JoinDialog>(PairText.Join) is not PairView joined)
            return;
        _pair = joined;
        Notifications.Notify(Radzen.NotificationSeverity.Success, Sentence.Of(PairText.Joined, joined.Peer!.Name));
    }

    private async Task EditNetworkAsync()
    {
        if (await ShowForAsync<ReplicationNetworkDialog>(PairText.Network, (nameof(ReplicationNetworkDialog.Pair), _pair)) is PairView changed)
            _pair = changed;
    }

    private async Task TestAsync()
    {
        _testing = true;
        (_path, _pathProblem) = (null, null);
        try
        {
            _path = await Service.TestPathAsync();
        }
        catch (ProblemException e)
        {
            // In its place, and for as long as it is true: somebody who looks for a fault in the cabling comes back to it.
            _pathProblem = e.Problem;
        }
        finally
        {
            _testing = false;
        }
    }

    private async Task UnpairAsync()
    {
        var peer = _pair!.Peer!;
        UnpairResult? result = null;
        var reachable = (Peer.Status ?? peer.Status).State == PeerState.Reachable;
        if (!await ShowAsync<ConsequenceDialog>(
            PairText.Unpair,
            (nameof(ConsequenceDialog.Text), Sentence.Of(PairText.UnpairText, peer.Name)),
            (nameof(ConsequenceDialog.Consequences), (IReadOnlyList<string>)[PairText.UnpairLink, reachable ? PairText.UnpairBoth : PairText.UnpairHere]),
            (nameof(ConsequenceDialog.ConfirmName), peer.Name),
            (nameof(ConsequenceDialog.ActionLabel), PairText.Unpair),
            (nameof(ConsequenceDialog.Action), (Func<string, Task>)(async typed => result = await Service.DeleteAsync(typed)))))
            return;
        (_path, _pathProblem) = (null, null);
        Notifications.Notify(
            result!.PeerInformed ? Radzen.NotificationSeverity.Success : Radzen.NotificationSeverity.Warning,
            Sentence.Of(result.PeerInformed ? PairText.Unpaired : PairText.UnpairedHere, peer.Name));
        await ReadAsync();
    }
}
