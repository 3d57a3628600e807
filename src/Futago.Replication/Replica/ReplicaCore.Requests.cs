using Futago.Blocks;

namespace Futago.Replication;

/// <summary>Requests of the application: range, mode, activity log, both media, answer.</summary>
internal sealed partial class ReplicaCore
{
    private readonly Dictionary<long, ReplicaRequest> _issued = [];

    /// <summary>Have their range, wait for a mode that can serve them.</summary>
    private readonly List<ReplicaRequest> _held = [];
    private readonly Queue<ReplicaRequest> _awaitActivity = [];
    private Mode _lastMode;
    private bool _grantHeld;

    /// <summary>Of the application, until they are answered; what a demotion waits for.</summary>
    private int _requests;

    private void OnSubmitted(ReplicaRequest r)
    {
        if (!IsPrimary || _demoting is not null || _stopping)
        {
            Emit(new Complete(r, BlockStatus.Offline));
            return;
        }
        if (r.OffsetBytes < 0 || r.LengthBytes < 0 || r.OffsetBytes > _durable.SizeBytes - r.LengthBytes)
        {
            Emit(new Complete(r, BlockStatus.OutOfRange));
            return;
        }
        _requests++;
        Admit(r);
    }

    private void Admit(ReplicaRequest r)
    {
        if (r.Operation == BlockOperation.Flush)
        {
            _flushWaiters.Add(r);
            _wantFlush = true;
        }
        else if (r.Operation == BlockOperation.Read && !_rules.ReadsWait)
        {
            r.Granted = true;
            TryIssue(r);
        }
        else if (_locks.Enter(r))
        {
            TryIssue(r);
        }
    }

    private void RunGranted()
    {
        while (_granted.TryDequeue(out var claim))
        {
            if (claim is ReplicaRequest r)
                TryIssue(r);
            else if (claim is Chunk c)
                StartChunk(c);
        }
    }

    private void TryIssue(ReplicaRequest r)
    {
        // A node that stopped being primary while the request waited.
        if (r.Aborted || (!IsPrimary && r.PeerId == 0))
        {
            r.Aborted = true;
            Finish(r, BlockStatus.Offline);
            return;
        }
        if (_disk == DiskState.Failed && !_peerHasAll && !HoldsOnDiskFailure && r.PeerId == 0)
        {
            Finish(r, r.IsChange ? BlockStatus.WriteError : BlockStatus.ReadError);
            return;
        }
        var mode = Evaluate();
        if (mode == Mode.Hold || (mode == Mode.SoloReads && r.IsChange))
        {
            _held.Add(r);
            return;
        }
        if (r.IsChange && !r.Active && mode != Mode.Remote && !TryActivate(r))
            return;
        r.Id = NewId();
        r.IssuedMs = _nowMs;
        r.Status = BlockStatus.Ok;
        _issued.Add(r.Id, r);
        r.Mirrored = r.IsChange && mode == Mode.Mirror;
        if (mode == Mode.Solo && r.IsChange)
            SetDirty(r.FirstBlock, r.LastBlock);
        if (r.Mirrored || mode == Mode.Remote)
        {
            r.PeerPending = true;
            Send(r.IsChange
                // The only copy is not left in a cache that this node could not see being lost.
                ? new Write(r.Id, r.Operation, r.OffsetBytes, r.LengthBytes, r.Durable || mode == Mode.Remote, r.Payload)
                : new Read(r.Id, r.OffsetBytes, r.LengthBytes));
        }
        if (mode != Mode.Remote)
        {
            r.LocalPending = true;
            StartLocal(r, KindOf(r.Operation), r.OffsetBytes, r.LengthBytes, r.Payload, r.Durable);
        }
    }

    /// <summary>I1: the extent is durable in the activity log before the write goes anywhere.</summary>
    private bool TryActivate(ReplicaRequest r)
    {
        if (!_rules.ActivityFirst)
            return true;
        if (_awaitActivity.Count == 0 && _activity.TryAcquire(r.FirstBlock, r.LastBlock))
        {
            r.Active = true;
            return true;
        }
        ActivityMisses++;
        _awaitActivity.Enqueue(r);
        return false;
    }

    public long ActivityMisses { get; private set; }

    private void OnRequestLocalDone(ReplicaRequest r, BlockStatus status)
    {
        r.LocalPending = false;
        if (status == BlockStatus.Ok || OnRequestFailedHere(r, status))
            Settle(r);
    }

    /// <returns>False when the request goes another way and is not settled now.</returns>
    private bool OnRequestFailedHere(ReplicaRequest r, BlockStatus status)
    {
        // Lack of space is no defect of the medium: the request fails, and what the peer has of it is rolled back.
        if (_disk == DiskState.Ok && status != BlockStatus.NoSpace && IsPrimary && Phase == LinkPhase.Established)
            FailDisk();
        if (_usePeer && r.PeerId == 0 && !r.Aborted)
        {
            // A write is on the peer as well, or will be; a read is asked for there.
            if (r.IsChange)
                return true;
            _issued.Remove(r.Id);
            _held.Add(r);
            return false;
        }
        r.Status = status;
        if (r.IsChange)
        {
            SetDirty(r.FirstBlock, r.LastBlock);
            if (r.Mirrored)
                Renegotiate();
        }
        return true;
    }

