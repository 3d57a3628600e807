using System.Collections.Immutable;
using Futago.Blocks;

namespace Futago.Replication;

/// <summary>What the peer asks for on this node's medium.</summary>
internal sealed partial class ReplicaCore
{
    private enum PeerIoKind : byte { Write, Read, Flush, FinalFlush, ServingFlush, Compare }

    private sealed record PeerIo(long Session, PeerIoKind Kind, long Id, object? Payload, ImmutableArray<byte> Digests = default);

    private void StartPeerIo(PeerIo io, LocalIoKind kind, long offsetBytes, long lengthBytes, object? payload, bool durable)
    {
        _peerIo++;
        StartLocal(io, kind, offsetBytes, lengthBytes, payload, durable);
    }

    private bool IsInside(long offsetBytes, long lengthBytes) =>
        offsetBytes >= 0 && lengthBytes > 0 && offsetBytes <= _lineage.SizeBytes - lengthBytes;

    private bool OnPeerWrite(Write write)
    {
        // Only the peer of a secondary writes, or the source of a resync.
        if (IsPrimary || !IsInside(write.OffsetBytes, write.LengthBytes)
            || write.Operation is not (BlockOperation.Write or BlockOperation.WriteZeroes or BlockOperation.Unmap)
            || (write.Operation == BlockOperation.Write) != (write.Payload is not null))
            return false;
        if (_storeForPeer)
        {
            // The only copy: with activity log and bits, like a write of an application here.
            _peerIo++;
            Admit(new ReplicaRequest(write.Operation, write.OffsetBytes, write.LengthBytes, write.Payload, write.Durable) { PeerId = write.Id });
            return true;
        }
        StartPeerIo(new PeerIo(_session, PeerIoKind.Write, write.Id, write.Payload), KindOf(write.Operation), write.OffsetBytes, write.LengthBytes, write.Payload, write.Durable);
        return true;
    }

    /// <summary>A write of the peer that went the way of an application's has ended.</summary>
    private void AnswerPeer(ReplicaRequest r, BlockStatus status)
    {
        _peerIo--;
        if (r.Payload is { } payload)
            Emit(new Release(payload));
        if (r.Aborted)
            return;
        if (status == BlockStatus.Ok)
            Send(new WriteAck(r.PeerId, status));
        else
            FailDisk();
    }

    /// <summary>The connection is gone: writes of the peer that have not begun are forgotten, the others are waited for.</summary>
    private void LosePeersRequests()
    {
        foreach (var r in _held.Where(r => r.PeerId != 0).ToList())
        {
            _held.Remove(r);
            Abort(r);
        }
        foreach (var r in _awaitActivity.Concat(_issued.Values).Where(r => r.PeerId != 0))
            r.Aborted = true;
    }

    private bool OnPeerRead(Read read)
    {
        if (!_storeForPeer || !IsInside(read.OffsetBytes, read.LengthBytes) || read.LengthBytes > BlockBufferPool.MaximumBytes)
            return false;
        StartPeerIo(new PeerIo(_session, PeerIoKind.Read, read.Id, null), LocalIoKind.Read, read.OffsetBytes, read.LengthBytes, null, durable: false);
        return true;
    }

    private bool OnPeerFlush(Flush flush)
    {
        if (IsPrimary)
            return false;
        StartPeerIo(new PeerIo(_session, PeerIoKind.Flush, flush.Id, null), LocalIoKind.Flush, 0, 0, null, durable: true);
        return true;
    }

    private bool OnPeerCompare(Compare compare)
    {
        if (compare.Blocks is < 1 or > ReplicaOptions.ComparedBlocksMaximum || compare.FirstBlock < 0 || compare.FirstBlock > _dirty.Blocks - compare.Blocks || compare.Digests.Length != compare.Blocks * 16)
            return false;
        StartPeerIo(
            new PeerIo(_session, PeerIoKind.Compare, compare.Id, null, compare.Digests), LocalIoKind.Digest,
            compare.FirstBlock * DirtyMap.BlockBytes, (long)compare.Blocks * DirtyMap.BlockBytes, null, durable: false);
        return true;
    }

    private void OnPeerIoDone(PeerIo io, LocalDone done)
    {
        _peerIo--;
        if (io.Payload is { } written)
            Emit(new Release(written));
        if (io.Session != _session || Phase is LinkPhase.Down or LinkPhase.Closing)
        {
            if (done.Payload is { } unwanted)
                Emit(new Release(unwanted));
            return;
        }
        if (done.Status != BlockStatus.Ok && io.Kind is PeerIoKind.Write or PeerIoKind.Flush or PeerIoKind.FinalFlush or PeerIoKind.ServingFlush)
        {
            // I11: what this medium holds is not known any more. The primary goes on without it.
            if (_disk == DiskState.Ok)
                FailDisk();
            return;
        }
        switch (io.Kind)
        {
            case PeerIoKind.Write: Send(new WriteAck(io.Id, done.Status)); break;
            case PeerIoKind.Flush: Send(new FlushAck(io.Id, done.Status)); break;
            case PeerIoKind.FinalFlush: OnFinalFlush(); break;
            case PeerIoKind.ServingFlush: OnServingFlush(); break;
            case PeerIoKind.Read: Send(new ReadReply(io.Id, done.Status, done.Payload)); break;
            case PeerIoKind.Compare: Send(new CompareReply(io.Id, done.Status, done.Status == BlockStatus.Ok ? Difference(io.Digests, done.Digests) : 0)); break;
        }
        PumpServingFlush();
    }

    private static ulong Difference(ImmutableArray<byte> theirs, ImmutableArray<byte> mine)
    {
        ulong different = 0;
        for (var i = 0; i * 16 < theirs.Length; i++)
        {
            if (!theirs.AsSpan(i * 16, 16).SequenceEqual(mine.AsSpan(i * 16, 16)))
                different |= 1UL << i;
        }
        return different;
    }

    private bool OnWriteAck(WriteAck ack)
    {
        if (ack.Status != BlockStatus.Ok)
            return false;
        if (_chunks.TryGetValue(ack.Id, out var chunk))
        {
            OnChunkWritten(chunk);
        }
        else if (_issued.TryGetValue(ack.Id, out var r) && r.PeerPending)
        {
            r.PeerPending = false;
            Settle(r);
        }
        return true;
    }

    private bool OnReadReply(ReadReply reply)
    {
        if (!_issued.TryGetValue(reply.Id, out var r) || r.IsChange || !r.PeerPending)
            return false;
        r.PeerPending = false;
        if (IsFrozen)
        {
            // Asked again when it may be answered.
            r.Orphaned = true;
            Discard(reply);
            return true;
        }
        _issued.Remove(r.Id);
        if (_rules.ReadsWait)
            _locks.Leave(r, _granted);
        _requests--;
        Emit(new Complete(r, reply.Status, reply.Payload));
        if (reply.Payload is { } payload)
            Emit(new Release(payload));
        return true;
    }
}
