namespace Futago.Replication;

/// <summary>Who is primary, and what people and the failover manager ask for.</summary>
internal sealed partial class ReplicaCore
{
    private Promote? _promoting;
    private bool _promotingAlone;
    private Command? _demoting;
    private bool _demoteFlushing;
    private bool _demoteCommitting;

    private void OnCommand(Command command)
    {
        switch (command)
        {
            case Promote c: OnPromote(c); break;
            case Demote c: OnDemote(c); break;
            case Grant c: OnGrant(c); break;
            case Freeze c:
                IsFrozen = true;
                Answer(c, CommandResult.Done);
                break;
            case Thaw c: OnThaw(c); break;
            case Outdate c: OnOutdate(c); break;
            case Fence c: OnFence(c); break;
            case LoseMedium c:
                if (_disk == DiskState.Ok)
                    FailDisk();
                Answer(c, IsPrimary && _peerHasAll ? CommandResult.Done : CommandResult.DiskFailed);
                break;
            case StartVerify c: Answer(c, BeginVerify()); break;
            case StopVerify c:
                StopVerify(aborted: true);
                Answer(c, CommandResult.Done);
                break;
            case Heal c: Answer(c, BeginHeal()); break;
            case YieldSplitBrain c: OnYield(c); break;
            case ClearLineage c: OnClearLineage(c); break;
            case Shutdown c: OnDemote(c); break;
            case PutBlob c: OnPutBlob(c); break;
            case WantLink c:
                _linkWanted = c.Wanted;
                if (!c.Wanted)
                    Close(CloseReason.NotWanted);
                Answer(c, CommandResult.Done);
                break;
        }
    }

    private void Answer(Command command, CommandResult result) => Emit(new CommandDone(command.Id, result));

    private void OnPromote(Promote c)
    {
        var term = c.Term == 0 ? _lineage.Term + 1 : c.Term;
        if (Refuse(c, term) is { } refusal)
        {
            Answer(c, refusal);
            return;
        }
        _promoting = c;
        _promotingAlone = Phase == LinkPhase.Down;
        if (Phase is LinkPhase.Established or LinkPhase.SyncSource)
        {
            SetLineage(_lineage with { Term = term });
            var session = _session;
            RequestCommit(() =>
            {
                if (_promoting != c || _session != session)
                    return;
                _sendTerm = term;
                Send(new RoleChange(Primary: true));
            });
            return;
        }
        PromoteAlone(c, term);
    }

    private CommandResult? Refuse(Promote c, ulong term)
    {
        if (IsPrimary)
            return CommandResult.Done;
        if (_disk == DiskState.Failed)
            return CommandResult.DiskFailed;
        if (_rules.RefuseLowerTerm && term < _lineage.Term)
            return CommandResult.StaleTerm;
        if (_promoting is not null || _demoting is not null || _stopping)
            return CommandResult.Busy;
        // I8: a mixture, or data that is known to be behind, is not served, unless a person says so.
        if (_rules.PromoteOnlyUpToDate && !IsUpToDate && !(c.Force && Phase == LinkPhase.Down))
            return CommandResult.NotUpToDate;
        if (_lineage.Current.IsNone && !c.Force)
            return CommandResult.NotUpToDate;
        if (Phase is LinkPhase.Established or LinkPhase.SyncSource)
            return _peerIsPrimary || _storeForPeer ? CommandResult.PeerIsPrimary : null;
        if (Phase == LinkPhase.SyncTarget)
            return CommandResult.NotUpToDate;
        // A write of the last primary that is still on its way to this medium would come after, and over, the first of the new one.
        if (Phase != LinkPhase.Down || _peerIo > 0 || _lineageStale || _commit?.Lineage is not null)
            return CommandResult.Busy;
        return c.Alone ? null : CommandResult.NotConnected;
    }

    /// <summary>Without the peer a new generation comes first, so that the peer can never pass for up to date again (I2, I8).</summary>
    private void PromoteAlone(Promote c, ulong term)
    {
        var forced = !IsUpToDate;
        if (_lineage.Current.IsNone)
            _dirty.SetAll();
        var next = _lineage.PeerMayHoldCurrent || _lineage.Current.IsNone || forced ? _lineage.Bump(_options.NextGeneration()) : _lineage;
        SetLineage(next with { Term = term, Inconsistent = false, Outdated = false });
        RequestCommit(() =>
        {
            if (_promoting != c)
                return;
            _promoting = null;
            _grantHeld = true;
            Promoted(c);
            if (forced)
                Note(NoticeKind.ForcedPromotion);
        });
    }

