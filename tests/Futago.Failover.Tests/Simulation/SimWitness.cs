namespace Futago.Failover.Tests.Simulation;

/// <summary>The third machine: the product's decision, a medium, a clock of its own, and connections of which the newest of a node counts.</summary>
internal sealed class SimWitness(double rate, Mutation mutation)
{
    private readonly long[] _newest = new long[2];
    private WitnessLeases? _leases;
    private WitnessRecord? _stored;
    private WitnessRecord? _last;

    public bool Up => _leases is not null;

    public WitnessRecord? Record => _leases?.Record;

    private long Clock(long realMs) => (long)(realMs * rate);

    public void Start(long realMs)
    {
        var stored = _stored;
        if (stored is null && mutation == Mutation.WitnessGrantsUnknown)
            stored = new WitnessRecord(0, Guid.Empty, false, 0);
        _leases = new WitnessLeases(Clock(realMs), stored, mutation != Mutation.WitnessDoesNotWaitAfterRestart);
    }

    public void Stop() => _leases = null;

    public void LoseStore() => _stored = null;

    /// <returns>Null: not answered.</returns>
    public WitnessReply? Handle(long realMs, int node, long session, WitnessRequest request)
    {
        if (_leases is null)
            return null;
        if (session < _newest[node] && mutation != Mutation.WitnessHearsOldSessions)
            return null;
        _newest[node] = Math.Max(_newest[node], session);
        if (mutation == Mutation.WitnessLeaseTooShort)
            request = request with { LeaseMs = 500 };
        var reply = _leases.Decide(Clock(realMs), request, out var record);
        if (record is null)
            return reply;
        if (mutation != Mutation.WitnessAnswersBeforeStoring)
            _stored = record;
        else if (record != _last)
            // What it said last is still only in memory.
            (_stored, _last) = (_last, record);
        _leases.Commit(Clock(realMs), record);
        return reply;
    }
}
