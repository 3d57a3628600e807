using Futago.Engine.Contracts.Events;
using Futago.Engine.Contracts.Replication;
using Futago.Engine.Targets;
using Futago.Replication;

namespace Futago.Engine.Replication;

/// <summary>
/// A source whose medium is dead goes on with its peer's. Its files stay open on what is left of the medium, so the group can be mounted
/// again only after the mirror has been closed: when this node is source no longer. Until then initiators notice nothing.
/// </summary>
internal sealed partial class HostedReplication
{
    private volatile bool _withoutMedium;

    /// <summary>What initiators still go through, or null.</summary>
    public OpenVolume? ServedWithoutMedium => _withoutMedium && _configuration.Role == ReplicationRole.Source && !IsManaged ? _served : null;

    /// <summary>
    /// Under the catalogue's gate. With a failover manager the service moves to the peer; a file system that is mounted through the mirror
    /// goes with its group.
    /// </summary>
    public async Task LoseMediumAsync()
    {
        await _gate.WaitAsync();
        try
        {
            if (_volume is not { } volume || IsManaged || _nas is not null || _configuration.Role != ReplicationRole.Source)
                return;
            if (await volume.LoseMediumAsync().WaitAsync(CloseTimeout) != ReplicationResult.Done)
                return;
            _withoutMedium = true;
            Report(
                EventSeverity.Warning, EventCodes.VolumeReplicationWithoutMedium,
                $"{TaskName} is served from its peer alone. The volume's group can come back after the roles have been switched: then this node's data is brought up to date.",
                ("volume", VolumePath()));
        }
        catch (TimeoutException)
        {
            LogNotClosed(_logger, TaskName);
        }
        finally
        {
            _gate.Release();
        }
    }
}
