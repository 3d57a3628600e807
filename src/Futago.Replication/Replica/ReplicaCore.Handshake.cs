namespace Futago.Replication;

/// <summary>From the hello to Established: who has what, what is durable when.</summary>
internal sealed partial class ReplicaCore
{
    private Hello? _theirs;
    private Hello? _sentHello;
    private bool _readySent;
    private bool _readyReceived;
    private bool _peerIsPrimary;

    /// <summary>The peer is primary, and works on this node's medium because its own has failed.</summary>
    private bool _storeForPeer;

    /// <summary>It is told to go on when what is under way here has ended, and is durable.</summary>
    private bool _wantServingFlush;

    /// <summary>This primary's medium has failed; it works on the peer's.</summary>
    private bool _usePeer;

    /// <summary>The medium failed while the peer had everything: requests wait for the peer rather than fail.</summary>
    private bool _peerHasAll;

    /// <summary>And has confirmed that all of it is durable there.</summary>
    private bool _peerHasAllDurably;
    private bool _crashed;
    private bool _keptRunning;
    private bool _yields;

    /// <summary>Why the last handshake came to nothing.</summary>
    public Refusal LastRefusal { get; private set; }

    /// <summary>The split brain, if it is one, needs every block to be copied.</summary>
    public bool LastRefusalNeedsFull { get; private set; }

    public Hello? Peer => _theirs;

    /// <summary>What the peer said of itself last, connected or not, and what a resync from here has made of it. No decision of the core depends on it.</summary>
    public Hello? LastPeer { get; private set; }

    public bool PeerIsPrimary => _peerIsPrimary;

    public bool PeerIsUpToDate => Phase == LinkPhase.Established && !_storeForPeer;

    private void PumpHello()
    {
        // What earlier sessions left under way on this medium could overwrite something newer; and the hello speaks of durable things only.
        if (Phase != LinkPhase.Draining || _peerIo > 0 || (!IsPrimary && _issued.Count > 0) || _lineageStale || _commit?.Lineage is not null)
            return;
        if (!MaySpeakOfDisk())
            return;
        _sentHello = MakeHello();
        Send(_sentHello);
        Phase = LinkPhase.HelloSent;
        TryNegotiate();
    }

    private Hello MakeHello() => new(
        _lineage.ReplicationId, _lineage.NodeId, _lineage.Term, IsPrimary, _deviceBytes, _lineage.SizeBytes, _lineage.Current, _lineage.Bases, _lineage.History,
        _lineage.Inconsistent, _lineage.Outdated, _disk == DiskState.Ok, _crashed, _disk == DiskState.Ok ? _keptRunning : _peerHasAllDurably, _dirty.Count, _yields);

    private bool OnHello(Hello hello)
    {
        if (hello.Bases.Length > VolumeLineage.BasesMaximum || hello.History.Length > VolumeLineage.HistoryMaximum
            || hello.SizeBytes < 0 || hello.DeviceBytes < 0 || (hello.DeviceBytes | hello.SizeBytes) % DirtyMap.BlockBytes != 0)
            return false;
        _theirs = LastPeer = hello;
        TryNegotiate();
        return true;
    }

    private void TryNegotiate()
    {
        if (Phase != LinkPhase.HelloSent || _theirs is not { } theirs || _sentHello is not { } mine)
            return;
        if (_rules.RefuseLowerTerm && !AgreeOnTerm(theirs))
            return;
        _sendTerm = _leastTerm = _lineage.Term;
        _peerIsPrimary = theirs.Primary;
        var verdict = Handshake.Decide(mine, theirs);
        if (verdict is { Outcome: Outcome.Refused, Refusal: Refusal.SplitBrain or Refusal.PrimaryIsBehind } && !_rules.NoAutomaticDiscard)
            verdict = new Verdict(mine.NodeId.CompareTo(theirs.NodeId) > 0 ? Outcome.Source : Outcome.Target, verdict.Full);
        if (verdict.Outcome == Outcome.Refused)
        {
            if (LastRefusal != verdict.Refusal)
                Note(NoticeKind.Refused, verdict.Refusal);
            (LastRefusal, LastRefusalNeedsFull) = (verdict.Refusal, verdict.Full);
            Close(CloseReason.Refused);
            return;
        }
        Follow(verdict, theirs);
    }

    private bool AgreeOnTerm(Hello theirs)
    {
        if (theirs.Term > _lineage.Term)
        {
            SetLineage(_lineage with { Term = theirs.Term });
            if (!IsPrimary)
                return true;
            Depose();
            return false;
        }
        if (theirs.Term == _lineage.Term || !theirs.Primary)
            return true;
        Send(new StaleTerm(_lineage.Term));
        Close(CloseReason.StaleTerm);
        return false;
    }

