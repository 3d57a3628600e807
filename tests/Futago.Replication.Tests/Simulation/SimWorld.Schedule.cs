namespace Futago.Replication.Tests.Simulation;

/// <summary>What can happen next.</summary>
internal sealed partial class SimWorld
{
    private readonly List<Action> _possible = [];

    private void Act()
    {
        var roll = _random.Next(100);
        if (roll < 3)
            Fault();
        else if (roll < (_nodes.Any(n => n.Core is { IsPrimary: true }) ? 9 : 30))
            Decide();
        else if (roll < 33 && _requests.Count < 8 && _nodes.Any(n => n.Core is { IsPrimary: true }))
            Submit(Pick(_nodes.Where(n => n.Core is { IsPrimary: true })));
        else
            Progress();
    }

    private T Pick<T>(IEnumerable<T> from)
    {
        var list = from as IReadOnlyList<T> ?? [.. from];
        return list[_random.Next(list.Count)];
    }

    /// <summary>Something that was begun goes on.</summary>
    /// <returns>False when nothing is under way.</returns>
    private bool Progress()
    {
        _possible.Clear();
        foreach (var node in _nodes)
        {
            if (node.Core is null)
                continue;
            if (node.Io.Count > 0)
            {
                _possible.Add(() => node.FinishIo(_random.Next(node.Io.Count)));
                _possible.Add(() => node.FinishIo(_random.Next(node.Io.Count)));
            }
            if (node.Commit is not null)
                _possible.Add(node.StepCommit);
            if (node.Note is not null)
                _possible.Add(() => node.FinishNote(_random.Next(8) == 0, _random.Next(2) == 0));
            if (node.BlobStores.Count > 0)
                _possible.Add(() => node.FinishBlob(_random.Next(node.BlobStores.Count)));
        }
        if (_snapshots.Count > 0)
            _possible.Add(() => _snapshots.Clear());
        AddLinkActions();
        if (_possible.Count == 0)
            return false;
        _possible[_random.Next(_possible.Count)]();
        return true;
    }

    private void AddLinkActions()
    {
        if (_link is null || _link.IsOver)
        {
            _link = null;
            if (_nodes.All(n => n.Core is not null) && !_apart)
                _possible.Add(() => _link = new SimLink(++_lastSession));
            return;
        }
        var link = _link;
        foreach (var node in _nodes)
        {
            var i = node.Index;
            if (link.Gone[i] || node.Core is null)
                continue;
            if (!link.Told[i])
            {
                if (link.Broken)
                {
                    link.Gone[i] = true;
                    continue;
                }
                _possible.Add(() =>
                {
                    link.Told[i] = true;
                    node.Step(new LinkUp(link.Session));
                });
            }
            else if (link.Towards[i].Count > 0)
            {
                for (var n = 0; n < 3; n++)
                    _possible.Add(() => Deliver(node, link));
            }
            else if (link.Broken)
            {
                _possible.Add(() =>
                {
                    link.Gone[i] = true;
                    node.Step(new LinkDown(link.Session));
                });
            }
        }
    }

    private static void Deliver(SimNode node, SimLink link) => node.Step(new Received(link.Session, link.Towards[node.Index].Dequeue()));

    private void Fault()
    {
        switch (_random.Next(10))
        {
            case 0 or 1:
                if (_nodes.Where(n => n.Core is not null).ToList() is { Count: > 0 } running)
                    Crash(Pick(running));
                break;
            case 2 or 3 or 4 or 5:
                if (_nodes.Where(n => n.Core is null).ToList() is { Count: > 0 } down)
                    Pick(down).Start();
                break;
            case 6 or 7:
                _link?.Break(_random);
                break;
            case 8:
                if (_link is { } link && link.Towards[_random.Next(2)] is { Count: > 0 } frames)
                    Damage(frames);
                break;
            case 9:
                if (_disksFail && _random.Next(3) == 0)
                {
                    var disk = Pick(_nodes).Disk;
                    disk.Failed = true;
                    // As little random as the choice of the authority.
                    disk.MetadataSurvives = _setup.Seed % 5 == 0;
                }
                else
                    Tick();
                break;
        }
    }

    /// <summary>A frame is lost, or comes twice.</summary>
    private void Damage(Queue<Frame> frames)
    {
        var list = frames.ToList();
        var at = _random.Next(list.Count);
        if (_random.Next(2) == 0)
            list.RemoveAt(at);
        else
            list.Insert(at, list[at]);
        frames.Clear();
        list.ForEach(frames.Enqueue);
    }

    private void Tick(int mostMs = 6000)
    {
        _nowMs += _random.Next(100, mostMs);
        foreach (var node in _nodes)
        {
            if (node.Core is not null)
                node.Step(new Tick(_nowMs));
        }
    }

    /// <summary>What the failover manager or a person would do.</summary>
    private void Decide()
    {
        var node = Pick(_nodes);
        if (node.Core is not { } core)
            return;
        switch (_random.Next(9))
        {
            case 0 or 1: PromoteConnected(node); break;
            case 2 or 3: PromoteAlone(node); break;
            case 4 or 5 when _wantsGrant[node.Index]: Grant(node); break;
            case 6 when core.IsPrimary && _random.Next(3) == 0:
                Command(node, id => new Demote(id), result =>
                {
                    if (_authority.Owner != node.Index || result is not (CommandResult.Done or CommandResult.NotConnected))
                        return;
                    _authority.Owner = null;
                    // Whoever comes next may lack what was only in a cache.
                    if (result == CommandResult.NotConnected)
                        _oracle.Crash();
                });
                break;
            case 7 when core.IsPrimary && core.Phase == LinkPhase.Established:
                Command(node, id => new StartVerify(id));
                break;
            case 8 when core.IsPrimary:
                Command(node, id => new PutBlob(id, "reservations", [(byte)_random.Next(256)]));
                break;
        }
    }

