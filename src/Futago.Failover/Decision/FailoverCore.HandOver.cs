namespace Futago.Failover;

/// <summary>
/// Planned switch: stop new commands → drain → flush both → block the port → secondary → remove the virtual IP → ask the peer.
/// Until the volumes are demoted a failure resumes the service here.
/// </summary>
internal sealed partial class FailoverCore
{
    private static readonly FailoverStep[] HandOverSteps =
    [
        FailoverStep.StopCommands, FailoverStep.Drain, FailoverStep.Flush,
        FailoverStep.BlockPort, FailoverStep.Demote, FailoverStep.RemoveVirtualIp, FailoverStep.EndSessions,
    ];

    private long _handOverUntilMs;
    private long _peerPassiveSinceMs;
    private ulong _handOverTerm;

    /// <summary>Why the peer cannot be asked to take over; null when it can.</summary>
    private FailoverResult? WhyNotSwitch()
    {
        if (!PeerVisible)
            return FailoverResult.PeerSilent;
        if (_state != NodeState.ActiveMirrored || _mirror.Link != MirrorLink.InSync || _wanted.Alone || _durable.Alone || _peerYielded)
            return FailoverResult.NotInSync;
        var ready = _peer is { State: NodeState.Passive, Data: DataState.UpToDate, InSync: true, Yielded: false } peer
            && peer.DataTerm == _durable.Promised && peer.Term == _durable.Promised;
        return ready ? null : FailoverResult.NotInSync;
    }

    private void BeginHandOver(bool automatic)
    {
        if (automatic)
            _automaticSwitches.Enqueue(_nowMs);
        Note(NoticeKind.SwitchStarted, number: automatic ? 1 : 0);
        GoTo(NodeState.HandingOver);
        RunHandOverStep(0);
    }

    private void RunHandOverStep(int next)
    {
        if (next == HandOverSteps.Length)
        {
            AskToTakeOver();
            return;
        }
        var step = HandOverSteps[next];
        if (step == FailoverStep.BlockPort && _rules.DemoteBeforeHandOver)
            WithdrawPermit();
        if (step == FailoverStep.RemoveVirtualIp && !_rules.DemoteBeforeHandOver)
            AskPeer(AskKind.TakeOver, NextTerm());
        RunNext(step, ok =>
        {
            if (_state != NodeState.HandingOver)
                return;
            if (ok)
                RunHandOverStep(next + 1);
            else if (_serving)
                Resume();
            else
                StopServing(NoticeKind.SwitchFailed);
        });
    }

    private void Resume()
    {
        _notBeforeMs = _nowMs + _options.RetryMs;
        Note(NoticeKind.SwitchFailed);
        RunNext(FailoverStep.ResumeCommands, ok =>
        {
            if (_state != NodeState.HandingOver)
                return;
            AnswerPending(FailoverResult.StepFailed);
            if (ok)
                GoTo(NodeState.ActiveMirrored);
            else
                StopServing(NoticeKind.SwitchFailed);
        });
    }

    /// <summary>Nothing is served here any more. This node follows the new term before anybody can serve in it.</summary>
    private void AskToTakeOver()
    {
        WithdrawPermit();
        ForgetAuthority();
        _handOverTerm = NextTerm();
        _handOverUntilMs = _nowMs + _options.StepMs;
        var term = _handOverTerm;
        GoTo(NodeState.Passive);
        Commit(_wanted with { Promised = term }, () =>
        {
            if (_state != NodeState.Passive || _handOverTerm != term)
                return;
            _handOverUntilMs = _nowMs + _options.AnswerMs;
            AskPeer(AskKind.TakeOver, term);
        });
    }

    private bool HandOverUnderWay()
    {
        if (_handOverTerm == 0)
            return false;
        if (PeerVisible && _peer!.State.IsActive() && _peer.Term >= _handOverTerm)
            EndHandOver(FailoverResult.Done);
        else if (_nowMs >= _handOverUntilMs && (!PeerVisible || _peer!.State != NodeState.TakingOver))
            EndHandOver(FailoverResult.TimedOut);
        return _handOverTerm != 0;
    }

    private void OnHandOverAnswered(bool yes)
    {
        if (_handOverTerm == 0)
            return;
        if (yes)
            _handOverUntilMs = _nowMs + _options.AnswerMs;
        else
            EndHandOver(FailoverResult.Refused);
    }

    private void EndHandOver(FailoverResult result)
    {
        if (_handOverTerm == 0)
            return;
        _handOverTerm = 0;
        StopAsking();
        if (result != FailoverResult.Done)
            Note(NoticeKind.SwitchFailed, number: (int)result);
        AnswerPending(result);
    }
}
