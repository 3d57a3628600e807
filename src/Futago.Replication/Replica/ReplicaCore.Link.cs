using System.Collections.Immutable;

namespace Futago.Replication;

/// <summary>The connection: sessions, frames, time limits, and what its loss means.</summary>
internal sealed partial class ReplicaCore
{
    private long _session;
    private long _sentNumber;
    private long _receivedNumber;
    private ulong _receivedTerm;

    /// <summary>What this node's frames carry; and the lowest that it takes from the peer. They differ while the roles change.</summary>
    private ulong _sendTerm;
    private ulong _leastTerm;
    private long _lastReceivedMs;
    private long _lastSentMs;
    private long _connectedMs;
    private bool _linkWanted = true;

    /// <summary>I/O on this node's medium for the peer, of this or an earlier session.</summary>
    private int _peerIo;

    public long RoundTripMs { get; private set; }

    private void OnLinkUp(long session)
    {
        if (Phase != LinkPhase.Down)
            throw new InvalidOperationException("A connection began before the last one had ended");
        _session = session;
        _sentNumber = _receivedNumber = 0;
        _lastReceivedMs = _lastSentMs = _connectedMs = _nowMs;
        Phase = LinkPhase.Draining;
        Note(NoticeKind.Connected);
        if (!_linkWanted || (_disk == DiskState.Failed && (!IsPrimary || HoldsOnDiskFailure)))
            Close(CloseReason.NotWanted);
    }

    private void OnLinkDown(long session)
    {
        if (session != _session || Phase == LinkPhase.Down)
            return;
        var wasMirror = Phase is LinkPhase.Established or LinkPhase.SyncSource or LinkPhase.SyncTarget;
        Phase = LinkPhase.Down;
        _theirs = null;
        _sentHello = null;
        _readySent = _readyReceived = _syncDoneSent = false;
        _storeForPeer = _wantServingFlush = _usePeer = _peerIsPrimary = false;
        LosePeersRequests();
        // The peer may or may not have these: no guess, they are different (I5).
        MarkUnflushed();
        foreach (var r in _issued.Values.Where(r => r.Mirrored || r.PeerPending))
        {
            r.PeerPending = false;
            r.Orphaned = true;
        }
        DropChunks();
        LoseRoundsPeer();
        LoseBlobsPeer();
        LoseRoleChange();
        foreach (var r in _issued.Values.Where(r => r is { Orphaned: true, LocalPending: false }).ToList())
            Settle(r);
        Note(NoticeKind.Disconnected);
        if (IsPrimary && !_grantHeld && wasMirror)
            Emit(new WantGrant());
    }

    private void Close(CloseReason reason)
    {
        if (Phase is LinkPhase.Down or LinkPhase.Closing)
            return;
        Phase = LinkPhase.Closing;
        Emit(new CloseLink(_session, reason));
    }

    /// <summary>Something changed that both have to know before they go on.</summary>
    private void Renegotiate() => Close(CloseReason.Renegotiate);

    private void Send(Message message)
    {
        if (Phase is LinkPhase.Down or LinkPhase.Closing)
            return;
        _lastSentMs = _nowMs;
        Emit(new Send(_session, new Frame(++_sentNumber, message is Hello or StaleTerm ? _lineage.Term : _sendTerm, message)));
    }

    private void OnReceived(Received e)
    {
        var message = e.Frame.Message;
        if (e.Session != _session || Phase is LinkPhase.Down or LinkPhase.Closing)
        {
            Discard(message);
            return;
        }
        // A frame that is missing or comes twice: nothing after it can be trusted to mean what it says.
        if (e.Frame.Number != ++_receivedNumber)
        {
            Discard(message);
            Close(CloseReason.ProtocolError);
            return;
        }
        _lastReceivedMs = _nowMs;
        _receivedTerm = e.Frame.Term;
        if (_rules.RefuseLowerTerm && !IsTermRight(e.Frame.Term, message))
        {
            Discard(message);
            return;
        }
        if (!Accept(message))
        {
            Discard(message);
            Close(CloseReason.ProtocolError);
        }
    }

    /// <summary>I9: a lower term is answered with the higher one; a primary that hears of a higher one stops.</summary>
    private bool IsTermRight(ulong term, Message message)
    {
        if (message is StaleTerm stale)
        {
            OnStaleTerm(stale);
            return false;
        }
        if (message is Hello || (term >= _leastTerm && term <= Math.Max(_leastTerm, _sendTerm)))
            return true;
        if (term < _leastTerm)
        {
            Send(new StaleTerm(_lineage.Term));
            Close(CloseReason.StaleTerm);
            return false;
        }
        if (IsPrimary)
        {
            SetLineage(_lineage with { Term = term });
            Depose();
            return false;
        }
        if (message is RoleChange)
            return true;
        Close(CloseReason.ProtocolError);
        return false;
    }

