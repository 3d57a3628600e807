namespace Futago.Failover;

/// <summary>
/// Takeover: block the port → store the attempt → authority → store the term → promote → reservations → targets → virtual IP →
/// announce → open. Whatever fails is undone to the end, and the node is passive again.
/// </summary>
internal sealed partial class FailoverCore
{
    private static readonly FailoverStep[] TakeoverSteps =
        [FailoverStep.Promote, FailoverStep.LoadReservations, FailoverStep.ReadyTargets, FailoverStep.AddVirtualIp, FailoverStep.Announce, FailoverStep.OpenPort];

    /// <summary>From the outside inwards: nobody is answered first, and the volumes are given up last.</summary>
    private static readonly FailoverStep[] ClearSteps = [FailoverStep.BlockPort, FailoverStep.RemoveVirtualIp, FailoverStep.EndSessions, FailoverStep.Demote];

    private Attempt? _attempt;
    private long _stepId;
    private long _stepDeadlineMs;
    private Action<bool>? _afterStep;

    private void BeginTakeover(Authority via, ulong term, bool alone)
    {
        var attempt = new Attempt(term, via, alone, _wanted, _nowMs);
        _attempt = attempt;
        Reason = PassiveReason.None;
        StopAsking();
        ForgetAuthority();
        _operatorsWord = via == Authority.Operator;
        GoTo(NodeState.TakingOver);
        Note(NoticeKind.TakeoverStarted, term, (int)via);
        RunNext(FailoverStep.BlockPort, ok =>
        {
            if (!ok)
                FailTakeover();
            else if (_rules.StoreTermFirst)
                Commit(_wanted with { Attempted = Math.Max(_wanted.Attempted, term) }, () => SeekAuthority(attempt));
            else
                SeekAuthority(attempt);
        });
    }

    private void SeekAuthority(Attempt attempt)
    {
        if (_attempt != attempt)
            return;
        attempt.Stage = AttemptStage.Authority;
        switch (attempt.Via)
        {
            case Authority.Peer:
                AskPeer(attempt.Alone ? AskKind.FollowOutdated : AskKind.Follow, attempt.Term);
                break;
            case Authority.Witness:
                _nextWitnessMs = _nowMs;
                break;
            default:
                Authorised(attempt);
                break;
        }
    }

    private void EvaluateTakeover()
    {
        var attempt = _attempt!;
        if (attempt.Stage == AttemptStage.Authority && attempt.Via == Authority.Witness && _witnessAsked is null && _nowMs >= _nextWitnessMs)
            Ask(new WitnessRequest(_options.NodeId, WitnessOperation.Acquire, _witness?.Term ?? 0, attempt.Term, _rules.WitnessRemembersAlone, Serves: false, _options.TakeoverMs));
        // The witness may have said yes without being heard, so this one is not given up, unless the peer asks for it.
        if (attempt is { Stage: AttemptStage.Authority, Via: Authority.Peer } && _nowMs - attempt.StartedMs > _options.AnswerMs)
            RefuseTakeover(FailoverResult.TimedOut);
        else if (attempt.Stage == AttemptStage.Prepare && _nowMs - attempt.StartedMs > 2L * _options.StepMs)
            RefuseTakeover(FailoverResult.TimedOut);
        else if (attempt.Stage == AttemptStage.StoreTerm && _nowMs - attempt.StartedMs > 2L * _options.StepMs)
            FailTakeover();
        else if (attempt.Stage == AttemptStage.Steps && AuthorityUntilMs() <= _nowMs)
            FailTakeover();
    }

    private void OnConsent(bool yes)
    {
        if (_attempt is not { Stage: AttemptStage.Authority, Via: Authority.Peer } attempt)
            return;
        if (!yes)
        {
            RefuseTakeover(FailoverResult.Refused);
            return;
        }
        _peerYielded = attempt.Alone;
        Authorised(attempt);
    }

    private void OnLeaseAnswered(WitnessRequest asked, WitnessReply reply)
    {
        var attempt = _attempt!;
        if (asked.Operation != WitnessOperation.Acquire || asked.Term != attempt.Term || attempt.Via != Authority.Witness)
            return;
        if (reply.Result == WitnessResult.Done)
        {
            HoldLease();
            _witnessKnowsAlone = true;
            Authorised(attempt);
        }
        else if (reply.Result == WitnessResult.TermMoved && (reply.Term < attempt.Term || (reply.Term == attempt.Term && reply.Holder == _options.NodeId)))
        {
            _nextWitnessMs = _nowMs;
        }
        else
        {
            RefuseTakeover(FailoverResult.Refused);
        }
    }

    /// <summary>
    /// The attempt was tried for, and whether the witness granted it is not known; the peer, alive and with at least the same data,
    /// wants to serve.
    /// </summary>
    private bool CanGiveUp(Heartbeat h) =>
        _attempt is { Stage: AttemptStage.Authority, Via: Authority.Witness } && h.AskTerm > _wanted.Highest && (h.DataTerm, h.Alone).CompareTo(_wanted.Rank) >= 0;