    private void Grant(SimNode node)
    {
        // Compare and swap: the owner of the term, and nobody else has gone on alone.
        if (_authority.Owner != node.Index || !_authority.MayPromote(node.Index))
            return;
        _wantsGrant[node.Index] = false;
        var before = _authority.Alone;
        _authority.Alone = node.Index;
        Command(node, id => new Grant(id));
        if (!node.Core!.IsGranted)
            _authority.Alone = before;
    }

    private void PromoteConnected(SimNode node)
    {
        if (_authority.Owner is { } owner && (owner == node.Index || _nodes[owner].Core is { IsPrimary: true }))
            return;
        if (!_authority.MayPromote(node.Index))
            return;
        var before = _authority.Owner;
        TakeOver(node.Index);
        Command(node, id => new Promote(id, _authority.Term, Alone: false, Force: false), result => GiveBack(node, result, before));
    }

    private void PromoteAlone(SimNode node)
    {
        if (node.Core!.IsPrimary || !_authority.MayPromote(node.Index))
            return;
        if (_authority.Owner is { } owner && owner != node.Index && _nodes[owner].Core is { IsPrimary: true } && _leasesHold)
        {
            // The lease runs out: the old primary has stopped answering before the other may begin.
            Command(_nodes[owner], id => new Freeze(id));
        }
        var (before, ownerBefore) = (_authority.Alone, _authority.Owner);
        TakeOver(node.Index);
        _authority.Alone = node.Index;
        var refused = false;
        Command(node, id => new Promote(id, _authority.Term, Alone: true, Force: false), result =>
        {
            refused = result != CommandResult.Done;
            GiveBack(node, result, ownerBefore);
        });
        // Refused at once: nothing has changed on the node.
        if (refused)
            _authority.Alone = before;
    }

    /// <summary>The node did not want it: whoever was in charge, and still serves, stays in charge.</summary>
    private void GiveBack(SimNode node, CommandResult result, int? before)
    {
        if (result != CommandResult.Done && _authority.Owner == node.Index)
            _authority.Owner = before is { } owner && owner != node.Index && _nodes[owner].Core is { IsPrimary: true } ? owner : null;
    }

    private void TakeOver(int node)
    {
        if (_authority.Owner is { } owner && owner != node)
            _oracle.Crash();
        _authority.Owner = node;
        _authority.Term++;
    }

    /// <summary>No more faults: everything must come to rest, equal on both sides, with nothing lost.</summary>
    private void Quiesce()
    {
        foreach (var node in _nodes)
        {
            if (node.Core is not null && (node.Disk.Failed || node.Core.IsFrozen || node.Core.Disk == DiskState.Failed))
                Crash(node);
            if (node.Core is null)
                node.Start();
        }
        for (var round = 0; round < 40 && _violation is null; round++)
        {
            for (var n = 0; n < 4000 && Progress() && _violation is null; n++)
            {
                if (IsAtRest())
                    break;
            }
            if (IsAtRest())
            {
                Compare();
                return;
            }
            Push();
        }
        Violate($"does not come to rest: {_nodes[0].Core!.Phase}/{_nodes[1].Core!.Phase}, primary {_nodes[0].Core!.IsPrimary}/{_nodes[1].Core!.IsPrimary}, " +
            $"bits {_nodes[0].Core!.DirtyBlocks}/{_nodes[1].Core!.DirtyBlocks}, requests {_requests.Count}, last refusal {_nodes[0].Core!.LastRefusal}, mode {_nodes[0].Core!.CurrentMode}/{_nodes[1].Core!.CurrentMode}");
    }

    private bool IsAtRest() =>
        _requests.Count == 0 && _link is { } link && link.Towards.All(q => q.Count == 0) && _nodes.All(n => n.Core is { Phase: LinkPhase.Established, DirtyBlocks: 0 } && n.Io.Count == 0 && n.Commit is null && n.Note is null && n.BlobStores.Count == 0)
        && _nodes.Count(n => n.Core!.IsPrimary) == 1;

    private void Push()
    {
        Tick(900);
        foreach (var node in _nodes)
        {
            var core = node.Core!;
            if (core.IsPrimary && _authority.Owner != node.Index && _authority.Owner is not null && core.Phase != LinkPhase.Established)
                Crash(node);
            if (node.Core is null)
                node.Start();
            else if (_wantsGrant[node.Index])
                Grant(node);
        }
        if (_nodes.All(n => !n.Core!.IsPrimary))
        {
            PromoteConnected(Pick(_nodes));
        }
    }

    private void Compare()
    {
        if (!_nodes[0].Disk.Cache.SequenceEqual(_nodes[1].Disk.Cache))
        {
            var at = _nodes[0].Disk.Cache.CommonPrefixLength(_nodes[1].Disk.Cache);
            Violate($"in sync, and sector {at} is {_nodes[0].Disk.Cache[at]} here and {_nodes[1].Disk.Cache[at]} there");
            return;
        }
        var now = _oracle.Now;
        for (var sector = 0; sector < Blocks * 2 && _violation is null; sector++)
        {
            if (_oracle.Check(sector, _nodes[0].Disk.Cache[sector], now) is { } wrong)
                Violate($"at rest: {wrong}");
        }
        foreach (var (name, blob) in _nodes[0].Blobs)
        {
            if (_nodes[1].Blobs.TryGetValue(name, out var other) && other.Version == blob.Version && !other.Content.SequenceEqual(blob.Content))
                Violate($"blob {name} differs");
        }
    }
}
