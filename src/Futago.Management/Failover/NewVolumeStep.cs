using Futago.Console.Client.Failover;
using Futago.Management.Node;
using Futago.Management.Targets;
using Futago.Management.VolumeReplication;

namespace Futago.Management.Failover;

/// <summary>One thing to be made for a new volume of the failover.</summary>
internal sealed record NewVolumeStep(FailoverPlanKind Kind, NewVolume Volume)
{
    public static VolumeReplicationTask? TaskOf(NewVolume volume, NodeConfiguration configuration) =>
        configuration.VolumeReplications.Find(t => t.Name == volume.Task && t.Volume == volume.Path);

    public static FailoverPlanStep Failover(string peer) => new(
        FailoverPlanKind.Failover, FailoverStepState.Waiting, $"The failover on both nodes, with the same targets on {peer}", new Dictionary<string, string> { ["peer"] = peer });

    public bool IsDone(NodeConfiguration configuration)
    {
        var task = TaskOf(Volume, configuration);
        var target = configuration.Targets.Find(t => t.Name == Volume.Target);
        return Kind switch
        {
            FailoverPlanKind.Volume => task is not null,
            FailoverPlanKind.VolumeReplication => task is { Agreed: true, Started: true },
            FailoverPlanKind.Target => target is not null,
            FailoverPlanKind.Lun => LunOf(target, task) is not null,
            FailoverPlanKind.AccessRule => target?.AccessRules.Exists(r => r.Address == Volume.Allow) == true,
            FailoverPlanKind.TargetStart => target is { Started: true },
            _ => false,
        };
    }

    public FailoverPlanStep Describe(NodeConfiguration configuration, string peer)
    {
        var v = Volume;
        var text = Kind switch
        {
            FailoverPlanKind.Volume => $"Volume {v.Path} of {v.Size} on this node",
            FailoverPlanKind.VolumeReplication => $"Volume {v.PeerPath} of {v.Size} on {peer}, and the volume replication task {v.Task}, started",
            FailoverPlanKind.Target => $"Target {v.Target}",
            FailoverPlanKind.Lun => v.Lun is { } lun ? $"Volume {v.Path} as LUN {lun} of {v.Target}" : $"Volume {v.Path} as LUN of {v.Target}",
            FailoverPlanKind.AccessRule => $"{v.Allow} may log in to {v.Target}",
            _ => $"Target {v.Target} is started",
        };
        return new FailoverPlanStep(Kind, IsDone(configuration) ? FailoverStepState.Done : FailoverStepState.Waiting, text, new Dictionary<string, string>
        {
            ["volume"] = v.Path,
            ["peerVolume"] = v.PeerPath,
            ["size"] = v.Size,
            ["peer"] = peer,
            ["task"] = v.Task,
            ["target"] = v.Target,
            ["lun"] = v.Lun is { } number ? $"{number}" : "",
            ["address"] = v.Allow ?? "",
        });
    }

    private static Lun? LunOf(Target? target, VolumeReplicationTask? task) => task is null ? null : target?.Luns.Find(l => l.VolumeId == task.VolumeId);
}
