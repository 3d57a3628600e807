using Futago.Console.Client.Failover;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Replication;

namespace Futago.Management.Failover;

/// <summary>Volume replications and the targets on them.</summary>
internal sealed partial class Preflight
{
    /// <summary>A group with less of itself free than this is nearly full.</summary>
    private const double SpaceShare = 0.05;

    private void CheckTasks(FailoverSettings settings)
    {
        const string Check = "tasks";
        foreach (var volume in _input.NewVolumes)
            Ok(Check, FailoverCheckCodes.NewVolumes, $"The volume {volume.Path} of {volume.Size} will be made on both nodes, as LUN of {volume.Target}.",
                ("volume", volume.Path), ("size", volume.Size), ("target", volume.Target));
        if (settings.Replications.Count == 0 && _input.NewVolumes.Count > 0)
            return;
        if (settings.Replications.Count == 0)
        {
            Error(Check, FailoverCheckCodes.NoTask, "No volume replication task takes part yet.", _input.HasTasks ? FailoverPlace.Failover : FailoverPlace.VolumeReplication);
            return;
        }
        foreach (var id in settings.Replications)
            CheckTask(id);
        var roles = _input.Look.Replications.Select(r => r.Role).Distinct().ToList();
        if (roles.Count > 1)
            Add(Check, CheckLevel.Error, FailoverProblems.SourcesMixed().Problem, FailoverPlace.VolumeReplication);
        else if (roles is [var role] && _input.Look.Running != true && role == ReplicationRole.Source != settings.IsPrimary)
            Warn(Check, FailoverCheckCodes.SourceIsSecondary, "The source of the volumes is the secondary node. It will be the active one after the start.", FailoverPlace.VolumeReplication);
        CheckSpace();
    }

    private void CheckTask(Guid id)
    {
        const string Check = "tasks";
        var here = _input.Look.Replications.FirstOrDefault(r => r.Id == id);
        if (here is not { Agreed: true })
        {
            Error(Check, FailoverCheckCodes.TaskMissing, $"{_input.Node} has not got the volume replication task {here?.Task ?? id.ToString()} any more.",
                FailoverPlace.VolumeReplication, here?.Task, ("node", _input.Node), ("task", here?.Task ?? id.ToString()));
            return;
        }
        (string, string) task = ("task", here.Task);
        if (_input.PeerLook is not { } look)
            return;
        if (look.Replications.FirstOrDefault(r => r.Id == id) is not { Agreed: true } there)
            Error(Check, FailoverCheckCodes.TaskMissing, $"{look.Node} has not got the volume replication task {here.Task} any more.",
                FailoverPlace.VolumeReplication, here.Task, ("node", look.Node), task);
        else if (!here.Started || !there.Started)
            Error(Check, FailoverCheckCodes.TaskStopped, $"The volume replication task {here.Task} is stopped. Start it.", FailoverPlace.VolumeReplication, here.Task, task);
        else if (here.SizeBytes != there.SizeBytes)
            Error(Check, FailoverCheckCodes.TaskSizeDiffers, $"The two volumes of {here.Task} have different sizes.", FailoverPlace.VolumeReplication, here.Task, task);
        else if (here.Connection != ReplicationConnection.Connected)
            Error(Check, FailoverCheckCodes.TaskNotConnected, $"The two sides of {here.Task} are not connected.", FailoverPlace.VolumeReplication, here.Task, task);
        else if (here is not { Data: DataState.UpToDate, PeerData: DataState.UpToDate })
            Error(Check, FailoverCheckCodes.TaskNotSynced, $"The two sides of {here.Task} do not have the same data yet. Wait for the resync to end.", FailoverPlace.VolumeReplication, here.Task, task);
        else
            Ok(Check, FailoverCheckCodes.TaskReady, $"The volume replication task {here.Task} is connected, and both sides are up to date.", task);
    }

    private void CheckSpace()
    {
        const string Check = "space";
        var groups =
            from look in Looks
            from replication in look.Replications
            where replication is { Group: not null, GroupBytes: > 0, GroupFreeBytes: not null }
            select (look.Node, replication.Group, Bytes: replication.GroupBytes!.Value, Free: replication.GroupFreeBytes!.Value);
        var known = groups.Distinct().ToList();
        var full = known.Where(g => g.Free < g.Bytes * SpaceShare).ToList();
        foreach (var (node, group, _, free) in full)
        {
            Warn(Check, FailoverCheckCodes.SpaceLow, $"The volume group {group} of {node} has only {ByteSize.Format(free)} free: there is no room for snapshots.",
                FailoverPlace.Groups, null, ("group", group), ("node", node), ("free", ByteSize.Format(free)));
        }
        if (known.Count > 0 && full.Count == 0)
            Ok(Check, FailoverCheckCodes.SpaceGood, "The volume groups of both nodes have room.");
    }

    private void CheckTargets(FailoverSettings settings)
    {
        const string Check = "targets";
        if (settings.Replications.Count == 0)
            return;
        // A target that the peer lacks is made with the failover; of a draft only one side can have them.
        var looks = _input.IsDraft ? Looks.Where(l => l.Targets.Count > 0).Take(1).ToList() : [.. Looks];
        if (!Looks.Any(l => l.Targets.Count > 0) && _input.NewVolumes.Count == 0)
        {
            Error(Check, FailoverCheckCodes.NoTarget, "No target has one of the volumes as LUN: there would be nothing to reach through the virtual IP.", FailoverPlace.Targets);
            return;
        }
        foreach (var target in looks.SelectMany(l => l.Targets))
            CheckTarget(target);
        if (_input.IsDraft || _input.PeerLook is not { } peer)
            return;
        if (_input.Look.Seal is { Targets: not "" } own && own.Targets == peer.Seal?.Targets)
            Ok(Check, FailoverCheckCodes.TargetsSame, "The targets are the same on both nodes.");
        else
            Add(Check, CheckLevel.Error, FailoverProblems.TargetsDiffer(PeerName).Problem, FailoverPlace.Failover);
    }

    private void CheckTarget(TargetLook target)
    {
        const string Check = "targets";
        (string, string) name = ("target", target.Name);
        foreach (var lun in target.Luns)
        {
            (string, string) number = ("lun", $"{lun.Number}");
            if (!lun.Replicated)
                Error(Check, FailoverCheckCodes.LunNotReplicated, $"LUN {lun.Number} of {target.Name} is not on a volume of this failover: it would be missing after a failover.", FailoverPlace.Targets, target.Name, name, number);
            if (lun.WriteBack)
                Error(Check, FailoverCheckCodes.LunWriteBack, $"LUN {lun.Number} of {target.Name} has write-back on: what was acknowledged could be lost in a failover. Turn it off.", FailoverPlace.Targets, target.Name, name, number);
            if (lun.ReadOnly)
                Error(Check, FailoverCheckCodes.LunReadOnly, $"LUN {lun.Number} of {target.Name} is read-only. Turn that off.", FailoverPlace.Targets, target.Name, name, number);
        }
        if (!target.Luns.Any(l => l.Number == 0))
            Warn(Check, FailoverCheckCodes.NoLunZero, $"{target.Name} has no LUN 0. Some hypervisors look for it first and show no other without it.", FailoverPlace.Targets, target.Name, name);
        if (!target.Started)
            Warn(Check, FailoverCheckCodes.TargetStopped, $"{target.Name} is stopped: nobody can log in.", FailoverPlace.Targets, target.Name, name);
    }
}
