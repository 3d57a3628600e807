namespace Futago.Replication;

/// <summary>
/// I15: a primary that has lost its medium works on its peer's. When it starts again, and its medium is back while the peer is away, nothing
/// on that medium says that the peer has acknowledged writes since: the medium could not be written. So it is noted elsewhere before the
/// peer begins a generation of its own, which comes before the first write that only the peer has.
/// <para>
/// The note goes when the data here are the peer's again, durably, or when a person has decided that they are the truth.
/// </para>
/// </summary>
internal sealed partial class ReplicaCore
{
    private enum BehindNote : byte { Absent, Noted, Unknown }

    private BehindNote _behind;
    private bool _wantBehind;

    /// <summary>The effect under way; 0 for none.</summary>
    private long _behindId;
    private bool _behindSetting;
    private bool _behindFailureTold;

    /// <summary>A note that could not be taken away is tried again after this.</summary>
    private long _behindRetryMs;

    /// <summary>The note was there at the start: this medium lacked writes that the peer has, and as far as is known still does.</summary>
    public bool IsBehindPeer => _behind != BehindNote.Absent && _disk == DiskState.Ok && (_durable.Outdated || _durable.Inconsistent);

    private bool IsNotedBehind => _behind == BehindNote.Noted || !_rules.NoteBehind;

    private void LoadBehind(bool behind)
    {
        if (!behind || !_rules.NoteBehind)
            return;
        _behind = BehindNote.Noted;
        _lineage = _durable = _lineage with { Outdated = true };
        // To be on the medium as well as soon as it can: the note is not all that says so then.
        _lineageStale = true;
    }

    /// <summary>
    /// A hello that tells of a lost medium makes a peer that can stand in begin a new generation, so it waits for the note. Whether
    /// the peer can, its own hello says; a medium whose peer cannot stand in is not behind it, and must not be taken for that later.
    /// </summary>
    private bool MaySpeakOfDisk()
    {
        if (_disk == DiskState.Ok || IsNotedBehind)
            return true;
        if (_theirs is not { } theirs)
            return false;
        if (theirs.Term > _lineage.Term || Handshake.Decide(MakeHello(), theirs).Outcome != Outcome.UsePeer)
            return true;
        RequestBehind();
        return false;
    }

    private void RequestBehind()
    {
        _wantBehind = true;
        if (IsNotedBehind)
            OnNotedBehind();
    }

    private void PumpBehind()
    {
        if (_behindId != 0 || !_rules.NoteBehind)
            return;
        if (_wantBehind && _behind != BehindNote.Noted)
            EmitBehind(behind: true);
        else if (_behind != BehindNote.Absent && IsDurablyCurrent() && _nowMs >= _behindRetryMs)
            EmitBehind(behind: false);
    }

    /// <summary>What the medium says of itself is true without the note.</summary>
    private bool IsDurablyCurrent() =>
        _disk == DiskState.Ok && !_wantBehind && !_lineageStale && _commit?.Lineage is null
        && _durable is { Outdated: false, Inconsistent: false, Current.IsNone: false };

    private void EmitBehind(bool behind)
    {
        _behind = BehindNote.Unknown;
        (_behindId, _behindSetting) = (NewId(), behind);
        Emit(new NoteBehind(_behindId, behind, _lineage.Current, _lineage.Term));
    }

    private void OnBehindNoted(BehindNoted done)
    {
        if (done.Id != _behindId)
            throw new InvalidOperationException("A note was made that was not asked for");
        _behindId = 0;
        if (!_behindSetting)
        {
            _behind = done.Ok ? BehindNote.Absent : BehindNote.Unknown;
            _behindRetryMs = _nowMs + _options.LazyBitsMs;
            return;
        }
        _wantBehind = false;
        if (done.Ok)
        {
            _behind = BehindNote.Noted;
            _behindFailureTold = false;
            OnNotedBehind();
            return;
        }
        // Nothing is acknowledged that this node might forget to lack. The next connection tries again.
        if (!_behindFailureTold)
            Note(NoticeKind.BehindNotNoted);
        _behindFailureTold = true;
        if (AwaitsNote)
            Close(CloseReason.DiskFailed);
    }

    /// <summary>Connected when the medium failed, and the peer has not been told yet; or before the hello.</summary>
    private bool AwaitsNote => _disk == DiskState.Failed && (Phase == LinkPhase.Draining || TellsPeer);

    private bool TellsPeer => Phase == LinkPhase.Readying && _usePeer && !_readySent;

    /// <summary>The connection may be another one than when the note was asked for: then its hello says it.</summary>
    private void OnNotedBehind()
    {
        _wantBehind = false;
        if (!TellsPeer)
            return;
        _readySent = true;
        Send(new DiskLost());
        TryEstablish();
    }
}
