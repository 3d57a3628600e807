using Futago.Blocks;

namespace Futago.Replication;

/// <summary>Flushes, one round at a time: whoever wants one joins the next, so that many share it (group commit).</summary>
internal sealed partial class ReplicaCore
{
    private readonly List<ReplicaRequest> _flushWaiters = [];
    private FlushRound? _round;
    private bool _wantFlush;

    /// <summary>I11: what this medium says of later flushes counts for nothing, until the process starts again and finds it anew.</summary>
    private bool _flushFailed;

    private sealed class FlushRound
    {
        public required long Id { get; init; }

        public required List<ReplicaRequest> Waiters { get; init; }

        /// <summary>Copied blocks, whose bits the round allows to clear (I4).</summary>
        public List<Chunk> Batch { get; set; } = [];

        public required long StartedMs { get; init; }

        public bool LocalPending { get; set; }

        public bool PeerPending { get; set; }

        /// <summary>The peer's part will never be known: the round proves nothing.</summary>
        public bool PeerLost { get; set; }

        public BlockStatus Status { get; set; } = BlockStatus.Ok;
    }

    private void PumpFlush()
    {
        if (!IsPrimary)
        {
            // Asked for while this node was primary; and the primary's peer has nothing to flush of its own accord.
            var late = _flushWaiters.ToList();
            _flushWaiters.Clear();
            late.ForEach(w => Finish(w, BlockStatus.Offline));
            _wantFlush &= Phase == LinkPhase.SyncSource;
        }
        if (_round is not null || !(_wantFlush || _flushWaiters.Count > 0 || IsBatchReady()))
            return;
        if (_disk == DiskState.Failed && !_peerHasAll && !HoldsOnDiskFailure)
        {
            var failed = _flushWaiters.ToList();
            _flushWaiters.Clear();
            failed.ForEach(w => Finish(w, BlockStatus.WriteError));
        }
        var mode = Evaluate();
        // A node that stops being primary flushes what it has, with whomever it can.
        if (mode is Mode.Hold or Mode.SoloReads && (_demoting is null || _disk == DiskState.Failed || IsFrozen))
            return;
        _wantFlush = false;
        _round = new FlushRound { Id = NewId(), Waiters = [.. _flushWaiters], StartedMs = _nowMs };
        _flushWaiters.Clear();
        // Without the peer it says nothing about what the peer has.
        if (mode is not (Mode.Hold or Mode.SoloReads))
        {
            (_round.Batch, _batch) = (_batch, []);
            _activity.BeginFlush();
        }
        // I11: the flush means both nodes; whoever was told so may forget what it wrote.
        if (mode is Mode.Mirror or Mode.Remote && _rules.FlushBoth)
        {
            _round.PeerPending = true;
            Send(new Flush(_round.Id));
        }
        if (mode == Mode.Remote)
            return;
        if (_flushFailed)
        {
            _round.Status = BlockStatus.WriteError;
            TryEndRound();
            return;
        }
        _round.LocalPending = true;
        StartLocal(_round, LocalIoKind.Flush, 0, 0, null, durable: true);
    }

    private void OnRoundLocalDone(FlushRound round, BlockStatus status)
    {
        round.LocalPending = false;
        // I11: a failed flush is final, the medium is not asked again.
        if (status != BlockStatus.Ok)
        {
            _flushFailed = true;
            if (_disk == DiskState.Ok && IsPrimary && Phase == LinkPhase.Established && !round.PeerLost)
                FailDisk();
            if (!_usePeer)
                round.Status = status;
        }
        TryEndRound();
    }

    private void OnFlushAck(FlushAck ack)
    {
        if (_round is not { PeerPending: true } round || round.Id != ack.Id)
            return;
        round.PeerPending = false;
        TryEndRound();
    }

    private void TryEndRound()
    {
        if (_round is not { LocalPending: false, PeerPending: false } round || IsFrozen)
            return;
        if (_disk == DiskState.Failed && HoldsOnDiskFailure)
        {
            // Nobody learns of it any more; whoever waits is answered when the role goes.
            _round = null;
            _flushWaiters.AddRange(round.Waiters);
            return;
        }
        if (round.PeerLost)
        {
            _round = null;
            Again(round);
            return;
        }
        // The peer's medium is the only one: it has to know so first.
        if (_usePeer && Phase != LinkPhase.Established)
            return;
        _round = null;
        if (round.Status != BlockStatus.Ok)
        {
            // I5: the power may take from this medium what the peer has, and no later flush could say that it did not.
            _activity.FailFlush(_dirty);
        }
        else
        {
            _activity.EndFlush();
            foreach (var chunk in round.Batch)
                ClearSynced(chunk);
        }
        foreach (var waiter in round.Waiters)
            Finish(waiter, waiter.Aborted ? BlockStatus.Offline : round.Status);
    }

    private void Again(FlushRound round)
    {
        foreach (var waiter in round.Waiters)
        {
            if (waiter.Aborted || round.Status != BlockStatus.Ok)
                Finish(waiter, waiter.Aborted ? BlockStatus.Offline : round.Status);
            else
                _flushWaiters.Add(waiter);
        }
    }

    private void LoseRoundsPeer()
    {
        if (_round is not { } round)
            return;
        round.PeerLost |= round.PeerPending || _disk == DiskState.Failed;
        // Even if the peer had answered: what the round covered was moved to the bits, and the batch with it.
        round.Batch.Clear();
        round.PeerPending = false;
        TryEndRound();
    }
}
