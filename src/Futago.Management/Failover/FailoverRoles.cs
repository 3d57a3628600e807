using Futago.Console.Client.Events;
using Futago.Console.Client.Node;
using Futago.Engine.Contracts.Events;
using Futago.Engine.Contracts.Failover;
using Futago.Management.Engine;
using Futago.Management.Events;
using Futago.Management.Node;

namespace Futago.Management.Failover;

/// <summary>
/// While the failover manager runs, the engines decide who is source. The configured roles follow, so that everything is where it
/// is when the failover manager is stopped, and an engine with a new state directory is not told something of long ago.
/// </summary>
public sealed class FailoverRoles(IConfigurationStore store, ConfigurationPublisher publisher, ILiveStatus live, AuditLog audit)
{
    /// <summary>One round.</summary>
    public async Task FollowAsync(CancellationToken cancellation)
    {
        // Only where it has come to rest: roles in the middle of a switch are nobody's decision.
        if (live is not { Connected: true, Failover: { Running: true, State: FailoverState.ActiveMirrored or FailoverState.ActiveAlone or FailoverState.Passive } status })
            return;
        var configuration = await store.ReadAsync(cancellation);
        if (configuration.Failover?.FailoverId != status.Id || !Moved(configuration).Any())
            return;
        var changed = await store.ChangeAsync(c =>
        {
            var moved = Moved(c).ToList();
            if (moved.Count == 0)
                return null;
            foreach (var (task, role) in moved)
                task.Role = role;
            var names = string.Join(", ", moved.Select(m => m.Task.Name));
            return audit.Observation(EventSeverity.Info, ConsoleEventCodes.FailoverRolesFollowed, c.NodeName,
                $"The configured roles follow the failover: {names}.", ("tasks", names));
        }, CancellationToken.None);
        await publisher.PublishAsync(changed.Revision, CancellationToken.None);
    }

    private IEnumerable<(VolumeReplication.VolumeReplicationTask Task, Futago.Engine.Contracts.Replication.ReplicationRole Role)> Moved(NodeConfiguration configuration) =>
        from task in configuration.VolumeReplications
        where configuration.Failover?.Settings.Replications.Contains(task.Id) == true
        let status = live.Replications.FirstOrDefault(r => r.Id == task.Id)
        where status is not null && status.Role != task.Role
        select (task, status.Role);
}
