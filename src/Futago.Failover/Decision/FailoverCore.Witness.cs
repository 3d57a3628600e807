namespace Futago.Failover;

/// <summary>The witness: one question at a time, each of which it answers or the connection is closed.</summary>
internal sealed partial class FailoverCore
{
    private const int QueryMs = 5000;

    /// <summary>What it had when it answered last.</summary>
    private WitnessReply? _witness;
    private WitnessRequest? _witnessAsked;
    private long _witnessAskedId;
    private long _witnessAskedMs;
    private ulong _witnessAskedFor;

    /// <summary>When the question was asked that was answered last.</summary>
    private long _witnessAnsweredForMs;
    private long _nextWitnessMs;

    /// <summary>The witness knows that this node, in its present term, goes on alone.</summary>
    private bool _witnessKnowsAlone;

    public bool WitnessReachable { get; private set; }

    private void EvaluateWitness()
    {
        if (_options.Policy != FailoverPolicy.Witness || _witnessAsked is not null || _nowMs < _nextWitnessMs || _state == NodeState.Off)
            return;
        if (_state.IsActive() || (_state == NodeState.TakingOver && _attempt!.Stage == AttemptStage.Steps))
            Renew();
        else if (_state is NodeState.Passive)
            Watch();
    }

    /// <summary>While it serves. Alone is what is durable, or about to be: never less than what may have been acknowledged.</summary>
    private void Renew()
    {
        var alone = _rules.WitnessRemembersAlone && (_durable.Alone || _wanted.Alone || _peerYielded);
        Ask(new WitnessRequest(_options.NodeId, WitnessOperation.Acquire, _witness?.Term ?? 0, _wanted.Promised, alone, Serves: true, _options.TakeoverMs));
    }

    /// <summary>While it does not: so that it knows the term, and gives back what an attempt of its own left there.</summary>
    private void Watch()
    {
        var left = _witness is { } w && w.Holder == _options.NodeId && !_durable.Alone && !_wanted.Alone;
        Ask(new WitnessRequest(
            _options.NodeId,
            left ? WitnessOperation.Release : WitnessOperation.Query,
            _witness?.Term ?? 0, _witness?.Term ?? 0, false, false, _options.TakeoverMs));
    }

    private void Ask(WitnessRequest request)
    {
        _witnessAsked = request;
        _witnessAskedId = NewId();
        _witnessAskedMs = _nowMs;
        _witnessAskedFor = _wanted.Promised;
        _nextWitnessMs = _nowMs + (request.Operation == WitnessOperation.Acquire || PeerSilentFor(_options.LeaseMs) ? _options.WitnessRenewMs : QueryMs);
        Emit(new AskWitness(_witnessAskedId, request));
    }

    private void OnWitness(WitnessAnswered answered)
    {
        if (_witnessAsked is not { } asked || answered.Id != _witnessAskedId)
            return;
        _witnessAsked = null;
        if (WitnessReachable != answered.Reply is not null)
        {
            WitnessReachable = answered.Reply is not null;
            Note(WitnessReachable ? NoticeKind.WitnessReached : NoticeKind.WitnessLost);
        }
        if (answered.Reply is not { } reply)
        {
            if (_state == NodeState.TakingOver)
                _nextWitnessMs = _nowMs + _options.WitnessRenewMs;
            return;
        }
        _witness = reply;
        _witnessAnsweredForMs = _witnessAskedMs;
        if (_state == NodeState.TakingOver && _attempt!.Stage == AttemptStage.Authority)
        {
            OnLeaseAnswered(asked, reply);
            return;
        }
        var mine = reply.Result == WitnessResult.Done && asked.Operation == WitnessOperation.Acquire && asked.Term == _wanted.Promised;
        if (mine && (_state.IsActive() || _state == NodeState.TakingOver) && _witnessAskedFor == _wanted.Promised)
        {
            HoldLease();
            _witnessKnowsAlone = asked.Alone || !_rules.WitnessRemembersAlone;
        }
        else if (reply.Result == WitnessResult.TermMoved)
        {
            // Now the term is known: ask again at once, but only once in a while.
            _nextWitnessMs = Math.Min(_nextWitnessMs, _nowMs + 200);
        }
    }

    private void HoldLease()
    {
        var from = _rules.LeaseFromRequest ? _witnessAskedMs : _nowMs;
        _witnessUntilMs = Math.Max(_witnessUntilMs, from + _options.LeaseMs);
    }
}
