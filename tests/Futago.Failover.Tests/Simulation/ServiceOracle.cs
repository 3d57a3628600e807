namespace Futago.Failover.Tests.Simulation;

/// <summary>What initiators see: the terms of the answers only grow, and one term is one node.</summary>
internal sealed class ServiceOracle
{
    private ulong _term;
    private long _activation;

    public ulong Term => _term;

    public long Answers { get; private set; }

    public long LastAnswerMs { get; private set; }

    /// <param name="activation">Names one time of being active.</param>
    /// <returns>What is wrong, or null.</returns>
    public string? Answered(ulong term, long activation, long realMs)
    {
        Answers++;
        LastAnswerMs = realMs;
        if (term < _term)
            return $"an answer in term {term} after one in term {_term}";
        if (term == _term && activation != _activation)
            return $"two activations answer in term {term}";
        (_term, _activation) = (term, activation);
        return null;
    }
}
