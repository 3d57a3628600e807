using System.Reflection;
using Futago.Engine.Contracts.Node;
using Futago.Engine.DataReplication;
using Futago.Engine.Events;
using Futago.Engine.Failover;
using Futago.Engine.Network;
using Futago.Engine.Replication;
using Futago.Engine.Shares;
using Futago.Engine.Targets;
using Futago.Volumes;

namespace Futago.Engine.Status;

/// <summary>The whole live status at one moment.</summary>
internal sealed class StatusReader(VolumeCatalogue catalogue, TargetService targets, ShareService shares, DataReplicationService replication, ReplicationService mirrors, FailoverService failover, NicMonitor nics, EventJournal journal, TimeProvider time)
{
    private static readonly string Version =
        typeof(StatusReader).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0.0.0";

    private readonly DateTimeOffset _startedAt = time.GetUtcNow();

    public NodeStatus Node => new(
        targets.Configuration.NodeName is { Length: > 0 } name ? name : Environment.MachineName,
        Version,
        _startedAt,
        targets.Configuration.Revision,
        targets.Portals,
        journal.LastNumber);

    public StatusUpdate ReadAll() => new(
        Node,
        [.. catalogue.Units.Select(Mapping.ToInfo)],
        [.. catalogue.Groups.Select(Mapping.ToInfo)],
        [.. catalogue.Volumes.Select(v => targets.WithFaults(Mapping.ToInfo(v)))],
        targets.Targets,
        targets.Refused.List(),
        [.. catalogue.Snapshots.Select(Mapping.ToInfo)],
        shares.Shares,
        mirrors.Statuses,
        Runs: replication.Runs,
        Failover: new FailoverSection(failover.Status),
        Nics: nics.Nics);
}
