namespace Futago.Failover;

/// <summary>While it serves: with the peer, without it, and when it had better stop.</summary>
internal sealed partial class FailoverCore
{
    private readonly Queue<long> _automaticSwitches = [];
    private long _nextAskMs;
    private long _pingLostMs;
    private long _nextAutomaticMs;

    private void EvaluateActive()
    {
        if (!_wanted.Mode.Running)
        {
            StopServing(NoticeKind.StateChanged);
            return;
        }
        switch (_state)
        {
            case NodeState.ActiveMirrored when _mirror.Link == MirrorLink.Down:
                _nextAskMs = 0;
                _nextWitnessMs = _nowMs;
                GoTo(NodeState.Frozen);
                break;
            case NodeState.Frozen when _afterStep is null && _mirror.Link != MirrorLink.Down:
                StopAsking();
                GoTo(NodeState.ActiveMirrored);
                break;
            case NodeState.ActiveAlone when _mirror.Link == MirrorLink.InSync:
                GoTo(NodeState.ActiveMirrored);
                break;
        }
        if (_state == NodeState.Frozen && _afterStep is null)
            TryGoAlone();
        EvaluateDisk();
        EvaluateIsolation();
    }

    private void TryGoAlone()
    {
        if (!_rules.AloneNeedsAuthority)
        {
            GoAlone();
            return;
        }
        if (PeerVisible ? _nowMs - _linkLostMs < _options.FreezeMs : !PeerSilentFor(_options.DeadMs))
            return;
        // First here, then there: a node that restarts never gives back what it may have been granted.
        if (!_wanted.Alone)
            Commit(_wanted with { Alone = true });
        if (!_durable.Alone || !_wanted.Alone)
            return;
        var policySays = _options.Policy switch
        {
            FailoverPolicy.Witness => _witnessKnowsAlone && _witnessUntilMs > _nowMs,
            FailoverPolicy.PingOnly => !PeerVisible && PingOk,
            _ => !PeerVisible,
        };
        if (_peerYielded || _operatorsWord || policySays)
            GoAlone();
        else if (PeerVisible && _nowMs >= _nextAskMs)
        {
            _nextAskMs = _nowMs + _options.AnswerMs;
            AskPeer(AskKind.Yield, _durable.Promised);
        }
    }

    private void OnYielded(bool yes)
    {
        if (yes && _state == NodeState.Frozen)
            _peerYielded = true;
    }

    private void GoAlone() => RunNext(FailoverStep.GoAlone, ok =>
    {
        if (_state != NodeState.Frozen)
            return;
        StopAsking();
        if (ok)
            GoTo(NodeState.ActiveAlone);
        else
            StopServing(NoticeKind.StepFailed);
    });

    /// <summary>
    /// In sync again: the peer may be told so, and may then take over. Before that, this node stops counting on the peer's having
    /// yielded, which needs a lease from elsewhere.
    /// </summary>
    private void EvaluateSync()
    {
        if (_state != NodeState.ActiveMirrored || _mirror.Link != MirrorLink.InSync || !(_peerYielded || _wanted.Alone))
            return;
        var yielded = _peerYielded;
        var word = _operatorsWord;
        _peerYielded = _operatorsWord = false;
        if (AuthorityUntilMs() < _nowMs + 2L * _options.HeartbeatMs)
        {
            (_peerYielded, _operatorsWord) = (yielded, word);
            return;
        }
        if (_wanted.Alone)
            Commit(_wanted with { Alone = false });
    }

    private void EvaluateDisk()
    {
        if (_mirror.Data != DataState.Failed || !_state.IsActive() || _state == NodeState.HandingOver)
            return;
        // No orderly switch: it needs this node's disk. What was acknowledged is on the peer; nothing is since the disk failed.
        StopServing(NoticeKind.DiskLost);
    }

    private void EvaluateIsolation()
    {
        if (PingOk || !_state.IsActive() || _state == NodeState.HandingOver)
        {
            _pingLostMs = _nowMs;
            return;
        }
        if (_nowMs - _pingLostMs < _options.SettleMs || !PeerVisible)
            return;
        if (_peer!.PingOk)
        {
            if (_state == NodeState.ActiveMirrored && !_wanted.Mode.Maintenance && _nowMs >= _notBeforeMs && WhyNotSwitch() is null && MaySwitchAutomatically())
                BeginHandOver(automatic: true);
        }
        else if (_options.StopWithoutPing)
        {
            StopServing(NoticeKind.PingLost);
        }
    }

    /// <summary>Switching to and fro helps nobody: after too many the node stays where it is, until it was quiet for a while.</summary>
    private bool MaySwitchAutomatically()
    {
        while (_automaticSwitches.TryPeek(out var oldest) && _nowMs - oldest > _options.FlapWindowMs)
            _automaticSwitches.Dequeue();
        if (_automaticSwitches.Count < _options.FlapLimit)
            return true;
        if (_nowMs >= _nextAutomaticMs)
        {
            _nextAutomaticMs = _nowMs + _options.FlapWindowMs;
            Note(NoticeKind.Flapping, number: _automaticSwitches.Count);
        }
        return false;
    }
}
