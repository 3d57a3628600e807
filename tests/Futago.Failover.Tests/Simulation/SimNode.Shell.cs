namespace Futago.Failover.Tests.Simulation;

/// <summary>What the engine around the core does, in the time that it takes.</summary>
internal sealed partial class SimNode
{
    private void OnEffect(FailoverEffect effect)
    {
        switch (effect)
        {
            case SendHeartbeat s: world.Send(this, s); break;
            case SendPing p: world.Ping(this, p); break;
            case AskWitness a: AskWitness(a); break;
            case Store s: Store(s); break;
            case RunStep s:
                _steps.Enqueue(s);
                NextStep();
                break;
            case Permit p:
                InGuard(Life, () =>
                {
                    if (Guard!.Permitted(p.UntilMs) == GuardAction.Clear)
                        ClearNetwork();
                    FilterUntilMs = p.UntilMs;
                });
                break;
            case ProbeVirtualIp: world.Probe(this); break;
            case Futago.Failover.EndEngine: KillEngine(); break;
            case Notice n when n.Kind is not (NoticeKind.PathUp or NoticeKind.PathDown): world.Trace($"{index}:   {n.Kind} {n.Term} {n.Number}"); break;
        }
    }

    private void Store(Store store) => world.StoreLater(this, Life, () =>
    {
        var ok = !world.Fails(world.StoreFaults);
        // What failed may be on the medium all the same.
        if (ok || world.Random.Next(2) == 0)
            Record = store.Record;
        EngineLater(0, () => Step(new Stored(store.Id, ok)));
    });

    private void AskWitness(AskWitness ask)
    {
        _witnessAsked = ask.Id;
        world.Witness(this, _witnessSession, ask.Request, reply => EngineLater(0, () => Answer(ask.Id, reply)));
        EngineLater(2000, () =>
        {
            if (_witnessAsked != ask.Id)
                return;
            // The connection is closed; the next one makes the witness deaf to what this one still carries.
            _witnessSession = world.NextSession();
            Answer(ask.Id, null);
        });
    }

    private void Answer(long id, WitnessReply? reply)
    {
        if (_witnessAsked != id)
            return;
        _witnessAsked = 0;
        Step(new WitnessAnswered(id, reply));
    }

    private void NextStep()
    {
        if (_stepBusy || !_steps.TryDequeue(out var step))
            return;
        _stepBusy = true;
        var slow = world.StepFaults && world.Random.Next(50) == 0;
        EngineLater(slow ? world.Random.Next(500, 12_000) : world.Random.Next(60), () =>
        {
            if (step.Step is FailoverStep.BlockPort or FailoverStep.OpenPort or FailoverStep.AddVirtualIp or FailoverStep.RemoveVirtualIp)
                // Port and address are the guard's.
                InGuard(Life, () =>
                {
                    CarryNetwork(step.Step);
                    EngineLater(0, () => Carried(step));
                });
            else
                Carried(step);
        });
    }

    private void Carried(RunStep step, int tries = 0)
    {
        if (step.Step == FailoverStep.Drain && Mirror.InFlight > 0 && tries < 40)
        {
            EngineLater(50, () => Carried(step, tries + 1));
            return;
        }
        var ok = Carry(step);
        if (world.Fails(world.StepFaults) && step.Step != FailoverStep.OutdateVolumes)
            ok = false;
        _stepBusy = false;
        Step(new StepDone(step.Id, ok));
        if (Core is not null)
            NextStep();
    }

    private void CarryNetwork(FailoverStep step)
    {
        switch (step)
        {
            case FailoverStep.BlockPort: PortOpen = false; break;
            case FailoverStep.OpenPort: PortOpen = true; break;
            case FailoverStep.AddVirtualIp: Vip = true; break;
            case FailoverStep.RemoveVirtualIp: Vip = false; break;
        }
    }

    private bool Carry(RunStep step)
    {
        switch (step.Step)
        {
            case FailoverStep.Promote:
                if (!world.Promote(this, step.Alone, step.Term))
                    return false;
                Activation = world.NextActivation();
                _held = false;
                return true;
            case FailoverStep.GoAlone:
                world.GoAlone(this);
                return true;
            case FailoverStep.Demote:
                SimWorld.Demote(this);
                return true;
            case FailoverStep.StopCommands or FailoverStep.ResumeCommands:
                _held = step.Step == FailoverStep.StopCommands;
                return true;
            case FailoverStep.Drain: return Mirror.InFlight == 0;
            case FailoverStep.OutdateVolumes:
                world.Outdate(this);
                return true;
            default: return true;
        }
    }
}