    private void Follow(Verdict verdict, Hello theirs)
    {
        switch (verdict.Outcome)
        {
            case Outcome.InSync:
                Phase = LinkPhase.Readying;
                SetLineage(_lineage.Agree() with { Outdated = _lineage.Outdated && theirs.Outdated });
                WhenCommitted(LinkPhase.Readying, SendReady);
                break;
            case Outcome.Source:
                Phase = LinkPhase.CollectingBits;
                if (verdict.Full)
                    _dirty.SetAll();
                break;
            case Outcome.Target:
                SendBits();
                Phase = LinkPhase.WaitSyncStart;
                break;
            case Outcome.ServePeer:
                BeginServingPeer();
                break;
            case Outcome.UsePeer when !IsNotedBehind:
                // Settled by what was not known a moment ago: once more, with the note first (I15).
                Renegotiate();
                break;
            case Outcome.UsePeer:
                Phase = LinkPhase.Readying;
                _usePeer = _peerHasAll = true;
                SendReady();
                break;
        }
    }

    /// <summary>Runs when what is wanted so far is durable, unless the connection has moved on.</summary>
    private void WhenCommitted(LinkPhase phase, Action then)
    {
        var session = _session;
        if (!_lineageStale && _commit?.Lineage is null)
        {
            then();
            return;
        }
        RequestCommit(() =>
        {
            if (_session == session && Phase == phase)
                then();
        });
    }

    private void SendReady()
    {
        _readySent = true;
        Send(new Ready());
        TryEstablish();
    }

    private bool OnReady()
    {
        _readyReceived = true;
        TryEstablish();
        return true;
    }

    private void TryEstablish()
    {
        if (Phase == LinkPhase.Readying && _readySent && _readyReceived)
            Establish();
    }

    private void Establish()
    {
        Phase = LinkPhase.Established;
        LastRefusal = Refusal.None;
        _crashed = false;
        _peerHasAllDurably |= _usePeer;
        Note(NoticeKind.Established);
        if (!_usePeer && !_storeForPeer)
        {
            _keptRunning = true;
            _grantHeld = false;
            Emit(new InSync());
        }
        TryEndRound();
        ShareBlobs();
        RunHeld();
    }

    private void SendBits()
    {
        for (var page = 0; page < _dirty.PageCount; page++)
        {
            if (!_dirty.IsPageEmpty(page))
                Send(new BitmapPart(page, PageWords(page)));
        }
        Send(new BitmapEnd());
    }

    private bool OnBitmapPart(BitmapPart part)
    {
        if (part.Page < 0 || part.Page >= _dirty.PageCount || part.Words.Length != DirtyMap.WordsPerPage)
            return false;
        _dirty.Merge(part.Page, part.Words.AsSpan());
        return true;
    }

    /// <summary>I7: from here on the source alone knows what differs; it does so durably before the target forgets it.</summary>
    private bool OnBitmapEnd()
    {
        var size = Handshake.NewSize(_sentHello!, _theirs!);
        if (size > _lineage.SizeBytes)
        {
            _dirty.Grow(size / DirtyMap.BlockBytes);
            Note(NoticeKind.Grown, number: size);
        }
        SetLineage(_lineage with { PeerMayHoldCurrent = true, SizeBytes = size });
        Phase = LinkPhase.Preparing;
        _allPages = true;
        var session = _session;
        RequestCommit(() =>
        {
            if (_session != session || Phase != LinkPhase.Preparing)
                return;
            Phase = LinkPhase.WaitSyncReady;
            Send(new SyncStart(_lineage.Current, size));
        });
        return true;
    }

    private bool OnSyncStart(SyncStart start)
    {
        if (start.Current.IsNone || start.SizeBytes < _lineage.SizeBytes && !_lineage.Current.IsNone || start.SizeBytes > _deviceBytes || start.SizeBytes % DirtyMap.BlockBytes != 0)
            return false;
        if (IsPrimary)
            return false;
        Phase = LinkPhase.Adopting;
        _dirty.Grow(start.SizeBytes / DirtyMap.BlockBytes);
        SetLineage(_lineage.Adopt(start.Current, start.SizeBytes) with { Inconsistent = _rules.InconsistentFirst });
        _yields = false;
        var session = _session;
        RequestCommit(() =>
        {
            if (_session != session || Phase != LinkPhase.Adopting)
                return;
            _dirty.ClearAll();
            _crashed = false;
            Phase = LinkPhase.SyncTarget;
            _keptRunning = false;
            Note(NoticeKind.ResyncStarted);
            Send(new SyncReady());
        });
        return true;
    }

