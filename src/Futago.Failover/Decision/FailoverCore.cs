namespace Futago.Failover;

/// <summary>
/// One node's half of the failover manager, as a state machine: <see cref="Step"/> takes an event and gives what is to be done. No
/// I/O, no clock, no threads, no chance in here, so that a simulation can drive two of them through every order of events. The state
/// is mutable, one event at a time.
/// <para>
/// The rules, each with a switch in <see cref="Safeguards"/>:
/// a node answers initiators only while its lease has not lapsed; the lease comes from a passive peer's promise (an echo of this
/// node's heartbeat: it will not take over for longer than the lease lasts), from the witness, or from the policy; a silent peer is
/// taken over only after its lease and its guard's time, and with authority; nobody goes on alone before the peer, or the witness,
/// durably knows it; terms and promises are durable before they are used.
/// </para>
/// </summary>
internal sealed partial class FailoverCore
{
    private readonly FailoverOptions _options;
    private readonly Safeguards _rules;
    private readonly List<FailoverEffect> _effects = [];
    private readonly HeartbeatSession _session;
    private readonly long _startedMs;
    private long _nowMs;
    private NodeState _state;
    private MirrorStatus _mirror = new(MirrorLink.Down, DataState.Diskless);
    private long _linkLostMs;
    private long _lastId;

    /// <param name="nowMs">Of the clock that all later events carry.</param>
    /// <param name="record">What was stored last; <see cref="FailoverRecord.New"/> for a new pair.</param>
    public FailoverCore(FailoverOptions options, FailoverRecord record, long nowMs)
    {
        _options = options;
        _rules = options.Safeguards;
        _durable = _wanted = record;
        _nowMs = _startedMs = _lastHeardMs = _passiveSinceMs = nowMs;
        _session = new HeartbeatSession(options.BootId, _rules.OldMessagesIgnored);
        _pathHeardMs = new long[options.Paths];
        Array.Fill(_pathHeardMs, long.MinValue / 2);
        _pathSequences = new uint[options.Paths];
        _pathUp = new bool[options.Paths];
        _pingSentMs = new long[options.PingNodes];
        Array.Fill(_pingSentMs, long.MinValue / 2);
        _pingUp = new bool[options.PingNodes];
        _state = NodeState.Off;
    }

    public NodeState State => _state;

    /// <summary>Of the state: served in, or followed.</summary>
    public ulong Term => _durable.Promised;

    public FailoverRecord Record => _durable;

    public MirrorStatus Mirror => _mirror;

    /// <summary>What the peer said last; null: nothing yet.</summary>
    public Heartbeat? Peer => _peer;

    /// <summary>How long the peer has not been heard, in ms, as of the last event.</summary>
    public long PeerSilentMs => _nowMs - _lastHeardMs;

    /// <summary>Why a planned switch is not possible now; null when it is.</summary>
    public FailoverResult? SwitchRefusal => _state switch
    {
        NodeState.Off => FailoverResult.NotRunning,
        NodeState.HandingOver => FailoverResult.Busy,
        _ => _state.IsActive() ? WhyNotSwitch() : FailoverResult.NotActive,
    };

    /// <summary>Too many automatic switches: none for a while.</summary>
    public bool IsFlapSuspended => _automaticSwitches.Count >= _options.FlapLimit && _nowMs - _automaticSwitches.Peek() <= _options.FlapWindowMs;

    /// <summary>Initiators may be answered at this instant. To be asked directly before every response.</summary>
    public bool MayServe(long nowMs) => _serving && (nowMs < _permitUntilMs || !_rules.LeaseBeforeAnswer);

    /// <summary>Takes one event. What is returned is valid until the next call.</summary>
    /// <param name="nowMs">Read when the event is processed, not when it happened.</param>
    public IReadOnlyList<FailoverEffect> Step(long nowMs, FailoverEvent e)
    {
        _effects.Clear();
        nowMs = Math.Max(nowMs, _nowMs);
        _notHeardMs = nowMs - _nowMs;
        _nowMs = nowMs;
        // Before anything that could renew it: a lease that has lapsed once is gone, whatever is heard afterwards.
        CheckLease();
        switch (e)
        {
            case Tick: OnTick(); break;
            case HeartbeatArrived h: OnHeartbeat(h.Path, h.Heartbeat); break;
            case PingAnswered p: OnPing(p); break;
            case WitnessAnswered w: OnWitness(w); break;
            case MirrorChanged m: OnMirror(m.Status); break;
            case Stored s: OnStored(s); break;
            case StepDone s: OnStepDone(s); break;
            case GuardCleared: OnGuardCleared(); break;
            case VirtualIpProbed p: OnProbe(p.Alive); break;
            case FailoverCommand c: OnCommand(c); break;
        }
        Evaluate();
        return _effects;
    }

    private void OnTick()
    {
        CheckPaths();
        CheckPings();
        CheckStep();
        CheckPending();
        if (_nowMs >= _nextHeartbeatMs)
            SendHeartbeats();
    }

    private void OnMirror(MirrorStatus status)
    {
        if (_mirror.Link != MirrorLink.Down && status.Link == MirrorLink.Down)
            _linkLostMs = _nowMs;
        if (_mirror.Data != DataState.Failed && status.Data == DataState.Failed)
            Note(NoticeKind.DiskLost);
        _mirror = status;
        // Without a failover manager the volumes count their terms themselves; they would refuse one that is not above.
        if (status.Term > _wanted.Highest && status.Term <= long.MaxValue)
            Commit(_wanted with { Attempted = status.Term });
    }

    private void Evaluate()
    {
        switch (_state)
        {
            case NodeState.Off:
                if (_wanted.Mode.Running)
                    GoTo(NodeState.Passive);
                break;
            case NodeState.Passive: EvaluatePassive(); break;
            case NodeState.TakingOver: EvaluateTakeover(); break;
            case NodeState.ActiveMirrored or NodeState.Frozen or NodeState.ActiveAlone: EvaluateActive(); break;
        }
        EvaluateWitness();
        EvaluateSync();
        RenewPermit();
        if (_heartbeatDue)
            SendHeartbeats();
    }

    private void GoTo(NodeState next)
    {
        if (!NodeTransitions.IsValid(_state, next))
            throw new InvalidOperationException($"Failover: {_state} is not followed by {next}");
        _state = next;
        if (next == NodeState.Passive)
            _passiveSinceMs = _nowMs;
        // The peer hears of it at once, not only with the next beat.
        _heartbeatDue = true;
        Note(NoticeKind.StateChanged, number: (int)next);
    }

    private bool PeerSilentFor(long ms) => _nowMs - _lastHeardMs >= ms;

    private long NewId() => ++_lastId;

    private void Emit(FailoverEffect effect) => _effects.Add(effect);

    private void Note(NoticeKind kind, ulong? term = null, int number = 0) => Emit(new Notice(kind, term ?? _durable.Promised, number));
}