    /// <summary>Answers the request if everything it needs has happened (I2).</summary>
    private void Settle(ReplicaRequest r)
    {
        if (r.LocalPending)
            return;
        if (r.Aborted)
        {
            Finish(r, BlockStatus.Offline);
            return;
        }
        if ((IsFrozen || (_disk == DiskState.Failed && HoldsOnDiskFailure)) && r.PeerId == 0)
            return;
        if (r.Orphaned)
        {
            SettleOrphan(r);
            return;
        }
        if (r.PeerPending && _rules.BothBeforeAck)
            return;
        // The peer becomes the only one that has the data: it has to know first.
        if (r.IsChange && _disk == DiskState.Failed && Phase != LinkPhase.Established)
            return;
        Finish(r, r.Status);
    }

    /// <summary>The link went away under it. Alone: done here is done. Together again: once more to both, from the start.</summary>
    private void SettleOrphan(ReplicaRequest r)
    {
        var mode = Evaluate();
        if (r.Status != BlockStatus.Ok || (mode == Mode.Solo && r.IsChange))
        {
            SetDirty(r.FirstBlock, r.LastBlock);
            r.Mirrored = false;
            Finish(r, r.Status);
        }
        else if (mode is Mode.Mirror or Mode.Remote || (mode != Mode.Hold && !r.IsChange))
        {
            _issued.Remove(r.Id);
            r.Orphaned = false;
            TryIssue(r);
        }
    }

    private void Finish(ReplicaRequest r, BlockStatus status)
    {
        _issued.Remove(r.Id);
        if (r.Active)
            _activity.Release(r.FirstBlock, r.LastBlock, unflushed: r.Mirrored && !r.Durable && status == BlockStatus.Ok && _rules.DirtyAfterCrash);
        r.Active = false;
        if (r.Operation != BlockOperation.Flush && (r.Operation != BlockOperation.Read || _rules.ReadsWait))
            _locks.Leave(r, _granted);
        if (r.PeerId != 0)
        {
            AnswerPeer(r, status);
            return;
        }
        _requests--;
        Emit(new Complete(r, status));
    }

    private void PumpMode()
    {
        var mode = Evaluate();
        if (mode != _lastMode)
        {
            _lastMode = mode;
            if (mode != Mode.Hold)
                RunHeld();
        }
        // The first write that waits makes the new generation (I2); a handshake under way is settled first.
        if (mode == Mode.SoloReads && IsPrimary && !_lineageStale && _commit?.Lineage is null && Phase is LinkPhase.Down or LinkPhase.Draining && WaitsForGeneration())
        {
            SetLineage(_lineage.Bump(_options.NextGeneration()));
            Note(NoticeKind.GoesOnAlone);
        }
    }

    private bool WaitsForGeneration() =>
        _grantHeld && _lineage.PeerMayHoldCurrent
        && (_held.Exists(r => r.IsChange) || _flushWaiters.Count > 0 || _blobs.Exists(b => b.Orphaned) || _issued.Values.Any(r => r is { Orphaned: true, LocalPending: false }));

    private void RunHeld()
    {
        foreach (var r in _issued.Values.Where(r => !r.LocalPending).OrderBy(r => r.Id).ToList())
            Settle(r);
        var held = _held.ToList();
        _held.Clear();
        foreach (var r in held)
            TryIssue(r);
        ResumeBlobs();
    }

    /// <summary>Ends every request of the application: their results are unknown to whoever asked.</summary>
    private void AbortRequests()
    {
        foreach (var r in _issued.Values.Where(r => r.PeerId == 0).ToList())
        {
            if (r.Mirrored)
                SetDirty(r.FirstBlock, r.LastBlock);
            Abort(r);
        }
        foreach (var r in _held.Where(r => r.PeerId == 0).ToList())
        {
            _held.Remove(r);
            Abort(r);
        }
        var waiting = _awaitActivity.ToList();
        _awaitActivity.Clear();
        foreach (var r in waiting)
        {
            if (r.PeerId == 0)
                Abort(r);
            else
                _awaitActivity.Enqueue(r);
        }
        foreach (var r in _flushWaiters.ToList())
            Finish(r, BlockStatus.Offline);
        _flushWaiters.Clear();
        // Those that wait for a range find out when their turn comes: nothing they wait for stays.
        AbortBlobs();
    }

    private void Abort(ReplicaRequest r)
    {
        r.Aborted = true;
        r.PeerPending = false;
        if (!r.LocalPending)
            Finish(r, BlockStatus.Offline);
    }
}
