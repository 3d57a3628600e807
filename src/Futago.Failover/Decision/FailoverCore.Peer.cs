namespace Futago.Failover;

/// <summary>Heartbeats: what is said to the peer, and what it says.</summary>
internal sealed partial class FailoverCore
{
    private readonly long[] _pathHeardMs;
    private readonly uint[] _pathSequences;
    private readonly bool[] _pathUp;
    private Heartbeat? _peer;
    private long _lastHeardMs;
    private long _nextHeartbeatMs;
    private bool _heartbeatDue;
    private bool _peerSeen;
    private bool _peerHeard;

    private AskKind _ask;
    private ulong _askTerm;
    private uint _askId;
    private uint _answerId;
    private AskAnswer _answer;

    /// <summary>Under way: not to be begun again by the next heartbeat.</summary>
    private uint _answeringId;
    private ulong _answeringBootId;

    /// <summary>Round trip to the peer in ms, as last measured; null: never.</summary>
    public long? RoundTripMs { get; private set; }

    /// <summary>The peer was heard within the dead time.</summary>
    public bool PeerVisible => _peer is not null && !PeerSilentFor(_options.DeadMs);

    public bool PathUp(int path) => _pathUp[path];

    private void SendHeartbeats()
    {
        _heartbeatDue = false;
        _nextHeartbeatMs = _nowMs + _options.HeartbeatMs;
        for (var path = 0; path < _options.Paths; path++)
            Emit(new SendHeartbeat(path, Compose(path)));
    }

    private Heartbeat Compose(int path) => new()
    {
        BootId = _options.BootId,
        Sequence = _session.NextSequence(_nowMs),
        EchoBootId = _session.Heard.BootId,
        EchoSequence = _session.Heard.Sequence,
        EchoHeldMs = (ushort)Math.Min(_nowMs - _session.HeardMs, ushort.MaxValue),
        Path = (byte)path,
        PathSequence = ++_pathSequences[path],
        State = _state,
        Term = _rules.StoreBeforePromise ? _durable.Promised : _wanted.Promised,
        Highest = _wanted.Highest,
        DataTerm = _durable.DataTerm,
        // What is about to become true counts already; what is about to end counts still.
        Alone = _durable.Alone || _wanted.Alone || _peerYielded,
        Yielded = _durable.YieldedTo != 0 || _wanted.YieldedTo != 0,
        Data = _mirror.Data,
        InSync = _mirror.Link == MirrorLink.InSync,
        PingOk = PingOk,
        PingsSeen = PingsSeen,
        IsPrimary = _options.IsPrimary,
        Mode = _durable.Mode,
        Ask = _ask,
        AskTerm = _askTerm,
        AskId = _askId,
        AnswerId = _answerId,
        Answer = _answer,
    };

    private void OnHeartbeat(int path, Heartbeat h)
    {
        if (path >= _options.Paths)
            return;
        var startBefore = _session.PeerBootId;
        if (!_session.Accept(h, _nowMs))
            return;
        _pathHeardMs[path] = _nowMs;
        _lastHeardMs = _nowMs;
        if (h.State == NodeState.Passive && (_peer?.State != NodeState.Passive || _peer.BootId != h.BootId))
            _peerPassiveSinceMs = _nowMs;
        _peer = h;
        _peerSeen = true;
        _operatorsWord = false;
        if (!_peerHeard)
        {
            _peerHeard = true;
            Note(NoticeKind.PeerSeen);
        }
        if (h.BootId != startBefore)
            (_answeringId, _answerId, _answer) = (0, 0, AskAnswer.None);
        if (_session.SentMs(h.EchoSequence) is { } sent)
            RoundTripMs = Math.Max(0, _nowMs - sent - h.EchoHeldMs);
        AdoptMode(h.Mode);
        OnHigherTerm(h);
        TakePromise(h, _wanted.Promised);
        Follow(h);
        OnAnswer(h);
        OnAsk(h);
    }

    /// <summary>I9: the peer serves, or is about to, in a later term than this node's.</summary>
    private void OnHigherTerm(Heartbeat h)
    {
        if (!_rules.StopOnHigherTerm || !_state.IsActive() || !h.State.IsActive() || h.Term < _durable.Promised)
            return;
        // Equal terms are not to be; should they be, one stops.
        if (h.Term == _durable.Promised && _options.IsPrimary)
            return;
        Note(NoticeKind.Superseded, h.Term);
        StopServing(NoticeKind.Superseded);
    }

    private void TakePromise(Heartbeat h, ulong term)
    {
        // In the middle of a takeover the term is not durable yet, and the promise is for the new one.
        if (_state is NodeState.Passive or NodeState.Off or NodeState.Stopping)
            return;
        if (h.State != NodeState.Passive || h.Term != term)
            return;
        var counted = _rules.LeaseFromRequest ? _session.SentMs(h.EchoSequence) : _nowMs;
        if (counted is { } sent)
            _promiseUntilMs = Math.Max(_promiseUntilMs, sent + _options.LeaseMs);
    }