    private void Promoted(Promote c)
    {
        IsPrimary = true;
        Note(NoticeKind.Promoted, number: (long)_lineage.Term);
        Answer(c, CommandResult.Done);
        ShareBlobs();
        RunHeld();
    }

    private bool OnRoleChange(RoleChange change)
    {
        if (!change.Primary)
        {
            _peerIsPrimary = false;
            return true;
        }
        if (IsPrimary || _storeForPeer)
        {
            Send(new RoleReply(Accepted: false));
            return true;
        }
        if (_promoting is { } mine)
        {
            // Both ask at once: the higher node id goes first.
            if (_lineage.NodeId.CompareTo(_theirs!.NodeId) > 0)
            {
                Send(new RoleReply(Accepted: false));
                return true;
            }
            _promoting = null;
            Answer(mine, CommandResult.PeerIsPrimary);
        }
        _peerIsPrimary = true;
        _leastTerm = _receivedTerm;
        SetLineage(_lineage with { Term = Math.Max(_lineage.Term, _receivedTerm) });
        var session = _session;
        RequestCommit(() =>
        {
            if (_session != session)
                return;
            _sendTerm = _leastTerm;
            Send(new RoleReply(Accepted: true));
        });
        return true;
    }

    private bool OnRoleReply(RoleReply reply)
    {
        if (_promoting is not { } c)
            return true;
        _promoting = null;
        _leastTerm = reply.Accepted ? _sendTerm : _leastTerm;
        if (reply.Accepted && Phase is LinkPhase.Established or LinkPhase.SyncSource)
            Promoted(c);
        else
            Answer(c, CommandResult.PeerIsPrimary);
        return true;
    }

    private void LoseRoleChange()
    {
        // A promotion without the peer does not need the connection that came and went meanwhile.
        if (_promoting is not { } c || _promotingAlone)
            return;
        _promoting = null;
        Answer(c, CommandResult.LinkLost);
    }

    private void OnDemote(Command c)
    {
        if (!IsPrimary && c is Demote)
        {
            Answer(c, CommandResult.NotPrimary);
            return;
        }
        if (_demoting is not null || _promoting is not null)
        {
            Answer(c, CommandResult.Busy);
            return;
        }
        _demoting = c;
        _stopping |= c is Shutdown;
        _demoteFlushing = _demoteCommitting = false;
        // Nobody can promise those that wait for a peer or a grant anything.
        if (Evaluate() is Mode.Hold or Mode.SoloReads)
            AbortRequests();
    }

    /// <summary>A planned end: everything answered, flushed on both sides, bits written, activity log empty.</summary>
    private void PumpCommands()
    {
        if (_demoting is not { } c || _demoteCommitting)
            return;
        if ((_requests > 0 || _blobs.Count > 0) && Evaluate() is Mode.Hold or Mode.SoloReads)
            AbortRequests();
        // A value that is still on its way when the role has gone would be sent by a node that may not send any, for ever.
        if (_requests > 0 || _blobs.Count > 0 || _round is not null || _issued.Count > 0)
            return;
        if (!_demoteFlushing && !IsFrozen && (_disk == DiskState.Ok || Evaluate() == Mode.Remote))
        {
            _demoteFlushing = _wantFlush = true;
            PumpFlush();
            return;
        }
        if (_disk == DiskState.Failed)
        {
            // Nothing can be written here, and nothing has to be: whoever has the data has it in a generation that this medium lacks.
            EndDemotion(c);
            Close(CloseReason.DiskFailed);
            return;
        }
        if (!_activity.TryClear())
        {
            // With the connection lost and not yet gone, its end turns what the peer may lack into bits.
            _wantFlush = Evaluate() is not (Mode.Hold or Mode.SoloReads);
            PumpFlush();
            return;
        }
        _demoteCommitting = _allPages = _activityStale = true;
        RequestCommit(() => EndDemotion(c));
    }

