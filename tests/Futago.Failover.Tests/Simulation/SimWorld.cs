namespace Futago.Failover.Tests.Simulation;

/// <summary>
/// Two nodes, a witness, ping nodes, networks and initiators under a seeded scheduler. The same seed gives the same run.
/// <see cref="Run"/> returns what went wrong, or null.
/// </summary>
internal sealed partial class SimWorld
{
    private readonly SimSetup _setup;
    private readonly PriorityQueue<Action, (long At, long Order)> _events = new();
    private readonly ServiceOracle _oracle = new();
    private readonly SimWitness _witness;
    private long _order;
    private long _session;
    private long _activation;
    private ulong _bootId;
    private string? _violation;

    public SimWorld(SimSetup setup)
    {
        _setup = setup;
        Random = new Random(setup.Seed);
        Policy = Random.Next(10) switch { < 6 => FailoverPolicy.Witness, < 9 => FailoverPolicy.PingOnly, _ => FailoverPolicy.Manual };
        Policy = setup.Policy ?? Policy;
        Barrier = (SimBarrier)Random.Next(3);
        Barrier = setup.Barrier ?? Barrier;
        PingNodes = Policy == FailoverPolicy.PingOnly ? 2 : Random.Next(3);
        StepFaults = Random.Next(4) == 0;
        StoreFaults = Random.Next(6) == 0;
        _slowNetwork = Random.Next(3) == 0 || setup.SlowNetwork;
        _disksFail = Random.Next(6) == 0;
        _switches = Random.Next(2) == 0;
        _storeIsLost = Random.Next(4) == 0;
        _witness = new SimWitness(Rate(), Mutation);
        Nodes = [new SimNode(this, 0, Rate()), new SimNode(this, 1, Rate())];
        PingUp = new bool[PingNodes];
        Array.Fill(PingUp, true);
    }

    public Mutation Mutation => _setup.Mutation;

    public Random Random { get; }

    public FailoverPolicy Policy { get; }

    public SimBarrier Barrier { get; }

    public int PingNodes { get; }

    public bool StepFaults { get; private set; }

    public bool StoreFaults { get; private set; }

    public SimNode[] Nodes { get; }

    public long RealMs { get; private set; }

    public long Events { get; private set; }

    public long Answers => _oracle.Answers;

    public long Activations => _activation;

    /// <summary>Clocks run apart by less than 1 %.</summary>
    private double Rate() => 1 + (Random.NextDouble() - 0.5) * 0.0098;

    public FailoverOptions Options(SimNode node) => new()
    {
        Policy = Policy,
        IsPrimary = node.Index == 0,
        NodeId = new Guid(node.Index + 1, 0, 0, new byte[8]),
        BootId = ++_bootId,
        PingNodes = PingNodes,
        TakeoverMs = Mutation == Mutation.TakeoverTimeTooShort ? 4500 : 7500,
        Safeguards = new Safeguards
        {
            LeaseBeforeAnswer = Mutation != Mutation.AnswersWithoutLease,
            LeaseFromRequest = Mutation != Mutation.LeaseFromAnswer,
            WaitForLease = Mutation != Mutation.TakesOverAtOnce,
            TakeoverNeedsAuthority = Mutation != Mutation.TakesOverWithoutAuthority,
            AloneNeedsAuthority = Mutation != Mutation.AloneWithoutAuthority,
            WitnessRemembersAlone = Mutation != Mutation.WitnessForgetsAlone,
            ServeOnlyUpToDate = Mutation != Mutation.ServesAnything,
            YieldBinds = Mutation != Mutation.YieldDoesNotBind,
            StoreBeforePromise = Mutation != Mutation.PromisesBeforeStoring,
            StoreTermFirst = Mutation != Mutation.TermNotStored,
            ConsentToNewerData = Mutation != Mutation.ConsentsToOldData,
            IsolatedNeverTakesOver = Mutation != Mutation.IsolatedTakesOver,
            IsolationDisarms = Mutation != Mutation.IsolationDoesNotDisarm,
            ProbeBeforeTakeover = Mutation != Mutation.NoProbe,
            ColdStartWaits = Mutation != Mutation.ColdStartServes,
            DemoteBeforeHandOver = Mutation != Mutation.HandsOverWhileServing,
            StopOnHigherTerm = Mutation != Mutation.IgnoresHigherTerm,
            OldMessagesIgnored = Mutation != Mutation.BelievesOldMessages,
            UndoFailedTakeover = Mutation != Mutation.TakeoverNotUndone,
        },
    };