    private void Follow(Heartbeat h)
    {
        if (_state != NodeState.Passive || !h.State.IsActive() || h.Term < _wanted.Promised)
            return;
        if (h.Term > _wanted.Promised)
            Commit(_wanted with { Promised = h.Term });
        if (h.State == NodeState.ActiveAlone && _rules.YieldBinds)
        {
            // It may never be heard again: this node has to remember that it lacks something.
            _armed = false;
            if (_wanted.YieldedTo != h.Term && _mirror.Link != MirrorLink.InSync)
                Commit(_wanted with { YieldedTo = h.Term });
        }
        // Only while it says that it is not alone: from then on it does not count on this node's having yielded.
        if (h is not { State: NodeState.ActiveMirrored, Alone: false } || _mirror is not { Link: MirrorLink.InSync, Data: DataState.UpToDate })
            return;
        _armed = true;
        var synced = _wanted with { DataTerm = Math.Max(_wanted.DataTerm, h.Term), Alone = false, YieldedTo = 0 };
        if (synced != _wanted)
            Commit(synced);
    }

    private void CheckPaths()
    {
        for (var path = 0; path < _options.Paths; path++)
        {
            var up = _nowMs - _pathHeardMs[path] < _options.DeadMs;
            if (up == _pathUp[path])
                continue;
            _pathUp[path] = up;
            Note(up ? NoticeKind.PathUp : NoticeKind.PathDown, number: path);
        }
        if (_peerHeard && PeerSilentFor(_options.DeadMs))
        {
            _peerHeard = false;
            Note(NoticeKind.PeerSilent);
        }
    }

    private void AskPeer(AskKind kind, ulong term)
    {
        (_ask, _askTerm) = (kind, term);
        _askId++;
        _heartbeatDue = true;
    }

    private void StopAsking() => _ask = AskKind.None;

    private void OnAnswer(Heartbeat h)
    {
        if (_ask == AskKind.None || h.Answer == AskAnswer.None || (_rules.OldMessagesIgnored && h.AnswerId != _askId))
            return;
        var (kind, yes) = (_ask, h.Answer == AskAnswer.Yes);
        StopAsking();
        switch (kind)
        {
            case AskKind.Follow or AskKind.FollowOutdated: OnConsent(yes); break;
            case AskKind.Yield: OnYielded(yes); break;
            case AskKind.TakeOver: OnHandOverAnswered(yes); break;
        }
    }

    private void OnAsk(Heartbeat h)
    {
        if (h.Ask == AskKind.None || (h.AskId == _answeringId && h.BootId == _answeringBootId))
            return;
        (_answeringId, _answeringBootId) = (h.AskId, h.BootId);
        // One that tried first and cannot learn what came of it gives way; its term is never used again.
        if (h.Ask is AskKind.Follow or AskKind.FollowOutdated && CanGiveUp(h))
            GiveUpTakeover();
        if (!MayConsent(h))
        {
            Reply(h.AskId, AskAnswer.No);
            return;
        }
        switch (h.Ask)
        {
            case AskKind.Follow:
                Promise(h, _wanted with { Promised = h.AskTerm });
                break;
            case AskKind.FollowOutdated:
                Promise(h, _wanted with { Promised = h.AskTerm, YieldedTo = h.AskTerm });
                break;
            case AskKind.Yield:
                Note(NoticeKind.Yielded, h.AskTerm);
                Promise(h, _wanted with { Promised = h.AskTerm, YieldedTo = h.AskTerm });
                break;
            case AskKind.TakeOver:
                Reply(h.AskId, AskAnswer.Yes);
                BeginTakeover(Authority.HandOver, h.AskTerm, alone: false);
                // Counted from what the peer had heard when it asked: from then on it is silent about taking over.
                TakePromise(h, h.AskTerm);
                break;
        }
    }

    private bool MayConsent(Heartbeat h)
    {
        if (_state != NodeState.Passive)
            return false;
        return h.Ask switch
        {
            AskKind.Follow or AskKind.FollowOutdated =>
                h.AskTerm > _wanted.Highest && (!_rules.ConsentToNewerData || (h.DataTerm, h.Alone).CompareTo(_wanted.Rank) >= 0),
            AskKind.Yield => h.AskTerm >= _wanted.Promised,
            AskKind.TakeOver => h.AskTerm > _wanted.Highest && HasAllData && !h.State.IsActive() && _mirror.Link == MirrorLink.InSync,
            _ => false,
        };
    }

    private void Promise(Heartbeat h, FailoverRecord record)
    {
        var id = h.AskId;
        var boot = h.BootId;
        if (!_rules.StoreBeforePromise)
        {
            _wanted = _durable = record;
            Reply(id, AskAnswer.Yes);
            return;
        }
        Commit(record, () =>
        {
            if (_state != NodeState.Passive)
                return;
            // The volumes say it too, so that nothing promotes them behind the back of the failover manager.
            // (Not again for an older yield: it would break the connection that the peer needs now.)
            if (record.YieldedTo == h.AskTerm)
                Emit(new RunStep(NewId(), FailoverStep.OutdateVolumes, record.YieldedTo, Alone: false));
            if (_answeringId == id && _answeringBootId == boot)
                Reply(id, AskAnswer.Yes);
        });
    }

    private void Reply(uint id, AskAnswer answer)
    {
        (_answerId, _answer) = (id, answer);
        _heartbeatDue = true;
    }

    private void AdoptMode(PairMode mode)
    {
        if (mode.Supersedes(_wanted.Mode))
            Commit(_wanted with { Mode = mode });
    }
}
