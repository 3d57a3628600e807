namespace Futago.Failover;

/// <summary>Until when this node may serve, and from whom it has that.</summary>
internal sealed partial class FailoverCore
{
    private const long Forever = long.MaxValue / 2;

    /// <summary>From the first answer to an initiator on; false at once when it is over.</summary>
    private bool _serving;
    private long _permitUntilMs;

    /// <summary>The passive peer follows this node's term, and will not take over before this and the guard's time are over.</summary>
    private long _promiseUntilMs;
    private long _witnessUntilMs;

    /// <summary>The peer has durably yielded: it does not take over before it has heard that it is in sync.</summary>
    private bool _peerYielded;

    /// <summary>An operator said that the peer does not serve. Over when the peer is heard.</summary>
    private bool _operatorsWord;

    private long AuthorityUntilMs()
    {
        var until = Math.Max(_promiseUntilMs, _witnessUntilMs);
        if (_peerYielded || _operatorsWord || _options.Policy == FailoverPolicy.Manual)
            until = Forever;
        if (_options.Policy == FailoverPolicy.PingOnly)
            until = _rules.IsolatedNeverTakesOver ? Math.Max(until, LastPingMs() + _options.LeaseMs) : Forever;
        return until;
    }

    /// <summary>
    /// Authority without end still gives short leases: they are what the guard watches, and what ends an engine that stands still.
    /// </summary>
    private long LeaseUntilMs() => Math.Min(AuthorityUntilMs(), _nowMs + _options.LeaseMs);

    private void CheckLease()
    {
        if (!_serving || _nowMs < _permitUntilMs || _state is not (NodeState.ActiveMirrored or NodeState.Frozen or NodeState.ActiveAlone or NodeState.HandingOver))
            return;
        if (!_rules.LeaseBeforeAnswer && AuthorityUntilMs() > _nowMs)
            return;
        Note(NoticeKind.LeaseLapsed);
        StopServing(NoticeKind.Isolated);
    }

    private void RenewPermit()
    {
        if (!_serving)
            return;
        var until = LeaseUntilMs();
        // A stale message cannot shorten it, and a few ms more are not worth a message to the guard, which has to know the same.
        if (until - _permitUntilMs < 100)
            return;
        _permitUntilMs = until;
        Emit(new Permit(until));
    }

    /// <summary>The guard saw the permit lapse, for whatever reason: nothing can be served, so this node does not claim to.</summary>
    private void OnGuardCleared()
    {
        if (_serving && _state != NodeState.TakingOver)
            StopServing(NoticeKind.Isolated);
        else if (_serving)
            FailTakeover();
    }

    private void BeginServing()
    {
        _serving = true;
        _permitUntilMs = 0;
        RenewPermit();
    }

    private void WithdrawPermit()
    {
        if (!_serving)
            return;
        _serving = false;
        _permitUntilMs = 0;
        Emit(new Permit(0));
    }

    private void ForgetAuthority()
    {
        _promiseUntilMs = _witnessUntilMs = 0;
        _peerYielded = _operatorsWord = false;
    }
}
