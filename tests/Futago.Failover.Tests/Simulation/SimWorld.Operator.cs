namespace Futago.Failover.Tests.Simulation;

/// <summary>What only a person can bring about: both nodes serve. The later term is what stays.</summary>
internal sealed partial class SimWorld
{
    private bool _operatorErred;

    /// <summary>Both served; without it the schedule shows nothing.</summary>
    public bool MistakeMade { get; private set; }

    /// <summary>An operator says that the peer is dead, and it is not.</summary>
    public string? RunOperatorsMistake()
    {
        _witness.Start(0);
        foreach (var node in Nodes)
            node.StartGuard();
        Nodes[0].Step(new SetRunning(1, Running: true));
        After(0, Load);
        After(0, TryConnect);
        RunUntil(Random.Next(20_000, 40_000));
        if (Nodes.FirstOrDefault(n => n.Core?.State == NodeState.ActiveMirrored) is not { } active)
            return _violation;
        var other = Nodes[1 - active.Index];
        _heartbeatsBlocked = _replicationBlocked = _operatorErred = true;
        RunUntil(RealMs + Random.Next(12_000, 25_000));
        if (other.Core?.State == NodeState.Passive)
            other.Step(new ServeAnyway(2, Force: true));
        RunUntil(RealMs + Random.Next(2000, 20_000));
        if (active.Core?.State.IsActive() != true || other.Core?.State.IsActive() != true)
            return _violation;
        MistakeMade = true;
        _heartbeatsBlocked = _replicationBlocked = false;
        RunUntil(RealMs + 5000);
        if (active.Core?.State.IsActive() == true || other.Core?.State.IsActive() != true)
            Violate($"the earlier term goes on: {active.Core?.State}, the later one {other.Core?.State}");
        return _violation;
    }
}