    public void Trace(string line) => _setup.Trace?.Invoke($"{RealMs,8} {line}");

    public long NextSession() => ++_session;

    public long NextActivation() => ++_activation;

    public bool Fails(bool faults) => faults && !_healed && Random.Next(25) == 0;

    public void After(long delayMs, Action action) => _events.Enqueue(action, (RealMs + delayMs, ++_order));

    public string? Run()
    {
        Trace($"{Policy}, barrier {Barrier}, {PingNodes} ping nodes");
        _witness.Start(0);
        foreach (var node in Nodes)
            node.StartGuard();
        Nodes[0].Step(new SetRunning(1, Running: true));
        After(0, Load);
        After(0, TryConnect);
        After(Random.Next(15_000, 30_000), NextFault);
        RunUntil(_setup.FaultsMs);
        if (_violation is null)
            Heal();
        return _violation;
    }

    private void RunUntil(long realMs)
    {
        while (_violation is null && _events.TryPeek(out _, out var at) && at.At <= realMs)
        {
            var action = _events.Dequeue();
            RealMs = at.At;
            Events++;
            action();
            if (Nodes[0].CanAnswer && Nodes[1].CanAnswer && !_operatorErred)
                Violate("both nodes can answer");
        }
        RealMs = Math.Max(RealMs, realMs);
    }

    private void Violate(string what)
    {
        _violation ??= $"{what} at {RealMs} ms ({Policy}, {Barrier})";
        Trace(what);
    }

    /// <summary>Faults stop; where the policy allows, one node serves again and the two are in sync.</summary>
    private void Heal()
    {
        Trace("faults stop");
        _healed = true;
        Array.Clear(_nicDown);
        Array.Clear(_oneWay);
        Array.Fill(PingUp, true);
        _replicationBlocked = _heartbeatsBlocked = false;
        Array.Clear(_witnessCut);
        if (!_witness.Up)
            _witness.Start(RealMs);
        foreach (var node in Nodes.Where(n => !n.MachineUp))
            node.StartGuard();
        RunUntil(RealMs + 20_000);
        foreach (var node in Nodes.Where(n => n.Mirror.Failed))
            Replace(node);
        if (Nodes[0].Core?.Record.Mode.Maintenance == true || Nodes[1].Core?.Record.Mode.Maintenance == true)
            Nodes.FirstOrDefault(n => n.Core is not null)?.Step(new SetMaintenance(900, On: false));
        RunUntil(RealMs + 150_000);
        if (_violation is not null || _noExpectation)
            return;
        var active = Nodes.Count(n => n.Core is { State: NodeState.ActiveMirrored });
        if (active != 1 || RealMs - _oracle.LastAnswerMs > 5000)
            Violate($"does not serve again: {Describe(Nodes[0])}; {Describe(Nodes[1])}; witness {_witness.Record}");
        else if (Nodes.Any(n => n.Mirror.Link != MirrorLink.InSync || n.Mirror.Missing != 0))
            Violate("not in sync again");
        else if (Nodes.Count(n => n.Vip || n.PortOpen) != 1)
            Violate("the virtual IP is not on exactly one node");
    }

    private static string Describe(SimNode node) => $"{node.Core?.State} {node.Core?.Reason} {node.Record} {node.Mirror.Data} {node.Mirror.Link}";

    public void Answered(SimNode node, ulong term, long activation)
    {
        if (!_operatorErred && _oracle.Answered(term, activation, RealMs) is { } wrong)
            Violate($"node {node.Index}: {wrong}");
    }

    private void Load()
    {
        foreach (var node in Nodes)
        {
            if (node.Vip && node.PortOpen && !node.Suspended)
                node.Serve(write: Random.Next(2) == 0, gapMs: Barrier == SimBarrier.Lease ? 0 : Random.Next(4));
        }
        After(Random.Next(20, 120), Load);
    }
}
