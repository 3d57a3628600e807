using Futago.Console.Client.VolumeReplication;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Replication;
using Futago.Engine.Contracts.Volumes;
using Futago.Management.Node;

namespace Futago.Management.VolumeReplication;

/// <summary>Tasks as pages and API show them: what is configured beside what is.</summary>
internal static class VolumeReplicationViews
{
    public static VolumeReplicationView Of(VolumeReplicationTask task, NodeConfiguration configuration, IReadOnlyList<VolumeInfo> volumes, ReplicationStatus? status)
    {
        var volume = volumes.FirstOrDefault(v => v.Id == task.VolumeId);
        return new VolumeReplicationView(
            task.Id,
            task.Name,
            task.Reverse,
            task.Role,
            task.Started,
            task.StartedAt,
            task.Agreed,
            volume?.Path,
            task.VolumeId,
            task.PeerVolume,
            task.PeerTask,
            configuration.Peer?.Name,
            volume?.SizeBytes ?? task.SizeBytes,
            task.ResyncLimitBytesPerSecond,
            task.CreatedAt,
            status,
            ProblemOf(task, volume, status));
    }

    private static Problem? ProblemOf(VolumeReplicationTask task, VolumeInfo? volume, ReplicationStatus? status)
    {
        if (!task.Agreed)
            return VolumeReplicationProblems.Unfinished(task.Name).Problem;
        return volume is null && status is null ? VolumeReplicationProblems.VolumeNotFound(task.Volume, "volume").Problem with { Field = null } : null;
    }
}