    private void EndDemotion(Command c)
    {
        if (_demoting != c)
            return;
        _demoting = null;
        // Flushed on both, or on the only medium: nothing that was acknowledged depends on this node.
        var result = c is Shutdown || (Phase == LinkPhase.Established && (_dirty.Count == 0 || _usePeer)) ? CommandResult.Done : CommandResult.NotConnected;
        if (IsPrimary)
        {
            IsPrimary = _grantHeld = false;
            Send(new RoleChange(Primary: false));
            Note(NoticeKind.Demoted);
        }
        Answer(c, result);
    }

    /// <summary>What waited for something to become durable does so in vain.</summary>
    private void LoseDiskForRoles()
    {
        _demoteCommitting = false;
        if (_promoting is not { } c)
            return;
        _promoting = null;
        Answer(c, CommandResult.DiskFailed);
    }

    /// <summary>I9: another node is in charge. Nothing is acknowledged from here on, and this node never goes on alone.</summary>
    private void Depose()
    {
        if (!IsPrimary)
            return;
        IsPrimary = _grantHeld = false;
        Note(NoticeKind.Deposed, number: (long)_lineage.Term);
        AbortRequests();
        Close(CloseReason.StaleTerm);
    }

    private void OnGrant(Grant c)
    {
        if (!IsPrimary)
        {
            Answer(c, CommandResult.NotPrimary);
            return;
        }
        // In sync again meanwhile: there is nothing to be granted.
        if (Phase != LinkPhase.Established)
            _grantHeld = true;
        Answer(c, CommandResult.Done);
    }

    private void OnThaw(Thaw c)
    {
        IsFrozen = false;
        Answer(c, CommandResult.Done);
        TryEndRound();
        RunHeld();
    }

    private void OnOutdate(Outdate c)
    {
        if (_rules.RefuseLowerTerm && c.Term < _lineage.Term)
        {
            Answer(c, CommandResult.StaleTerm);
            return;
        }
        if (IsPrimary)
        {
            Answer(c, CommandResult.IsPrimary);
            return;
        }
        SetLineage(_lineage with { Outdated = true, Term = c.Term });
        Close(CloseReason.Renegotiate);
        Note(NoticeKind.Outdated);
        RequestCommit(() => Answer(c, CommandResult.Done));
    }

    private void OnFence(Fence c)
    {
        if (c.Term < _lineage.Term)
        {
            Answer(c, CommandResult.StaleTerm);
            return;
        }
        var higher = c.Term > _lineage.Term;
        SetLineage(_lineage with { Term = c.Term });
        if (higher && IsPrimary)
            Depose();
        else if (higher && Phase is not LinkPhase.Established)
            Renegotiate();
        else if (higher)
            _leastTerm = _sendTerm = c.Term;
        RequestCommit(() => Answer(c, CommandResult.Done));
    }

    private void OnYield(YieldSplitBrain c)
    {
        if (IsPrimary)
            Answer(c, CommandResult.IsPrimary);
        else if (LastRefusal != Refusal.SplitBrain)
            Answer(c, CommandResult.NothingToDo);
        else
            // I10: what is given up stays as a snapshot.
            Emit(new KeepSnapshot(c.Id));
    }

    private void OnSnapshotKept(SnapshotKept kept)
    {
        if (kept.Ok && !IsPrimary)
        {
            _yields = true;
            Note(NoticeKind.SplitBrainYielded);
            Renegotiate();
        }
        Emit(new CommandDone(kept.Id, kept.Ok ? CommandResult.Done : CommandResult.SnapshotFailed));
    }

    private void OnClearLineage(ClearLineage c)
    {
        if (IsPrimary || _storeForPeer || _promoting is not null)
        {
            Answer(c, CommandResult.IsPrimary);
            return;
        }
        Close(CloseReason.Renegotiate);
        SetLineage(VolumeLineage.CreateNew(_lineage.ReplicationId, _lineage.NodeId, _lineage.SizeBytes) with { Term = _lineage.Term });
        _dirty.ClearAll();
        _crashed = _keptRunning = _yields = false;
        _allPages = true;
        Note(NoticeKind.LineageCleared);
        RequestCommit(() => Answer(c, CommandResult.Done));
    }
}
