using Futago.Console.Client.Pairing;
using Futago.Console.Components.Dialogs;
using Futago.Console.Resources;
using Microsoft.AspNetCore.Components;

namespace Futago.Console.Components.Pages;

/// <summary>The replication task manager: every volume replication task of this node as it is now.</summary>
public sealed partial class VolumeReplications
{
    [Inject]
    public required ILivePeer Peer { get; init; }

    protected override void OnInitialized()
    {
        base.OnInitialized();
        Peer.Changed += ShowChange;
    }

    protected override void Dispose(bool disposing)
    {
        Peer.Changed -= ShowChange;
        base.Dispose(disposing);
    }

    private async Task CreateAsync()
    {
        if (await ShowAsync<VolumeReplicationDialog>(VolumeReplicationText.Create, (nameof(VolumeReplicationDialog.Tasks), Tasks), (nameof(VolumeReplicationDialog.Volumes), Live.Volumes)))
            await ReadAsync();
    }
}
