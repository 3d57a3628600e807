namespace Futago.Failover.Tests.Simulation;

/// <summary>One machine: kernel (address, port, filter), guard, and the lives of its engine.</summary>
internal sealed partial class SimNode(SimWorld world, int index, double rate)
{
    private readonly Queue<RunStep> _steps = [];
    private bool _stepBusy;
    private bool _held;
    private long _clockOffsetMs;
    private long _witnessSession;
    private long _witnessAsked;

    public int Index => index;

    public SimMirror Mirror { get; } = new();

    public FailoverRecord Record { get; set; } = FailoverRecord.New;

    public FailoverCore? Core { get; private set; }

    /// <summary>Counts engines; what was meant for an earlier one is lost with it.</summary>
    public int Life { get; private set; }

    public int GuardLife { get; private set; }

    public bool MachineUp { get; private set; } = true;

    public bool Suspended { get; set; }

    public long EngineStalledUntilMs { get; set; }

    public long GuardStalledUntilMs { get; set; }

    public bool Vip { get; private set; }

    public bool PortOpen { get; private set; }

    public long FilterUntilMs { get; private set; }

    public long Activation { get; private set; }

    public PermitWatch? Guard { get; private set; }

    public long Now => (long)(world.RealMs * rate) + _clockOffsetMs;

    public bool EngineRuns => Core is not null && MachineUp && world.RealMs >= EngineStalledUntilMs && !Suspended;

    public void JumpClock(long ms) => _clockOffsetMs += ms;

    public void StartGuard()
    {
        MachineUp = true;
        GuardLife++;
        Guard = new PermitWatch(world.Options(this));
        // What a predecessor left goes before anything is started.
        if (world.Mutation != Mutation.GuardDoesNotClearAfterCrash)
            ClearNetwork();
        StartEngine();
        GuardLater(PermitWatch.CheckMs, CheckPermit);
    }

    private void StartEngine()
    {
        Guard!.EngineStarted();
        Life++;
        _steps.Clear();
        _stepBusy = _held = false;
        _witnessSession = world.NextSession();
        Core = new FailoverCore(world.Options(this), Record, Now);
        world.Trace($"{index}: engine {Life} starts, {Record}");
        EngineLater(0, Tick);
        Step(new MirrorChanged(Mirror.Status));
    }

    public void Step(FailoverEvent e)
    {
        var before = Core!.State;
        foreach (var effect in Core.Step(Now, e).ToArray())
        {
            OnEffect(effect);
            if (Core is null)
                return;
        }
        if (Core.State != before)
            world.Trace($"{index}: {before} → {Core.State} on {e.GetType().Name}, term {Core.Term}, {Core.Reason}");
    }

    private void Tick()
    {
        Step(Futago.Failover.Tick.Instance);
        EngineLater(100, Tick);
    }

    /// <summary>In the engine that runs now, when it is running; lost with it.</summary>
    public void EngineLater(long delayMs, Action action)
    {
        var life = Life;
        world.After(delayMs, Run);

        void Run()
        {
            if (life != Life || Core is null)
                return;
            if (world.RealMs < EngineStalledUntilMs)
                world.After(EngineStalledUntilMs - world.RealMs, Run);
            else
                action();
        }
    }

    private void GuardLater(long delayMs, Action action)
    {
        var life = GuardLife;
        world.After(delayMs, Run);

        void Run()
        {
            if (life != GuardLife || Guard is null)
                return;
            if (world.RealMs < GuardStalledUntilMs)
                world.After(GuardStalledUntilMs - world.RealMs, Run);
            else
                action();
        }
    }

    /// <summary>What an engine sends: the pipe ends with it.</summary>
    private void InGuard(int life, Action action) => GuardLater(0, () =>
    {
        if (life == Life && Core is not null)
            action();
    });

    private void CheckPermit()
    {
        // What is in the pipe is read first, also after the guard stood still.
        GuardLater(0, Check);
        GuardLater(world.Random.Next(100, PermitWatch.CheckMs), CheckPermit);
    }

    private void Check()
    {
        switch (Guard!.Check(Now))
        {
            case GuardAction.Clear:
                ClearNetwork();
                EngineLater(world.Random.Next(5), () => Step(new GuardCleared()));
                break;
            case GuardAction.EndEngine:
                if (world.Mutation == Mutation.GuardDoesNotEndEngine)
                    break;
                ClearNetwork();
                world.Trace($"{index}: guard ends the engine");
                KillEngine();
                break;
        }
    }

    private void ClearNetwork() => Vip = PortOpen = false;

    /// <summary>The process is gone; its guard clears up and starts the next one.</summary>
    public void KillEngine()
    {
        if (Core is null)
            return;
        world.Trace($"{index}: engine ends");
        EndEngine();
        GuardLater(world.Random.Next(1, 300), () =>
        {
            if (world.Mutation != Mutation.GuardDoesNotClearAfterCrash)
                ClearNetwork();
            GuardLater(world.Random.Next(200, 3000), () =>
            {
                if (Core is null && MachineUp)
                    StartEngine();
            });
        });
    }

    private void EndEngine()
    {
        Core = null;
        EngineStalledUntilMs = 0;
        Mirror.Crash();
        world.LinkBroken(index, process: true);
    }

    /// <summary>The kernel ends the engine together with its guard; address and filter stay until the next guard.</summary>
    public void KillGuard()
    {
        if (Guard is null)
            return;
        world.Trace($"{index}: guard ends");
        GuardLife++;
        Guard = null;
        GuardStalledUntilMs = 0;
        EndEngine();
        var life = GuardLife;
        world.After(world.Random.Next(200, 4000), () =>
        {
            if (MachineUp && life == GuardLife)
                StartGuard();
        });
    }

    public void PowerOff()
    {
        world.Trace($"{index}: power off");
        GuardLife++;
        Guard = null;
        MachineUp = Suspended = false;
        GuardStalledUntilMs = 0;
        EndEngine();
        ClearNetwork();
        FilterUntilMs = 0;
    }

    public bool CanAnswer => EngineRuns && Core!.MayServe(Now) && Mirror.Primary && KernelLetsThrough;

    private bool KernelLetsThrough =>
        Vip && PortOpen && (world.Barrier != SimBarrier.Filter || Now < FilterUntilMs || world.Mutation == Mutation.FilterDoesNotExpire);

    /// <summary>A command of an initiator came: look, then answer a moment later.</summary>
    public void Serve(bool write, long gapMs) => EngineLater(0, () =>
    {
        if (!Core!.MayServe(Now) || !Mirror.Primary || _held)
            return;
        if (write)
            world.Write(this, () => Respond(gapMs));
        else
            Respond(gapMs);
    });

    public void Respond(long gapMs, Action? acknowledged = null)
    {
        if (!Core!.MayServe(Now) || !Mirror.Primary)
            return;
        var (term, activation) = (Core.Term, Activation);
        EngineLater(gapMs, () =>
        {
            // A connection that is established outlives the address; only a filter stops what was under way.
            if (world.Barrier == SimBarrier.Filter && !KernelLetsThrough)
                return;
            acknowledged?.Invoke();
            world.Answered(this, term, activation);
        });
    }
}
