using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Iscsi;
using Futago.Engine.Status;
using Futago.Volumes.LogicalVolumes;

namespace Futago.Engine.Targets;

/// <summary>What is served, as people see it. Reads snapshots only and waits for nothing.</summary>
internal sealed partial class TargetService
{
    public IReadOnlyList<SessionInfo> Sessions => [.. _server.Sessions.Select(Mapping.ToInfo)];

    public IReadOnlyList<TargetStatus> Targets
    {
        get
        {
            var sessions = Sessions;
            return [.. _configuration.Targets.Select(t => ToStatus(t, [.. sessions.Where(s => s.TargetName == t.Name)]))];
        }
    }

    private TargetStatus ToStatus(TargetConfiguration target, IReadOnlyList<SessionInfo> sessions)
    {
        var lunProblems = _lunProblems.Where(p => p.Target == target.Name).ToList();
        Problem? ProblemOf(int lun) => lunProblems.Find(p => p.Lun == lun)?.Problem;
        var luns = target.Luns.Select(l => ToStatus(target, l, ProblemOf(l.Lun)))
            .Concat(target.CdRoms.Select(c => ToStatus(target, c, ProblemOf(c.Lun))))
            .OrderBy(l => l.Lun).ToList();
        // SPC-4: LUN 0 always answers, with a controller when no volume is on it.
        if (!luns.Exists(l => l.Lun == 0))
            luns.Insert(0, new LunStatus(0, "controller", "", "", 0, 0, target.Started, false, false, false, "none", null, null));
        var problems = target.Started ? ProblemsOf(target.Name) : [];
        var state = !target.Started ? TargetState.Stopped : problems.Count > 0 ? TargetState.Degraded : TargetState.Running;
        return new TargetStatus(target.Id, target.Name, target.Alias, state, problems, luns, sessions);
    }

    private LunStatus ToStatus(TargetConfiguration target, LunConfiguration lun, Problem? problem)
    {
        var volume = _catalogue!.FindUsable(lun.VolumeId, out var path, out var storageProblem);
        problem ??= volume is null ? Mapping.ToProblem(storageProblem!) : null;
        if (problem is null && _open.TryGetValue(lun.VolumeId, out var open))
            problem = FaultOf(open, path!);
        return new LunStatus(
            lun.Lun,
            "disk",
            lun.ScsiId,
            lun.Serial,
            volume?.SizeBytes ?? 0,
            lun.BlockSize,
            target.Started && problem is null,
            lun.Removable,
            lun.ReadOnly,
            lun.WriteBack,
            volume is null ? "none" : volume.IoType == IoType.File ? "file I/O" : "block I/O",
            path,
            problem);
    }

    private List<ObjectProblem> ProblemsOf(string target)
    {
        var problems = new List<ObjectProblem>();
        if (_targetProblems.TryGetValue(target, out var own))
            problems.Add(new ObjectProblem(target, own));
        problems.AddRange(_lunProblems.Where(p => p.Target == target).Select(p => new ObjectProblem($"{target} LUN {p.Lun}", p.Problem)));
        if (!_portals.Any(p => p.Listening))
            problems.Add(_portals.FirstOrDefault(p => p.Problem is not null) is { } failed
                ? new ObjectProblem($"{failed.Address}:{failed.Port}", failed.Problem!)
                : new ObjectProblem(target, new Problem(ProblemCodes.PortalInvalid, "No portal is configured, so no initiator can reach the target.")));
        return problems;
    }

    /// <summary>Under the gate: everything that was accepted but cannot be served now.</summary>
    private List<ObjectProblem> CurrentProblems() =>
    [
        .. _targetProblems.Select(p => new ObjectProblem(p.Key, p.Value)),
        .. _lunProblems.Select(p => new ObjectProblem($"{p.Target} LUN {p.Lun}", p.Problem)),
        .. _portals.Where(p => p.Problem is not null).Select(p => new ObjectProblem($"{p.Address}:{p.Port}", p.Problem!)),
    ];
}
