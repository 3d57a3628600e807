namespace Futago.Failover;

/// <summary>
/// The witness's decision for one pair: a lease with compare and swap on the term. Pure: what is to be stored is given back, and
/// counts when <see cref="Commit"/> says that it is durable. A witness that lost its store knows nothing of a pair and gives nobody
/// a lease, except to the node that serves already.
/// </summary>
internal sealed class WitnessLeases
{
    private WitnessRecord? _record;
    private long _untilMs;

    /// <param name="nowMs">Of a monotonic clock; when it stands still, leases only last longer.</param>
    /// <param name="stored">Null: nothing is known of the pair.</param>
    /// <param name="waitAfterStart">The lease that a former run of the witness may have given is waited for.</param>
    public WitnessLeases(long nowMs, WitnessRecord? stored, bool waitAfterStart = true)
    {
        _record = stored;
        _untilMs = stored is { } r && r.Holder != Guid.Empty && waitAfterStart ? nowMs + r.LeaseMs : nowMs;
    }

    public WitnessRecord? Record => _record;

    /// <summary>Checks and decides.</summary>
    /// <param name="toCommit">What is to be made durable and then given to <see cref="Commit"/>; null when nothing changes.</param>
    public WitnessReply Decide(long nowMs, WitnessRequest request, out WitnessRecord? toCommit)
    {
        toCommit = null;
        if (_record is not { } record)
        {
            if (request is not { Operation: WitnessOperation.Acquire, Serves: true })
                return new WitnessReply(WitnessResult.Unknown, 0, Guid.Empty, false, 0);
            toCommit = new WitnessRecord(request.Term, request.Node, request.Alone, request.LeaseMs);
            return Reply(WitnessResult.Done, toCommit, request.LeaseMs);
        }
        var remaining = (int)Math.Clamp(_untilMs - nowMs, 0, WitnessRequest.LeaseMaximumMs);
        if (request.Operation == WitnessOperation.Query)
            return Reply(WitnessResult.Done, record, remaining);
        if (request.ExpectedTerm != record.Term)
            return Reply(WitnessResult.TermMoved, record, remaining);
        var mine = record.Holder == request.Node;
        if (request.Operation == WitnessOperation.Release)
        {
            if (!mine)
                return Reply(WitnessResult.Held, record, remaining);
            toCommit = record with { Holder = Guid.Empty, Alone = false };
            return Reply(WitnessResult.Done, toCommit, 0);
        }
        if (!mine && record.Alone)
            return Reply(WitnessResult.HolderAlone, record, remaining);
        if (!mine && record.Holder != Guid.Empty && remaining > 0)
            return Reply(WitnessResult.Held, record, remaining);
        if (request.Term < record.Term || (!mine && request.Term == record.Term))
            return Reply(WitnessResult.TermMoved, record, remaining);
        toCommit = new WitnessRecord(request.Term, request.Node, request.Alone, request.LeaseMs);
        return Reply(WitnessResult.Done, toCommit, request.LeaseMs);
    }

    /// <summary>The record is durable, or equal to what was.</summary>
    public void Commit(long nowMs, WitnessRecord record)
    {
        _record = record;
        _untilMs = record.Holder == Guid.Empty ? nowMs : nowMs + record.LeaseMs;
    }

    private static WitnessReply Reply(WitnessResult result, WitnessRecord record, int remainingMs) =>
        new(result, record.Term, record.Holder, record.Alone, remainingMs);
}
