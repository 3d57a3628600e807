namespace Futago.Failover.Tests.Simulation;

/// <summary>What goes wrong, when, and for how long.</summary>
internal sealed partial class SimWorld
{
    private readonly bool _disksFail;
    private readonly bool _switches;
    private readonly bool _storeIsLost;
    private bool _healed;
    private bool _diskFailed;

    /// <summary>What a node alone had is on a medium that failed: nobody is expected to serve.</summary>
    private bool _noExpectation;
    private int _networkFaults;
    private int _turn;

    private void NextFault()
    {
        if (_healed)
            return;
        After(Random.Next(5) == 0 ? Random.Next(50, 600) : Random.Next(2000, 25_000), NextFault);
        var node = Nodes[Random.Next(2)];
        // What hurts most hits whoever serves.
        if (Random.Next(2) == 0)
            node = Nodes.FirstOrDefault(n => n.Vip) ?? node;
        switch (Random.Next(12))
        {
            case 0:
                node.KillEngine();
                break;
            case 1:
                node.KillGuard();
                break;
            case 2:
                PowerCut(node);
                break;
            case 3 or 4:
                Stall(node);
                break;
            case 5 when _switches:
                node = Nodes.FirstOrDefault(n => n.Core?.State.IsActive() == true) ?? node;
                if (node.EngineRuns)
                    node.Step(new SwitchOver(100 + ++_turn));
                break;
            case 6 when _disksFail:
                FailDisk(node);
                break;
            case 7 when Policy == FailoverPolicy.Witness:
                WitnessFault();
                break;
            case 8 when Policy == FailoverPolicy.Witness && Random.Next(2) == 0:
                Combination();
                break;
            case 8 when Random.Next(3) == 0:
                Maintenance(node);
                break;
            case 9 when Mutation == Mutation.ClockJumps:
                node.JumpClock(-Random.Next(1000, 60_000));
                break;
            default:
                NetworkFault(node.Index);
                break;
        }
    }

    private void PowerCut(SimNode node)
    {
        if (!node.MachineUp)
            return;
        node.PowerOff();
        After(Random.Next(4000, 70_000), () =>
        {
            if (!node.MachineUp)
                node.StartGuard();
        });
        // Both at once is what a building does.
        if (Random.Next(5) == 0)
            PowerCut(Nodes[1 - node.Index]);
    }

    private void Stall(SimNode node)
    {
        if (node.Core is null || node.Guard is null || node.Suspended)
            return;
        long ms = Random.Next(4) switch { 0 => 2000, 1 => 10_000, 2 => 60_000, _ => Random.Next(3000, 9000) };
        var until = RealMs + ms;
        switch (Barrier)
        {
            case SimBarrier.Lease:
                var both = Random.Next(2) == 0;
                Trace($"{node.Index}: guard{(both ? " and engine" : "")} stands still for {ms} ms");
                node.GuardStalledUntilMs = Math.Max(node.GuardStalledUntilMs, until);
                if (both)
                    StallEngine(node, until);
                return;
            case SimBarrier.Guard:
                Trace($"{node.Index}: engine stands still for {ms} ms");
                StallEngine(node, until);
                return;
        }
        var what = Random.Next(4);
        Trace($"{node.Index}: {(what == 0 ? "engine" : what == 1 ? "engine and guard" : "machine")} stands still for {ms} ms");
        StallEngine(node, until);
        if (what > 0)
            node.GuardStalledUntilMs = Math.Max(node.GuardStalledUntilMs, until);
        if (what < 2)
            return;
        node.Suspended = true;
        After(ms, () =>
        {
            node.Suspended = false;
            if (Mutation == Mutation.ClockStopsInSuspension)
                node.JumpClock(-ms);
        });
    }

    private void StallEngine(SimNode node, long until)
    {
        // Between look and answer is where it hurts.
        if (node.CanAnswer && Random.Next(3) > 0 && Barrier != SimBarrier.Lease)
            node.Respond(1);
        node.EngineStalledUntilMs = Math.Max(node.EngineStalledUntilMs, until);
        if (until - RealMs > 4000)
            LinkBroken(node.Index, process: false);
    }

