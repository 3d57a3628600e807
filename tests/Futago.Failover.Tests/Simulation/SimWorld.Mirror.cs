namespace Futago.Failover.Tests.Simulation;

/// <summary>The abstract mirror: it keeps I1–I13 by itself; what it is told by the failover manager decides the rest.</summary>
internal sealed partial class SimWorld
{
    private int _generation = 1;
    private int _link;
    private bool _linkIntact;
    private int _syncing;

    private bool ReplicationUp => !_replicationBlocked && PathUp(0, 1, 1) && PathUp(1, 0, 1);

    /// <param name="index">Whose end, or −1: the network.</param>
    public void LinkBroken(int index, bool process)
    {
        if (!_linkIntact)
            return;
        _linkIntact = false;
        foreach (var node in Nodes)
        {
            if (process && node.Index == index)
                continue;
            var link = _link;
            node.EngineLater(process ? Random.Next(200) : Random.Next(4000), () =>
            {
                if (link != _link || node.Mirror.Link == MirrorLink.Down)
                    return;
                node.Mirror.Dirty |= node.Mirror.InFlight > 0;
                SetLink(node, MirrorLink.Down);
            });
        }
    }

    private static void SetLink(SimNode node, MirrorLink link)
    {
        node.Mirror.Link = link;
        if (link != MirrorLink.Syncing)
            node.Mirror.IsSource = false;
        if (node.Core is not null)
            node.Step(new MirrorChanged(node.Mirror.Status));
    }

    private void TryConnect()
    {
        After(Random.Next(200, 1000), TryConnect);
        if (_linkIntact && (!ReplicationUp || Nodes.Any(n => n.Mirror is { Failed: true, Primary: false })))
            LinkBroken(-1, process: false);
        var (a, b) = (Nodes[0], Nodes[1]);
        if (_linkIntact || !ReplicationUp || !a.EngineRuns || !b.EngineRuns || a.Mirror.Link != MirrorLink.Down || b.Mirror.Link != MirrorLink.Down)
            return;
        if (a.Mirror.Failed || b.Mirror.Failed)
            return;
        if (a.Mirror.Primary && b.Mirror.Primary)
        {
            // I9: the lower term is deposed.
            Demote(a.Mirror.Term < b.Mirror.Term ? a : b);
            return;
        }
        if (Source(a, b) is not { } source)
        {
            Connected();
            foreach (var node in Nodes)
            {
                node.Mirror.Outdated = node.Mirror.Granted = false;
                SetLink(node, MirrorLink.InSync);
            }
            return;
        }
        if (source < 0)
            return;
        var target = Nodes[1 - source];
        // I10: a primary is never overwritten.
        if (target.Mirror.Primary || (Nodes[source].Mirror.Inconsistent && !target.Mirror.Inconsistent))
            return;
        Connected();
        target.Mirror.Inconsistent = true;
        Nodes[source].Mirror.IsSource = true;
        Nodes[source].Mirror.Granted = false;
        Trace($"resync from {source}");
        foreach (var node in Nodes)
            SetLink(node, MirrorLink.Syncing);
        var link = _link;
        var syncing = ++_syncing;
        After(Random.Next(500, 6000), () => Synced(Nodes[source], target, link, syncing));
    }

    private void Connected()
    {
        _link++;
        _linkIntact = true;
    }

    private void Synced(SimNode source, SimNode target, int link, int syncing)
    {
        if (!_linkIntact || link != _link || syncing != _syncing || !source.EngineRuns || !target.EngineRuns)
        {
            if (_linkIntact && link == _link && syncing == _syncing)
                After(500, () => Synced(source, target, link, syncing));
            return;
        }
        target.Mirror.TakeOver(source.Mirror);
        SetLink(target, MirrorLink.InSync);
        source.EngineLater(Random.Next(200), () =>
        {
            if (link == _link && source.Mirror.Link == MirrorLink.Syncing)
                SetLink(source, MirrorLink.InSync);
        });
    }

