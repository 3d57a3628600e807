namespace Futago.Failover;

/// <summary>What people ask for. One that takes time is answered when it is done; a second one meanwhile is told that it has to wait.</summary>
internal sealed partial class FailoverCore
{
    private const ulong OperatorsLead = 1000;

    private long _pendingCommand;
    private bool _pendingSync;

    private void OnCommand(FailoverCommand command)
    {
        switch (command)
        {
            case SetRunning c: SetMode(c.Id, _wanted.Mode with { Running = c.Running }); break;
            case SetMaintenance c: SetMode(c.Id, _wanted.Mode with { Maintenance = c.On }); break;
            case SwitchOver c: OnSwitch(c.Id); break;
            case FailBack when _options.IsPrimary && _state.IsActive(): Answer(command.Id, FailoverResult.IsPrimary); break;
            case FailBack c: OnSwitch(c.Id); break;
            case SyncVolumes c: OnSync(c.Id); break;
            case ServeAnyway c: OnServeAnyway(c); break;
        }
    }

    private void SetMode(long id, PairMode mode)
    {
        if (mode == _wanted.Mode)
            Answer(id, FailoverResult.Done);
        else
            Commit(_wanted with { Mode = mode with { Revision = mode.Revision + 1 } }, () => Answer(id, FailoverResult.Done));
    }

    private void OnSwitch(long id)
    {
        if (_state == NodeState.Off)
            Answer(id, FailoverResult.NotRunning);
        else if (!_state.IsActive())
            Answer(id, FailoverResult.NotActive);
        else if (_pendingCommand != 0 || _state == NodeState.HandingOver)
            Answer(id, FailoverResult.Busy);
        else if (WhyNotSwitch() is { } reason)
            Answer(id, reason);
        else
        {
            _pendingCommand = id;
            BeginHandOver(automatic: false);
        }
    }

    private void OnSync(long id)
    {
        if (_state == NodeState.Off)
            Answer(id, FailoverResult.NotRunning);
        else if (!PeerVisible)
            Answer(id, FailoverResult.PeerSilent);
        else if (_mirror.Link == MirrorLink.InSync)
            Answer(id, FailoverResult.Done);
        else if (_pendingCommand != 0)
            Answer(id, FailoverResult.Busy);
        else
        {
            (_pendingCommand, _pendingSync) = (id, true);
            Emit(new StartResync());
        }
    }

    private void OnServeAnyway(ServeAnyway c)
    {
        if (_state == NodeState.Off)
            Answer(c.Id, FailoverResult.NotRunning);
        else if (_state.IsActive())
            Answer(c.Id, FailoverResult.AlreadyActive);
        else if (_state != NodeState.Passive || _pendingCommand != 0 || _handOverTerm != 0)
            Answer(c.Id, FailoverResult.Busy);
        else if (PeerVisible)
            // The two settle it between them; there is nothing that a person knows better.
            Answer(c.Id, _peer!.State.IsActive() ? FailoverResult.PeerActive : FailoverResult.Busy);
        else if (!PeerSilentFor(_options.TakeoverMs))
            Answer(c.Id, FailoverResult.Busy);
        else if (!c.Force && WhyNotServe() is not (null or PassiveReason.PingLost))
            Answer(c.Id, FailoverResult.NotUpToDate);
        else
        {
            _pendingCommand = c.Id;
            Note(NoticeKind.OperatorServes, number: c.Force ? 1 : 0);
            // Far from what the peer could be trying at the same time, should it be alive after all.
            BeginTakeover(Authority.Operator, NextTerm() + OperatorsLead, alone: true);
        }
    }

    private void Answer(long id, FailoverResult result) => Emit(new CommandDone(id, result));

    private void AnswerPending(FailoverResult result)
    {
        if (_pendingCommand == 0 || _pendingSync)
            return;
        Answer(_pendingCommand, result);
        _pendingCommand = 0;
    }

    private void CheckPending()
    {
        if (!_pendingSync)
            return;
        FailoverResult? result = _mirror.Link == MirrorLink.InSync ? FailoverResult.Done : PeerVisible ? null : FailoverResult.PeerSilent;
        if (result is not { } known)
            return;
        Answer(_pendingCommand, known);
        (_pendingCommand, _pendingSync) = (0, false);
    }
}