    private void FailDisk(SimNode node)
    {
        if (_diskFailed || !_linkIntact || Nodes.Any(n => n.Mirror.Link != MirrorLink.InSync || n.Mirror.Dirty))
            return;
        _diskFailed = true;
        Trace($"{node.Index}: disk fails");
        node.Mirror.Failed = true;
        if (node.Core is not null)
            node.EngineLater(0, () => node.Step(new MirrorChanged(node.Mirror.Status)));
    }

    private void Replace(SimNode node)
    {
        // When it says that it alone had everything, only its operator can say that the peer's data is to do.
        _noExpectation |= node.Record.Rank.CompareTo(Nodes[1 - node.Index].Record.Rank) > 0 || Nodes[1 - node.Index].Record.YieldedTo != 0;
        Trace($"{node.Index}: disk replaced");
        node.KillEngine();
        node.Mirror.Failed = false;
        node.Mirror.Inconsistent = true;
        node.Mirror.Generation = 0;
        node.Mirror.Dirty = false;
    }

    private void WitnessFault()
    {
        if (!_witness.Up)
            return;
        _witness.Stop();
        Trace("witness stops");
        if (_storeIsLost && Random.Next(3) == 0)
        {
            Trace("witness loses its store");
            _witness.LoseStore();
        }
        After(Random.Next(3) == 0 ? Random.Next(100, 1000) : Random.Next(1000, 60_000), () =>
        {
            if (!_witness.Up)
                _witness.Start(RealMs);
        });
    }

    /// <summary>The nodes lose sight of each other, and when the waiting is over the witness restarts and the replication link breaks.</summary>
    private void Combination()
    {
        if (_networkFaults > 0 || !_witness.Up)
            return;
        Trace("combination");
        _networkFaults++;
        _heartbeatsBlocked = true;
        After(Random.Next(8500, 12_000), () =>
        {
            if (_healed)
                return;
            _witness.Stop();
            _replicationBlocked = true;
            After(Random.Next(10, 1000), () =>
            {
                if (!_witness.Up)
                    _witness.Start(RealMs);
            });
        });
        After(Random.Next(14_000, 30_000), () =>
        {
            _networkFaults--;
            _heartbeatsBlocked = _replicationBlocked = false;
        });
    }

    private void Maintenance(SimNode node)
    {
        if (!node.EngineRuns)
            return;
        node.Step(new SetMaintenance(500 + ++_turn, On: true));
        node.EngineLater(Random.Next(2000, 20_000), () => node.Step(new SetMaintenance(500 + ++_turn, On: false)));
    }

    private void NetworkFault(int index)
    {
        // Ping nodes alone cannot tell a cut between the nodes from a dead peer: that is not among what this policy promises.
        var most = Policy == FailoverPolicy.PingOnly ? 1 : 4;
        if (_networkFaults >= most)
            return;
        var kind = Random.Next(Policy == FailoverPolicy.PingOnly ? 7 : 11);
        var ms = Random.Next(4) == 0 ? Random.Next(100, 3000) : Random.Next(3000, 40_000);
        Trace($"network fault {kind} at {index} for {ms} ms");
        var path = Random.Next(2);
        var ping = PingNodes == 0 ? -1 : Random.Next(PingNodes);
        Set(true);
        _networkFaults++;
        After(ms, () =>
        {
            _networkFaults--;
            if (!_healed)
                Set(false);
        });

        void Set(bool on)
        {
            switch (kind)
            {
                case 0: _nicDown[index, 0] = on; break;
                case 1: _nicDown[index, 1] = on; break;
                case 2: _nicDown[index, 0] = _nicDown[index, 1] = on; break;
                case 3: _replicationBlocked = on; break;
                case 4: _heartbeatsBlocked = on; break;
                case 5 when ping >= 0: PingUp[ping] = !on; break;
                case 6: Array.Fill(PingUp, !on); break;
                case 7: _oneWay[index, path] = on; break;
                case 8: _oneWay[index, 0] = _oneWay[index, 1] = on; break;
                case 9: _witnessCut[index] = on; break;
                case 10: _lossPercent = on ? Random.Next(10, 60) : 0; break;
            }
        }
    }
}
