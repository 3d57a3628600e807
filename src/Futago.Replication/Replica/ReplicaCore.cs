using Futago.Blocks;

namespace Futago.Replication;

/// <summary>What is loaded from the metadata file at the start.</summary>
/// <param name="ActiveExtents">Extents in which writes were under way; not empty after a crash.</param>
/// <param name="Pages">Pages of bits that are not empty.</param>
/// <param name="Unreliable">Part of it was damaged: every block counts as different.</param>
/// <param name="Behind">I15: it was noted off this medium that the peer has writes which it lacks.</param>
internal sealed record LoadedMetadata(
    VolumeLineage Lineage, IReadOnlyList<int> ActiveExtents, IReadOnlyList<BitmapPage> Pages, bool Unreliable = false, bool Behind = false);

internal sealed record Started : ReplicaEvent;

/// <summary>Where the connection is. Down → Draining → Hello, then one of three ways to Established.</summary>
internal enum LinkPhase : byte
{
    Down,
    /// <summary>Connected; waits for what earlier connections left under way on this node's medium.</summary>
    Draining,
    HelloSent,
    /// <summary>In sync, or serving the peer: both commit, then say so.</summary>
    Readying,
    /// <summary>Source: gets the target's bits.</summary>
    CollectingBits,
    /// <summary>Source: makes the union of the bits durable.</summary>
    Preparing,
    /// <summary>Source: waits until the target is durably inconsistent.</summary>
    WaitSyncReady,
    /// <summary>Target: waits for the source.</summary>
    WaitSyncStart,
    /// <summary>Target: becomes durably inconsistent.</summary>
    Adopting,
    SyncSource,
    SyncTarget,
    Established,
    /// <summary>Given up; the shell is closing it.</summary>
    Closing,
}

internal enum DiskState : byte { Ok, Failed }

/// <summary>What requests can count on now.</summary>
internal enum Mode : byte
{
    /// <summary>They wait.</summary>
    Hold,
    /// <summary>Writes go to both nodes.</summary>
    Mirror,
    /// <summary>Granted, but the new generation is not durable yet: reads only.</summary>
    SoloReads,
    /// <summary>Writes go here and set bits.</summary>
    Solo,
    /// <summary>The own medium has failed; the peer's serves.</summary>
    Remote,
}

/// <summary>
/// One node's half of a replicated volume, as a state machine: <see cref="Step"/> takes an event and gives what is to be done.
/// No I/O, no clock, no threads, no chance in here, so that a simulation can drive two of them through every order of events. The
/// state changes in place, because it holds the bits of the whole volume; one event at a time.
/// <para>
/// Everything that decides whether an acknowledged write survives is in this class and the types of its folder. The rules are
/// numbered I1–I15 in docs/protocol/replication-link.md.
/// </para>
/// </summary>
internal sealed partial class ReplicaCore
{
    private readonly ReplicaOptions _options;
    private readonly Safeguards _rules;
    private readonly List<ReplicaEffect> _effects = [];
    private readonly DirtyMap _dirty;
    private readonly ActivityLog _activity;
    private readonly RangeLocks _locks;
    private readonly Queue<RangeClaim> _granted = [];

    /// <summary>Local I/O under way, by id.</summary>
    private readonly Dictionary<long, object> _local = [];
    private long _lastId;
    private long _nowMs;
    private DiskState _disk = DiskState.Ok;
    private long _deviceBytes;
    private bool _stopping;

    public ReplicaCore(ReplicaOptions options, LoadedMetadata loaded, long deviceBytes)
    {
        _options = options;
        _rules = options.Safeguards;
        _lineage = _durable = loaded.Lineage;
        _deviceBytes = deviceBytes;
        _dirty = new DirtyMap(loaded.Lineage.SizeBytes / DirtyMap.BlockBytes);
        _activity = new ActivityLog(options.ActivitySlots, options.BlocksPerExtent);
        _locks = new RangeLocks(_rules.SerialiseOverlaps);
        foreach (var page in loaded.Pages)
        {
            _dirty.Merge(page.Index, page.Words);
            _dirty.TakePage(page.Index);
        }
        // I5: what was under way is different until proved otherwise, whatever the generations say.
        if (_rules.DirtyAfterCrash)
        {
            if (loaded.Unreliable)
                _dirty.SetAll();
            foreach (var extent in loaded.ActiveExtents)
                SetDirty((long)extent * options.BlocksPerExtent, (extent + 1L) * options.BlocksPerExtent - 1);
        }
        _crashed = loaded.ActiveExtents.Count > 0;
        LoadBehind(loaded.Behind);
    }

    public bool IsPrimary { get; private set; }

    public LinkPhase Phase { get; private set; }

    public VolumeLineage Lineage => _durable;

    public long DirtyBlocks => _dirty.Count;

    /// <summary>Where in the volume they are.</summary>
    public long[] DirtyByPart(int parts) => _dirty.CountByPart(parts);