    private bool OnSyncReady()
    {
        SetLineage(_lineage.Agree());
        Phase = LinkPhase.SyncSource;
        LastRefusal = Refusal.None;
        LastPeer = _theirs! with { Current = _lineage.Current, Inconsistent = true, Outdated = false };
        _crashed = false;
        BeginResync();
        ShareBlobs();
        return true;
    }

    /// <summary>I7: flushed, then durably consistent, then said so.</summary>
    private bool OnSyncDone()
    {
        StartPeerIo(new PeerIo(_session, PeerIoKind.FinalFlush, 0, null), LocalIoKind.Flush, 0, 0, null, durable: true);
        return true;
    }

    private void OnFinalFlush()
    {
        SetLineage(_lineage with { Inconsistent = false, Outdated = false });
        _allPages = true;
        WhenCommitted(LinkPhase.SyncTarget, () =>
        {
            Send(new SyncDoneAck());
            Phase = LinkPhase.Established;
            LastRefusal = Refusal.None;
            _keptRunning = true;
            Note(NoticeKind.ResyncFinished);
            Note(NoticeKind.Established);
            Emit(new InSync());
        });
    }

    private bool OnSyncDoneAck()
    {
        _syncDoneSent = false;
        Note(NoticeKind.ResyncFinished);
        Phase = LinkPhase.Established;
        LastPeer = _theirs! with { Current = _lineage.Current, Inconsistent = false, Outdated = false, DirtyBlocks = 0 };
        _keptRunning = true;
        _grantHeld = false;
        // A crash from here on finds no bits of what was copied.
        _allPages = true;
        RequestCommit();
        Note(NoticeKind.Established);
        Emit(new InSync());
        // I11: it had failed while there was nobody else to go on with. Now there is.
        if (_flushFailed && _disk == DiskState.Ok)
            FailDisk();
        return true;
    }

    /// <summary>The own medium is lost. With an up-to-date peer the volume lives on there, otherwise its requests fail.</summary>
    private void FailDisk()
    {
        _disk = DiskState.Failed;
        Note(NoticeKind.LocalDiskFailed);
        LoseDiskForRoles();
        if (!IsPrimary || Phase != LinkPhase.Established || _storeForPeer || HoldsOnDiskFailure)
        {
            Close(CloseReason.DiskFailed);
            return;
        }
        StopVerify(aborted: true);
        _usePeer = _peerHasAll = true;
        _readySent = _readyReceived = false;
        Phase = LinkPhase.Readying;
        MarkUnflushed();
        // The peer hears of it when that is noted (I15): then it begins a generation that this medium lacks.
        RequestBehind();
        // If this still gets onto the medium, the better: it is behind from now on.
        SetLineage(_lineage with { Inconsistent = true });
    }

    /// <summary>
    /// What is under way, or flushed on neither side, is different from here on (I5): the peer is gone, or this medium is, and flushes of the
    /// other one alone say nothing about it.
    /// </summary>
    private void MarkUnflushed()
    {
        if (!_rules.DirtyAfterCrash)
            return;
        foreach (var r in _issued.Values.Where(r => r.Mirrored))
            SetDirty(r.FirstBlock, r.LastBlock);
        _activity.MoveUnflushedTo(_dirty);
    }

    private bool OnDiskLost()
    {
        if (IsPrimary || _storeForPeer || _disk == DiskState.Failed)
            return false;
        StopVerify(aborted: true);
        BeginServingPeer();
        _readyReceived = true;
        return true;
    }

    private void BeginServingPeer()
    {
        // Whoever decides on promotions has to hear of it now: the peer's own copy is behind from the next write on.
        Note(NoticeKind.PeerDiskFailed);
        Phase = LinkPhase.Readying;
        _storeForPeer = true;
        _wantServingFlush = true;
        PumpServingFlush();
    }

    /// <summary>
    /// What this node acknowledged from its cache, or is about to, is durable before the peer counts on it alone: a flush covers no write that
    /// ends after it has begun.
    /// </summary>
    private void PumpServingFlush()
    {
        if (!_wantServingFlush || _peerIo > 0)
            return;
        _wantServingFlush = false;
        StartPeerIo(new PeerIo(_session, PeerIoKind.ServingFlush, 0, null), LocalIoKind.Flush, 0, 0, null, durable: true);
    }

    private void OnServingFlush()
    {
        if (_lineage.PeerMayHoldCurrent)
            SetLineage(_lineage.Bump(_options.NextGeneration()));
        WhenCommitted(LinkPhase.Readying, SendReady);
    }

    private void OnDeviceGrown(long lengthBytes)
    {
        _deviceBytes = lengthBytes;
        if (Phase is LinkPhase.Established)
            Renegotiate();
    }
}