    private void GiveUpTakeover() => RefuseTakeover(FailoverResult.Refused);

    /// <summary>Nothing was done yet: back to passive.</summary>
    private void RefuseTakeover(FailoverResult result)
    {
        Note(NoticeKind.TakeoverRefused, _attempt!.Term, (int)_attempt.Via);
        _attempt = null;
        _afterStep = null;
        StopAsking();
        ForgetAuthority();
        _notBeforeMs = _nowMs + _options.RetryMs / 5;
        AnswerPending(result);
        GoTo(NodeState.Passive);
    }

    private void Authorised(Attempt attempt)
    {
        attempt.Stage = AttemptStage.StoreTerm;
        var served = _wanted with { Promised = attempt.Term, DataTerm = attempt.Term, Alone = attempt.Alone, YieldedTo = 0 };
        if (!_rules.StoreTermFirst)
        {
            _wanted = _durable = served;
            attempt.Stage = AttemptStage.Steps;
            RunTakeoverStep(attempt);
            return;
        }
        Commit(served, () =>
        {
            if (_attempt != attempt)
                return;
            attempt.Stage = AttemptStage.Steps;
            RunTakeoverStep(attempt);
        });
    }

    private void RunTakeoverStep(Attempt attempt)
    {
        // The peer's promise of the new term may still be on its way; its answer counts until then.
        if (attempt.Via == Authority.Peer && _promiseUntilMs == 0)
            _promiseUntilMs = attempt.StartedMs + _options.LeaseMs;
        if (AuthorityUntilMs() <= _nowMs || (!HasAllData && attempt is { Via: not Authority.Operator, NextStep: 0 }))
        {
            FailTakeover();
            return;
        }
        if (attempt.NextStep == TakeoverSteps.Length)
        {
            _attempt = null;
            _linkLostMs = _nowMs;
            GoTo(attempt.Alone ? NodeState.ActiveAlone : NodeState.ActiveMirrored);
            AnswerPending(FailoverResult.Done);
            return;
        }
        var step = TakeoverSteps[attempt.NextStep++];
        if (step == FailoverStep.OpenPort)
        {
            // The guard has to know before it can let anything through.
            attempt.Opened = true;
            BeginServing();
        }
        RunNext(step, ok =>
        {
            if (ok)
                RunTakeoverStep(attempt);
            else
                FailTakeover();
        }, attempt.Term, attempt.Alone);
    }

    private void FailTakeover()
    {
        var attempt = _attempt!;
        Note(NoticeKind.StepFailed, attempt.Term, attempt.NextStep);
        _attempt = null;
        // Before the volumes had a new generation nothing was changed: the peer's data is as good as before.
        if (attempt.NextStep == 0 || (!attempt.Alone && !attempt.Opened))
            Commit(_wanted with { DataTerm = attempt.Before.DataTerm, Alone = attempt.Before.Alone, YieldedTo = attempt.Before.YieldedTo });
        _notBeforeMs = _nowMs + _options.RetryMs;
        AnswerPending(FailoverResult.StepFailed);
        StopServing(NoticeKind.StepFailed);
    }

    private void StopServing(NoticeKind why)
    {
        _attempt = null;
        // Whoever stopped serving does not know who went on.
        _armed &= !_rules.IsolationDisarms;
        WithdrawPermit();
        StopAsking();
        ForgetAuthority();
        AnswerPending(FailoverResult.StepFailed);
        var failed = _state == NodeState.TakingOver;
        GoTo(NodeState.Stopping);
        Note(why);
        Clear(failed && !_rules.UndoFailedTakeover ? ClearSteps.Length : 0);
    }

    private void Clear(int next)
    {
        if (next == ClearSteps.Length)
        {
            GoTo(NodeState.Passive);
            return;
        }
        RunNext(ClearSteps[next], ok =>
        {
            if (ok)
                Clear(next + 1);
            else
                Emit(new EndEngine(ClearSteps[next]));
        });
    }

    private void RunNext(FailoverStep step, Action<bool> then, ulong? term = null, bool alone = false)
    {
        _stepId = NewId();
        _stepDeadlineMs = _nowMs + _options.StepMs;
        _afterStep = then;
        Emit(new RunStep(_stepId, step, term ?? _wanted.Promised, alone));
    }

    private void OnStepDone(StepDone done)
    {
        if (done.Id == _stepId)
            EndStep(done.Ok);
    }

    private void CheckStep()
    {
        if (_afterStep is not null && _nowMs >= _stepDeadlineMs)
            EndStep(ok: false);
    }

    private void EndStep(bool ok)
    {
        var then = _afterStep;
        _afterStep = null;
        then?.Invoke(ok);
    }
}