    /// <returns>Whose data is copied; null: none, they are equal; −1: a person has to choose.</returns>
    private int? Source(SimNode a, SimNode b)
    {
        var (x, y) = (a.Mirror, b.Mirror);
        if (x.Generation == y.Generation)
        {
            if (x.Inconsistent != y.Inconsistent)
                return x.Inconsistent ? 1 : 0;
            if (!x.Dirty && !y.Dirty)
                return null;
            if (x.Primary || y.Primary)
                return x.Primary ? 0 : 1;
            return x.Dirty ? 0 : 1;
        }
        if (x.History.Contains(y.Generation) || y.Generation == 0)
            return 0;
        if (y.History.Contains(x.Generation) || x.Generation == 0)
            return 1;
        if (!_operatorErred)
            Violate("split brain");
        return _operatorErred ? -1 : null;
    }

    public bool Promote(SimNode node, bool alone, ulong term)
    {
        var (mine, theirs) = (node.Mirror, Nodes[1 - node.Index].Mirror);
        if (mine.Failed || (mine.Data != DataState.UpToDate && Mutation is not Mutation.ServesAnything))
            return false;
        if (mine.Link != MirrorLink.Down)
        {
            if (theirs.Primary || !_linkIntact || (mine.Link == MirrorLink.Syncing && !mine.IsSource))
                return false;
        }
        else if (!alone)
        {
            return false;
        }
        else
        {
            mine.Granted = true;
            mine.Bump(++_generation);
        }
        (mine.Primary, mine.Term) = (true, term);
        if ((mine.Missing > 0 || mine.Inconsistent) && !_operatorErred)
            Violate($"node {node.Index} is promoted and lacks {mine.Missing} acknowledged writes, data {mine.Data}");
        return true;
    }

    public static void Demote(SimNode node)
    {
        node.Mirror.Dirty |= node.Mirror.InFlight > 0;
        node.Mirror.InFlight = 0;
        node.Mirror.Primary = node.Mirror.Granted = false;
    }

    public void GoAlone(SimNode node)
    {
        var mirror = node.Mirror;
        if (!mirror.Primary || mirror.Link != MirrorLink.Down)
            return;
        mirror.Granted = true;
        mirror.Bump(++_generation);
        for (; mirror.InFlight > 0; mirror.InFlight--)
            AcknowledgeAlone(node);
        // Whoever has just gone alone is the one whose loss hurts most.
        if (Random.Next(8) == 0 && Policy != FailoverPolicy.PingOnly && !_healed)
            After(Random.Next(1, 4000), () => PowerCut(node));
    }

    private void AcknowledgeAlone(SimNode node)
    {
        node.Mirror.Dirty = true;
        node.Respond(Random.Next(4), () => Nodes[1 - node.Index].Mirror.Missing++);
    }

    public void Outdate(SimNode node)
    {
        if (Mutation == Mutation.YieldDoesNotBind)
            return;
        node.Mirror.Outdated = true;
        if (node.Mirror.Link != MirrorLink.Down)
            LinkBroken(node.Index, process: false);
        node.Step(new MirrorChanged(node.Mirror.Status));
    }

    /// <summary>I2: acknowledged when both have it, or alone when that was granted.</summary>
    public void Write(SimNode node, Action respond)
    {
        var mirror = node.Mirror;
        if (mirror.Link == MirrorLink.Down)
        {
            if (mirror.Granted)
                AcknowledgeAlone(node);
            else
                mirror.InFlight++;
            return;
        }
        if (mirror.Link == MirrorLink.Syncing && !mirror.IsSource)
            return;
        mirror.InFlight++;
        var link = _link;
        var peer = Nodes[1 - node.Index];
        After(Random.Next(10), () => peer.EngineLater(0, () =>
        {
            if (!_linkIntact || link != _link || peer.Mirror.Primary)
                return;
            After(Random.Next(10), () => node.EngineLater(0, () =>
            {
                if (!_linkIntact || link != _link || mirror.Link == MirrorLink.Down || mirror.InFlight == 0 || !mirror.Primary)
                    return;
                mirror.InFlight--;
                if (mirror.Failed)
                    node.Respond(0, () => mirror.Missing++);
                else
                    respond();
            }));
        }));
    }
}
