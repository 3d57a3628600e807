using Futago.Console.Client.Node;
using Futago.Console.Client.Pairing;
using Futago.Console.Client.Tasks;
using Futago.Console.Resources;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Failover;
using Futago.Engine.Contracts.Iscsi;
using Futago.Engine.Contracts.Volumes;

namespace Futago.Console.Components.Presentation;

/// <summary>Something that is wrong with the node now.</summary>
/// <param name="Address">Page where something can be done about it.</param>
public sealed record NodeProblem(string Subject, string Text, Tone Tone, string Address)
{
    // Thin volumes stop taking writes when their group is full, thick ones do not care.
    private const double FullShare = 0.05;

    /// <summary>Worst first.</summary>
    public static IReadOnlyList<NodeProblem> Find(ILiveStatus live, ILivePeer peer, IReadOnlyList<TaskView> tasks)
    {
        List<NodeProblem> problems = [];
        if (!live.Connected)
            problems.Add(new(OverviewText.Engine, OverviewText.EngineLost, Tone.Bad, ConsoleRoutes.Settings));
        foreach (var portal in live.Node?.Portals.Where(p => !p.Listening) ?? [])
        {
            problems.Add(new(
                ConnectCommands.Portal(new PortalConfiguration(portal.Address, portal.Port)),
                portal.Problem is null ? StatesText.NotListening : ProblemText.Describe(portal.Problem),
                Tone.Bad,
                ConsoleRoutes.Settings));
        }
        if (peer is { Name: { } peerName, Status: { Problem: { } peerProblem } })
            problems.Add(new(peerName, ProblemText.Describe(peerProblem), Tone.Warning, ConsoleRoutes.Pair));
        else if (peer is { Name: { } idleName, Status: { State: PeerState.Reachable, EngineRunning: false } })
            problems.Add(new(idleName, Sentence.Of(PairText.PeerEngineAway, idleName), Tone.Warning, ConsoleRoutes.Pair));
        else if (peer is { Name: { } aheadName, Status: { ClockOff: true, ClockDifferenceMilliseconds: { } difference } })
            problems.Add(new(aheadName, Sentence.Of(PairText.ClockOff, difference / 1000), Tone.Warning, ConsoleRoutes.Pair));
        if (peer is { Name: not null, Status.FailoverProblem: { } unlike })
            problems.Add(new(FailoverText.Title, ProblemText.Describe(unlike), Tone.Warning, ConsoleRoutes.Failover));
        if (live is { Connected: true, Failover: { Running: true } failover } && FailoverProblem(failover) is { } failoverProblem)
            problems.Add(failoverProblem);
        problems.AddRange(
            from replication in live.Replications
            let problem = replication.Problem is { Code: ProblemCodes.VolumeReplicationStopped } ? null : replication.Problem ?? replication.RoleProblem
            where problem is not null || replication.SplitBrain is not null
            select new NodeProblem(
                replication.TaskName,
                problem is null ? VolumeReplicationText.SplitBrain : ProblemText.Describe(problem),
                replication.SplitBrain is not null || replication.Frozen ? Tone.Bad : Tone.Warning,
                replication.SplitBrain is null ? ConsoleRoutes.VolumeReplication(replication.TaskName) : ConsoleRoutes.SplitBrain(replication.TaskName)));
        problems.AddRange(live.Groups.Where(g => g.State != GroupState.Online).Select(g => new NodeProblem(
            g.Name, Describe(g.Problem, StateLabels.Of(g.State)), Tone.Bad, ConsoleRoutes.Group(g.Name))));
        problems.AddRange(live.Volumes.Where(v => v.State == VolumeState.Failed).Select(v => new NodeProblem(
            v.Path, Describe(v.Problem, StateLabels.Of(v.State)), Tone.Bad, ConsoleRoutes.VolumesOf(v.Group))));
        problems.AddRange(
            from target in live.Targets
            where target.State == TargetState.Degraded
            from problem in target.Problems.DefaultIfEmpty()
            select new NodeProblem(target.Name, problem is null ? StatesText.TargetDegraded : ProblemText.Describe(problem.Problem), Tone.Warning, ConsoleRoutes.Target(target.Name)));
        problems.AddRange(
            from grp in live.Groups
            where grp.State == GroupState.Online && grp.SizeBytes > 0 && grp.Space.Free < grp.SizeBytes * FullShare
                && live.Volumes.Any(v => v.Group == grp.Name && v.Thin)
            select new NodeProblem(grp.Name, Sentence.Of(OverviewText.NearlyFull, ByteSize.Format(grp.Space.Free)), Tone.Warning, ConsoleRoutes.Group(grp.Name)));
        // The node serves as before; but a copy that is missed when it is needed is worth a line now.
        problems.AddRange(
            from task in tasks
            where task.LastRun is { Status: RunStatus.Error }
            select new NodeProblem(
                $"{TaskLabels.Name(task.Kind)}: {task.Name}",
                Sentence.Of(OverviewText.LastRunFailed, TaskLabels.Detail(task.LastRun!.Reason, task.LastRun.Detail) ?? ""),
                Tone.Warning,
                ConsoleRoutes.TasksOf(task.Name, null, null)));
        return [.. problems.OrderByDescending(p => p.Tone)];
    }

    private static NodeProblem? FailoverProblem(FailoverStatus failover) => failover switch
    {
        { State: FailoverState.ActiveAlone } => new(FailoverText.Title, FailoverText.AloneText, Tone.Warning, ConsoleRoutes.Failover),
        { State: FailoverState.Frozen } => new(FailoverText.Title, FailoverText.FrozenText, Tone.Bad, ConsoleRoutes.Failover),
        // Standing by while the other node serves is what the passive one is for.
        { PassiveProblem: { Code: not ProblemCodes.FailoverPassivePeerActive } reason } => new(FailoverText.Title, ProblemText.Describe(reason), Tone.Bad, ConsoleRoutes.Failover),
        { Peer: null or { Visible: false } } => new(FailoverText.Title, FailoverText.PeerSilent, Tone.Warning, ConsoleRoutes.Failover),
        _ when failover.VirtualIps.FirstOrDefault(v => v.Problem is not null) is { Problem: { } taken } => new(FailoverText.Title, ProblemText.Describe(taken), Tone.Bad, ConsoleRoutes.Failover),
        _ when failover.Paths.Any(p => !p.Up) => new(FailoverText.Title, FailoverText.PathDown, Tone.Warning, ConsoleRoutes.Failover),
        _ => null,
    };

    private static string Describe(Problem? problem, StateLabel state) => problem is null ? state.Text : ProblemText.Describe(problem);
}
