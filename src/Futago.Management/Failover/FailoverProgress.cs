using Futago.Console.Client.Failover;

namespace Futago.Management.Failover;

/// <summary>How far the set-up of volumes for the failover is, for whoever looks on. One set-up at a time.</summary>
public sealed class FailoverProgress
{
    private readonly Lock _lock = new();
    private List<FailoverPlanStep> _steps = [];
    private bool _running;

    public FailoverPlan Plan
    {
        get
        {
            lock (_lock)
                return new FailoverPlan([.. _steps]);
        }
    }

    /// <exception cref="Futago.Engine.Contracts.ProblemException">Another one is under way.</exception>
    public void Begin(IEnumerable<FailoverPlanStep> steps)
    {
        lock (_lock)
        {
            if (_running)
                throw FailoverProblems.SetUpRunning();
            (_running, _steps) = (true, [.. steps]);
        }
    }

    /// <summary>A new set-up begins to be looked at: nobody should take what the last one did for its steps.</summary>
    public void Forget()
    {
        lock (_lock)
        {
            if (!_running)
                _steps = [];
        }
    }

    public void Set(int step, FailoverStepState state)
    {
        lock (_lock)
            _steps[step] = _steps[step] with { State = state };
    }

    public void End()
    {
        lock (_lock)
            _running = false;
    }
}
