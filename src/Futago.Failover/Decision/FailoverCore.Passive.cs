namespace Futago.Failover;

/// <summary>When a passive node takes over, and why it does not.</summary>
internal sealed partial class FailoverCore
{
    private long _passiveSinceMs;
    private long _notBeforeMs;

    /// <summary>How long this node did not run before the present event.</summary>
    private long _notHeardMs;

    /// <summary>Since its start, and since it was last cut off, it has been in sync with an active peer.</summary>
    private bool _armed;
    private long _serviceDeadMs;
    private long _serviceAliveMs;
    private long _nextProbeMs;

    /// <summary>Why a passive node does not serve.</summary>
    public PassiveReason Reason { get; private set; }

    private bool HasAllData => !_rules.ServeOnlyUpToDate
        || (_mirror is { Data: DataState.UpToDate, SplitBrain: false } && (_wanted.YieldedTo == 0 || !_rules.YieldBinds));

    private void EvaluatePassive()
    {
        // Whoever was not running did not hear: what is in the queues comes first.
        if (_notHeardMs > 1000)
        {
            _notBeforeMs = Math.Max(_notBeforeMs, _nowMs + 2 * _options.HeartbeatMs);
            _armed &= !_rules.IsolationDisarms;
        }
        if (!_wanted.Mode.Running)
        {
            EndHandOver(FailoverResult.NotRunning);
            GoTo(NodeState.Off);
            return;
        }
        Disarm();
        ProbeService();
        if (HandOverUnderWay())
            return;
        Reason = PeerVisible && !PeerSilentFor(WaitMs) ? EvaluateVisible(_peer!) : EvaluateSilent();
    }

    /// <summary>Both are passive: the one with the newest data serves, and of equals the one that sees a ping node, then the primary.</summary>
    private PassiveReason EvaluateVisible(Heartbeat peer)
    {
        if (peer.State.IsActive())
            return PassiveReason.PeerActive;
        if (peer.State != NodeState.Passive)
            return PassiveReason.PeerPreferred;
        var settled = _nowMs - Math.Max(_passiveSinceMs, _peerPassiveSinceMs);
        // The mirror gets more time to connect: without it the peer would have to be outdated. One whose disk has failed is not waited for.
        if (peer.Data != DataState.Failed && settled < (_mirror.Link == MirrorLink.Down ? 2 : 1) * _options.SettleMs)
            return PassiveReason.PeerPreferred;
        if (_nowMs < _notBeforeMs)
            return PassiveReason.RetryPause;
        if (WhyNotServe() is { } reason)
            return reason;
        var order = _wanted.Rank.CompareTo((peer.DataTerm, peer.Alone));
        if (order < 0 && _rules.ConsentToNewerData)
            return PassiveReason.PeerHasNewerData;
        var peerCould = peer is { Data: DataState.UpToDate, Yielded: false, PingOk: true };
        if (order == 0 && peerCould && !_options.IsPrimary && _nowMs - _passiveSinceMs < PeerPreferredMs)
            return PassiveReason.PeerPreferred;
        BeginTakeover(Authority.Peer, NextTerm(), alone: _mirror.Link == MirrorLink.Down);
        return PassiveReason.None;
    }

    /// <summary>The configured primary goes first, but not for ever: it may have reasons that are not seen from here.</summary>
    private long PeerPreferredMs => 4L * _options.SettleMs + _options.AnswerMs;

    private PassiveReason? WhyNotServe()
    {
        if (_mirror.SplitBrain)
            return PassiveReason.SplitBrain;
        if (_wanted.YieldedTo != 0 && _rules.YieldBinds)
            return PassiveReason.Yielded;
        if (!HasAllData)
            return PassiveReason.DataNotUpToDate;
        if (!PingOk && _rules.IsolatedNeverTakesOver)
            return PassiveReason.PingLost;
        return null;
    }

    private PassiveReason EvaluateSilent()
    {
        if (!PeerSilentFor(WaitMs))
            return PassiveReason.PeerMayServe;
        if (!_peerSeen && _rules.ColdStartWaits && _nowMs - _startedMs < _options.InitDeadMs)
            return PassiveReason.WaitingForPeer;
        if (_wanted.Mode.Maintenance)
            return PassiveReason.Maintenance;
        if (WhyNotServe() is { } reason)
            return reason;
        if (_nowMs < _notBeforeMs)
            return PassiveReason.RetryPause;
        if (!_rules.TakeoverNeedsAuthority)
        {
            BeginTakeover(Authority.PingNodes, NextTerm(), alone: true);
            return PassiveReason.None;
        }
        return _options.Policy switch
        {
            FailoverPolicy.Witness => EvaluateWitnessTakeover(),
            FailoverPolicy.PingOnly => EvaluatePingTakeover(),
            _ => PassiveReason.NoAuthority,
        };
    }

    private long WaitMs => _rules.WaitForLease ? _options.TakeoverMs : 2L * _options.HeartbeatMs;

    private PassiveReason EvaluateWitnessTakeover()
    {
        // Only when it looks as if it would be granted: a term that is tried for in vain is used up.
        if (_witness is not { } witness || !WitnessReachable || _nowMs - _witnessAnsweredForMs > 2L * _options.WitnessRenewMs)
            return PassiveReason.NoAuthority;
        var mine = witness.Holder == _options.NodeId;
        if (witness.Result == WitnessResult.Unknown || (!mine && (witness.Alone || _nowMs < _witnessAnsweredForMs + witness.RemainingMs)))
            return PassiveReason.NoAuthority;
        BeginTakeover(Authority.Witness, NextTerm(), alone: true);
        return PassiveReason.None;
    }

    private PassiveReason EvaluatePingTakeover()
    {
        if (!_armed && _rules.ColdStartWaits)
            return PassiveReason.WaitingForPeer;
        // Asked and answered after the peer's time was over: what answered before says nothing of now.
        if (LastPingMs() <= _lastHeardMs + _options.TakeoverMs && _rules.IsolatedNeverTakesOver)
            return PassiveReason.PingLost;
        // A service that was alive may be standing still since, with a lease: it is waited for as for a heartbeat.
        if (_rules.ProbeBeforeTakeover && (_nowMs - _serviceAliveMs < WaitMs || _nowMs - _serviceDeadMs > 2L * _options.HeartbeatMs))
            return PassiveReason.ServiceAlive;
        BeginTakeover(Authority.PingNodes, NextTerm(), alone: true);
        return PassiveReason.None;
    }

    /// <summary>From the first missing heartbeat on: what was not looked at cannot be known to have been dead.</summary>
    private void ProbeService()
    {
        if (_options.Policy != FailoverPolicy.PingOnly || _nowMs < _nextProbeMs || !PeerSilentFor(2L * _options.HeartbeatMs))
            return;
        _nextProbeMs = _nowMs + _options.HeartbeatMs;
        Emit(new ProbeVirtualIp());
    }

    private void OnProbe(bool alive)
    {
        if (alive)
            _serviceAliveMs = _nowMs;
        else
            _serviceDeadMs = _nowMs;
    }

    /// <summary>A node that hears neither its peer nor a ping node is cut off itself, and its peer may have gone on alone.</summary>
    private void Disarm()
    {
        if (_armed && !PingOk && PeerSilentFor(2 * _options.HeartbeatMs) && _rules is { IsolationDisarms: true, IsolatedNeverTakesOver: true })
            _armed = false;
    }
}