    private void OnStaleTerm(StaleTerm stale)
    {
        if (stale.Known > _lineage.Term)
        {
            SetLineage(_lineage with { Term = stale.Known });
            if (IsPrimary)
                Depose();
        }
        Close(CloseReason.StaleTerm);
    }

    /// <returns>False when the message has no place in this phase, or makes no sense: the peer breaks the protocol.</returns>
    private bool Accept(Message message) => (message, Phase) switch
    {
        (Hello m, LinkPhase.Draining or LinkPhase.HelloSent) when _theirs is null => OnHello(m),
        (Ready, LinkPhase.Readying) when !_readyReceived => OnReady(),
        // The peer may have decided, and committed, before this node had the peer's hello.
        (BitmapPart m, LinkPhase.CollectingBits) => OnBitmapPart(m),
        (BitmapEnd, LinkPhase.CollectingBits) => OnBitmapEnd(),
        (SyncStart m, LinkPhase.WaitSyncStart) => OnSyncStart(m),
        (SyncReady, LinkPhase.WaitSyncReady) => OnSyncReady(),
        (SyncDone, LinkPhase.SyncTarget) => OnSyncDone(),
        (SyncDoneAck, LinkPhase.SyncSource) when _syncDoneSent => OnSyncDoneAck(),
        (Write m, LinkPhase.Established or LinkPhase.SyncTarget) => OnPeerWrite(m),
        (WriteAck m, _) => OnWriteAck(m),
        (Read m, LinkPhase.Established) => OnPeerRead(m),
        (ReadReply m, LinkPhase.Established) => OnReadReply(m),
        (Flush m, LinkPhase.Established or LinkPhase.SyncTarget) => OnPeerFlush(m),
        (FlushAck m, _) => OnAck(m),
        (Compare m, LinkPhase.Established or LinkPhase.SyncTarget) => OnPeerCompare(m),
        (CompareReply m, _) => OnCompareReply(m),
        (RoleChange m, LinkPhase.Established or LinkPhase.SyncTarget or LinkPhase.SyncSource) => OnRoleChange(m),
        (RoleReply m, _) => OnRoleReply(m),
        (DiskLost, LinkPhase.Established) => OnDiskLost(),
        (Blob m, LinkPhase.Established or LinkPhase.SyncTarget) => OnPeerBlob(m),
        (BlobAck m, _) => OnBlobAck(m),
        (Ping m, _) => OnPing(m),
        (Pong m, _) => OnPong(m),
        _ => false,
    };

    private bool OnAck(FlushAck ack)
    {
        OnFlushAck(ack);
        return true;
    }

    private bool OnPing(Ping ping)
    {
        Send(new Pong(ping.SentMs));
        return true;
    }

    private bool OnPong(Pong pong)
    {
        RoundTripMs = Math.Max(0, _nowMs - pong.SentMs);
        return true;
    }

    private void OnTick(long nowMs)
    {
        _nowMs = nowMs;
        WriteBitsLazily();
        if (Phase is LinkPhase.Down or LinkPhase.Closing)
            return;
        if (nowMs - _lastReceivedMs > _options.PeerSilentMs)
        {
            Close(CloseReason.PeerSilent);
            return;
        }
        var oldest = _round is { PeerPending: true } round ? round.StartedMs : nowMs;
        foreach (var r in _issued.Values)
            oldest = r.PeerPending ? Math.Min(oldest, r.IssuedMs) : oldest;
        // Two that have lost their media would wait for each other's hello.
        if (Phase == LinkPhase.Draining && _disk == DiskState.Failed)
            oldest = _connectedMs;
        if (nowMs - oldest > _options.PeerStuckMs)
            Close(CloseReason.PeerStuck);
        else if (nowMs - _lastSentMs >= _options.PingMs)
            Send(new Ping(nowMs));
    }

    private void Discard(Message message)
    {
        if (message is Write { Payload: { } written })
            Emit(new Release(written));
        else if (message is ReadReply { Payload: { } read })
            Emit(new Release(read));
    }

    private ImmutableArray<ulong> PageWords(int page) => ImmutableArray.Create(_dirty.ReadPage(page));
}
