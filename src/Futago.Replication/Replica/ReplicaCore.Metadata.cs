namespace Futago.Replication;

/// <summary>What is written beside the data. One commit at a time; everybody who needs one joins the next.</summary>
internal sealed partial class ReplicaCore
{
    private readonly HashSet<int> _pagesFirst = [];
    private List<Action> _afterCommit = [];
    private VolumeLineage _lineage;

    /// <summary>The lineage that is on the medium; decisions count on this one.</summary>
    private VolumeLineage _durable;
    private Commit? _commit;

    /// <summary>So many at a time, that a write which waits for the activity log hardly notices.</summary>
    private const int LazyPagesMaximum = 128;
    private long _bitsWrittenMs;
    private bool _lineageStale;
    private bool _activityStale;
    private bool _allPages;
    private bool _wantCommit;

    private sealed record Commit(long Id, VolumeLineage? Lineage, int[]? Active, IReadOnlyList<BitmapPage> Pages, List<Action> Then);

    private void OnStarted()
    {
        // The log on the medium may name extents whose bits were only now set: bits first, then an empty log.
        _allPages = _activityStale = true;
        RequestCommit();
    }

    private void SetLineage(VolumeLineage lineage)
    {
        if (lineage == _lineage)
            return;
        _lineage = lineage;
        _lineageStale = true;
        _wantCommit = true;
    }

    private void RequestCommit(Action? then = null)
    {
        _wantCommit = true;
        if (then is not null)
            _afterCommit.Add(then);
    }

    private void PumpCommit()
    {
        if (_commit is not null || !_wantCommit)
            return;
        var pages = new List<BitmapPage>();
        foreach (var page in _dirty.StalePages.ToArray())
        {
            // I3: the bits of what leaves the log go first; the others when there is time.
            if (_allPages || (_rules.EvictedBitsFirst && _pagesFirst.Contains(page)))
                pages.Add(new BitmapPage(page, _dirty.TakePage(page)));
        }
        _commit = new Commit(NewId(), _lineageStale ? _lineage : null, _activityStale ? _activity.Active : null, pages, _afterCommit);
        _afterCommit = [];
        _pagesFirst.Clear();
        _wantCommit = _allPages = _lineageStale = _activityStale = false;
        Emit(new CommitMetadata(_commit.Id, [.. pages], _commit.Lineage, _commit.Active is { } a ? [.. a] : null));
    }

    private void OnMetadataDone(MetadataDone done)
    {
        if (_commit is not { } commit || commit.Id != done.Id)
            throw new InvalidOperationException("Metadata was committed that was not to be");
        _commit = null;
        if (!done.Ok)
        {
            foreach (var page in commit.Pages)
                _dirty.MarkStale(page.Index);
            OnMetadataFailed();
            return;
        }
        if (commit.Lineage is { } lineage)
        {
            if (lineage.SizeBytes != _durable.SizeBytes)
                Emit(new SizeChanged(lineage.SizeBytes));
            _durable = lineage;
        }
        if (commit.Active is { } active)
            _activity.MarkDurable(active);
        foreach (var then in commit.Then)
            then();
    }

    /// <summary>
    /// The activity log covers what is set and not written yet; but what was cleared and not written would be copied again after a
    /// crash.
    /// </summary>
    private void WriteBitsLazily()
    {
        if (_nowMs - _bitsWrittenMs < _options.LazyBitsMs || !_dirty.HasStalePages || _commit is not null)
            return;
        _bitsWrittenMs = _nowMs;
        foreach (var page in _dirty.StalePages.Take(LazyPagesMaximum))
            _pagesFirst.Add(page);
        RequestCommit();
    }

    /// <summary>Without durable metadata no write can be acknowledged: the medium counts as failed.</summary>
    private void OnMetadataFailed()
    {
        if (_disk == DiskState.Ok)
            FailDisk();
    }

    /// <summary>Extents for the writes that wait for them, in their order.</summary>
    private void PumpActivity()
    {
        while (_awaitActivity.TryPeek(out var request))
        {
            if (request.Aborted)
            {
                _awaitActivity.Dequeue();
                Finish(request, Blocks.BlockStatus.Offline);
                continue;
            }
            if (_activity.TryAcquire(request.FirstBlock, request.LastBlock))
            {
                _awaitActivity.Dequeue();
                request.Active = true;
                TryIssue(request);
                continue;
            }
            break;
        }
        // One commit can take in all who wait; those that do not fit yet wait for evictions.
        if (_awaitActivity.Count == 0)
            return;
        var added = false;
        var reserved = new HashSet<int>();
        foreach (var request in _awaitActivity)
        {
            var before = _activity.Count;
            var evicted = new List<int>();
            if (!_activity.TryActivate(request.FirstBlock, request.LastBlock, reserved, evicted))
            {
                _wantFlush |= _activity.HasUnflushed;
                break;
            }
            foreach (var extent in evicted)
                _pagesFirst.Add(DirtyMap.PageOf((long)extent * _options.BlocksPerExtent));
            added |= evicted.Count > 0 || _activity.Count != before;
        }
        if (!added)
            return;
        _activityStale = true;
        RequestCommit();
    }
}