    public DiskState Disk => _disk;

    public bool IsUpToDate => _disk == DiskState.Ok && !_durable.Current.IsNone && !_durable.Inconsistent && !_durable.Outdated;

    public bool IsGranted => _grantHeld;

    /// <summary>What resync and verify may still copy.</summary>
    public long BudgetBytes => _budgetBytes;

    public bool IsFrozen { get; private set; }

    /// <summary>
    /// When this primary's medium fails, nothing is acknowledged any more, instead of letting the peer's medium serve: what only the peer
    /// would have, this node could not remember to lack. For whoever can move the service to the peer.
    /// </summary>
    public bool HoldsOnDiskFailure { get; set; }

    public Mode CurrentMode => Evaluate();

    /// <summary>Size of the volume in bytes, as agreed with the peer.</summary>
    public long SizeBytes => _durable.SizeBytes;

    /// <summary>Takes one event. What is returned is valid until the next call.</summary>
    public IReadOnlyList<ReplicaEffect> Step(ReplicaEvent e)
    {
        _effects.Clear();
        switch (e)
        {
            case Submitted s: OnSubmitted(s.Request); break;
            case LocalDone d: OnLocalDone(d); break;
            case Received r: OnReceived(r); break;
            case MetadataDone d: OnMetadataDone(d); break;
            case BehindNoted b: OnBehindNoted(b); break;
            case Tick t: OnTick(t.NowMs); break;
            case ResyncBudget b: _budgetBytes = Math.Min(_budgetBytes + b.Bytes, long.MaxValue / 4); break;
            case LinkUp l: OnLinkUp(l.Session); break;
            case LinkDown l: OnLinkDown(l.Session); break;
            case DeviceGrown g: OnDeviceGrown(g.LengthBytes); break;
            case BlobStored b: OnBlobStored(b); break;
            case SnapshotKept s: OnSnapshotKept(s); break;
            case Command c: OnCommand(c); break;
            case Started: OnStarted(); break;
        }
        Pump();
        return _effects;
    }

    /// <summary>What may have become possible by the event.</summary>
    private void Pump()
    {
        RunGranted();
        PumpMode();
        PumpActivity();
        PumpFlush();
        PumpResync();
        PumpVerify();
        PumpCommands();
        RunGranted();
        PumpHello();
        PumpBehind();
        PumpCommit();
    }

    private Mode Evaluate()
    {
        if (IsFrozen)
            return Mode.Hold;
        if (_disk == DiskState.Failed)
            return _usePeer && Phase == LinkPhase.Established ? Mode.Remote : Mode.Hold;
        if (_storeForPeer)
            return Phase == LinkPhase.Established ? Mode.Solo : Mode.Hold;
        if (Phase is LinkPhase.Established or LinkPhase.SyncSource)
            return Mode.Mirror;
        if (!_grantHeld || Phase is LinkPhase.SyncTarget or LinkPhase.WaitSyncStart or LinkPhase.Adopting)
            return Mode.Hold;
        // I2: the new generation is durable before the first write is acknowledged by one node alone.
        return _durable.PeerMayHoldCurrent || _lineage.PeerMayHoldCurrent ? Mode.SoloReads : Mode.Solo;
    }

    private void SetDirty(long first, long last)
    {
        last = Math.Min(last, _dirty.Blocks - 1);
        if (first <= last)
            _dirty.Set(first, last);
    }

    private long NewId() => ++_lastId;

    private void Emit(ReplicaEffect effect) => _effects.Add(effect);

    private void Note(NoticeKind kind, Refusal refusal = Refusal.None, CloseReason? reason = null, long number = 0) =>
        Emit(new Notice(kind, refusal, reason, number));

    private long StartLocal(object owner, LocalIoKind kind, long offsetBytes, long lengthBytes, object? payload, bool durable)
    {
        var id = NewId();
        _local.Add(id, owner);
        Emit(new LocalIo(id, kind, offsetBytes, lengthBytes, payload, durable));
        return id;
    }

    private void OnLocalDone(LocalDone done)
    {
        if (!_local.Remove(done.Id, out var owner))
            throw new InvalidOperationException("Local I/O ended that was not under way");
        switch (owner)
        {
            case ReplicaRequest r: OnRequestLocalDone(r, done.Status); break;
            case FlushRound f: OnRoundLocalDone(f, done.Status); break;
            case PeerIo p: OnPeerIoDone(p, done); break;
            case Chunk c: OnChunkLocalDone(c, done); break;
        }
    }

    private static LocalIoKind KindOf(BlockOperation operation) => operation switch
    {
        BlockOperation.Read => LocalIoKind.Read,
        BlockOperation.Write => LocalIoKind.Write,
        BlockOperation.WriteZeroes => LocalIoKind.Zero,
        BlockOperation.Unmap => LocalIoKind.Unmap,
        _ => LocalIoKind.Flush,
    };
}
