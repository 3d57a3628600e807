namespace Futago.Failover.Tests.Simulation;

/// <summary>How long initiators wait, with default times and nothing else wrong.</summary>
internal sealed partial class SimWorld
{
    /// <returns>In ms; null: nobody serves again.</returns>
    public long? MeasurePause(bool planned)
    {
        _healed = true;
        StepFaults = false;
        _witness.Start(0);
        foreach (var node in Nodes)
            node.StartGuard();
        Nodes[0].Step(new SetRunning(1, Running: true));
        After(0, Load);
        After(0, TryConnect);
        RunUntil(40_000 + Random.Next(2000));
        var active = Nodes.First(n => n.Core is { State: NodeState.ActiveMirrored });
        if (planned)
            active.Step(new SwitchOver(2));
        else
            active.PowerOff();
        var before = _oracle.LastAnswerMs;
        for (var until = RealMs + 60_000; RealMs < until; RunUntil(RealMs + 10))
        {
            if (Nodes[1 - active.Index].CanAnswer && _oracle.LastAnswerMs > before && _violation is null && _oracle.Term > 1)
                return _oracle.LastAnswerMs - before;
            if (_oracle.Term <= 1)
                before = _oracle.LastAnswerMs;
        }
        return null;
    }
}
