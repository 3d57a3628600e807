using System.Numerics;

namespace Futago.Replication.Tests.StateCheck;

/// <summary>What can happen next in a <see cref="World"/>, and whether what came of it may be.</summary>
internal sealed class WorldSteps(Bound bound)
{
    private readonly NodeTable _nodes = new(bound);

    public NodeTable Nodes => _nodes;

    /// <summary>Both machines running, in sync, node A primary: where every order of events begins.</summary>
    public World Begin()
    {
        var lineage = VolumeLineage.CreateNew(new Guid(9, 0, 0, new byte[8]), new Guid(1, 0, 0, new byte[8]), LocalState.Blocks * DirtyMap.BlockBytes) with
        {
            Current = new Generation(1),
            PeerMayHoldCurrent = true,
            Inconsistent = false,
            Term = 1,
        };
        var w = new World
        {
            A = _nodes.Add(new LocalState { Lineage = lineage }),
            B = _nodes.Add(new LocalState { Lineage = lineage with { NodeId = new Guid(2, 0, 0, new byte[8]) } }),
            Owner = World.Nobody,
            Alone = World.Nobody,
            MayReadFirst = 1,
            MayReadSecond = 1,
        };
        w = Settle(w);
        var outcome = _nodes.Step(w.A, LocalEvent.PromoteConnected, 2, 2);
        w.Owner = 0;
        Apply(ref w, 0, outcome);
        w = Settle(Rename(w));
        if (!_nodes[w.A].IsPrimary || _nodes[w.A].Phase != LinkPhase.Established)
            throw new InvalidOperationException("The beginning was not reached");
        return w;
    }

    /// <param name="found">Gets each next state; what happened, as text, only if <paramref name="describe"/>.</param>
    /// <returns>Whether anything but a fault can happen.</returns>
    public bool Next(in World from, bool describe, Action<World, string?, string> found)
    {
        var w = from;
        var progress = false;
        for (var n = 0; n < 2; n++)
        {
            var node = _nodes[n == 0 ? w.A : w.B];
            if (!node.Runs)
            {
                Take(w, n, LocalEvent.Start, 0, describe, found);
                progress = true;
                continue;
            }
            for (var io = 0; io < node.Io; io++)
                Take(w, n, LocalEvent.FinishIo, io, describe, found);
            if (node.Commits)
                Take(w, n, LocalEvent.FinishCommit, 0, describe, found);
            progress |= node.Io > 0 || node.Commits;
            progress |= NextOfLink(w, n, describe, found);
            progress |= NextOfAuthority(w, n, node, describe, found);
            if (node.IsPrimary && w.Owner == n && w.Writes < bound.Writes && MayBegin(w, n, w.Writes + 1))
            {
                Write(w, n, describe, found);
                progress = true;
            }
            if (w.Crashes < bound.Crashes)
                Crash(w, n, describe, found);
        }
        if (!w.Linked || (w.GoneA && w.GoneB))
        {
            if (_nodes[w.A].Runs && _nodes[w.B].Runs)
            {
                var next = w;
                (next.Linked, next.ToldA, next.ToldB, next.GoneA, next.GoneB, next.Broken) = (true, false, false, false, false, false);
                found(next, null, "connected");
                progress = true;
            }
        }
        else if (!w.Broken && w.Partitions < bound.Partitions)
        {
            var next = w;
            next.Partitions++;
            Cut(ref next);
            found(Rename(next), Judge(next), "the link is cut");
        }
        return progress;
    }

    /// <summary>Nothing goes on by itself: then everything must have come to rest, in sync.</summary>
    public string? JudgeRest(in World w)
    {
        if (_nodes[w.A].Phase != LinkPhase.Established || _nodes[w.B].Phase != LinkPhase.Established)
            return $"stuck: at rest, and not in sync ({_nodes[w.A].Phase}, {_nodes[w.B].Phase})";
        return w.Flight1 + w.Flight2 + w.Flight3 == 0 ? null : "stuck: a write never ends";
    }

    public string Describe(in World w) =>
        $"      A {Describe(w.A)} <- [{_nodes.Frames.Describe(w.ToA)}]   B {Describe(w.B)} <- [{_nodes.Frames.Describe(w.ToB)}]   owner {Name(w.Owner)}, alone {Name(w.Alone)}";

    private static string Name(int node) => node == World.Nobody ? "nobody" : node == 0 ? "A" : "B";

    private string Describe(int node)
    {
        var n = _nodes[node];
        return n.Runs ? $"{n.Phase}{(n.IsPrimary ? " primary" : "")}{(n.Serves ? " serves" : "")}{(n.IsUpToDate ? "" : " not up to date")} holds {n.First},{n.Second}" : $"down, holds {n.First},{n.Second}";
    }

    private bool NextOfLink(in World w, int n, bool describe, Action<World, string?, string> found)
    {
        var (told, gone) = n == 0 ? (w.ToldA, w.GoneA) : (w.ToldB, w.GoneB);
        if (!w.Linked || gone)
            return false;
        if (!told)
        {
            var next = w;
            SetTold(ref next, n, true);
            Take(next, n, LocalEvent.LinkUp, 0, describe, found);
            return true;
        }
        var queue = n == 0 ? w.ToA : w.ToB;
        if (queue != 0)
        {
            var next = w;
            if (n == 0)
                next.ToA = _nodes.Frames.Tail(queue);
            else
                next.ToB = _nodes.Frames.Tail(queue);
            Take(next, n, LocalEvent.Receive, _nodes.Frames.FirstOf(queue), describe, found);
        }
        if (!w.Broken)
            return queue != 0;
        // What had been sent before the link broke may still have arrived, or may not.
        var without = w;
        if (n == 0)
            (without.ToA, without.GoneA) = (0, true);
        else
            (without.ToB, without.GoneB) = (0, true);
        Take(without, n, LocalEvent.LinkDown, 0, describe, found);
        return true;
    }

    private bool NextOfAuthority(in World w, int n, in NodeFacts node, bool describe, Action<World, string?, string> found)
    {
        var progress = false;
        var free = w.Alone == World.Nobody || w.Alone == n;
        if ((n == 0 ? w.WantsA : w.WantsB) && w.Owner == n && free)
        {
            var next = w;
            (next.WantsA, next.WantsB) = (n != 0 && w.WantsA, n != 1 && w.WantsB);
            next.Alone = n;
            Take(next, n, LocalEvent.Grant, 0, describe, found);
            progress = true;
        }
        // Whether it is up to date is for the node to say, which refuses otherwise (I8).
        if (node.IsPrimary || w.Promotions >= bound.Promotions)
            return progress;
        var ownerServes = w.Owner != World.Nobody && w.Owner != n && _nodes[w.Owner == 0 ? w.A : w.B] is { Runs: true, IsPrimary: true };
        // Alone: also over a primary that still runs, whose lease has ended; it has no grant, or this one would not be free to go on.
        if (free && node.Phase == LinkPhase.Down)
            Promote(w, n, LocalEvent.PromoteAlone, n, describe, found);
        else if (!ownerServes && free && node.Phase == LinkPhase.Established)
            Promote(w, n, LocalEvent.PromoteConnected, w.Alone, describe, found);
        return progress;
    }

    private void Promote(in World w, int n, LocalEvent e, int alone, bool describe, Action<World, string?, string> found)
    {
        var next = w;
        next.Promotions++;
        var term = NewTerm(w);
        var outcome = _nodes.Step(n == 0 ? w.A : w.B, e, term, NewGeneration(w));
        // Refused at once, because something is under way: nothing has changed, and it is tried again later.
        if (outcome.Told.Any(t => t.What == Told.PromotionRefused))
            return;
        (next.Owner, next.Alone) = (n, alone);
        Take(next, n, e, term, describe, found);
    }

    private bool MayBegin(in World w, int n, int write)
    {
        if (write == 3)
            return w.Flight1 != n + 1 && (bound.Overlapping || w.Flight2 != n + 1);
        return write != 2 || bound.Overlapping || w.Flight1 != n + 1;
    }

    private void Write(in World w, int n, bool describe, Action<World, string?, string> found)
    {
        var next = w;
        var write = ++next.Writes;
        if (write == 1)
            next.Flight1 = n + 1;
        else if (write == 2)
            next.Flight2 = n + 1;
        else
            (next.Flight3, next.Overlap) = (n + 1, w.Flight1 != 0);
        if (Bounds.BlockOf(write) == 0)
            next.MayReadFirst |= 1 << write;
        else
            next.MayReadSecond |= 1 << write;
        Take(next, n, LocalEvent.Submit, write, describe, found);
    }

    private void Crash(in World w, int n, bool describe, Action<World, string?, string> found)
    {
        var next = w;
        next.Crashes++;
        if (n == 0)
            next.WantsA = false;
        else
            next.WantsB = false;
        next.Flight1 = w.Flight1 == n + 1 ? 0 : w.Flight1;
        next.Flight2 = w.Flight2 == n + 1 ? 0 : w.Flight2;
        next.Flight3 = w.Flight3 == n + 1 ? 0 : w.Flight3;
        if (w.Linked)
        {
            Cut(ref next);
            SetGone(ref next, n);
            // Whoever was not told that it is there is not told that it is gone.
            if (!(n == 0 ? w.ToldB : w.ToldA))
                SetGone(ref next, 1 - n);
        }
        foreach (var after in _nodes.Crashes(n == 0 ? w.A : w.B))
        {
            var crashed = next;
            if (n == 0)
                crashed.A = after;
            else
                crashed.B = after;
            found(Rename(crashed), Judge(crashed), describe ? $"{Name(n)} loses its power, and keeps {_nodes[after].First},{_nodes[after].Second}" : "");
        }
    }

    private void Take(in World w, int n, LocalEvent e, int argument, bool describe, Action<World, string?, string> found)
    {
        var next = w;
        var wrong = Apply(ref next, n, _nodes.Step(n == 0 ? w.A : w.B, e, argument, NewGeneration(w)));
        found(Rename(next), wrong ?? Judge(next), describe ? $"{Name(n)}: {e} {(e == LocalEvent.Receive ? _nodes.Frames[argument].Message : argument)}" : "");
    }

    private string? Apply(ref World w, int n, LocalOutcome outcome)
    {
        string? wrong = null;
        if (n == 0)
            w.A = outcome.Node;
        else
            w.B = outcome.Node;
        foreach (var (what, argument) in outcome.Told)
        {
            switch (what)
            {
                case Told.Send when !w.Broken && n == 0: w.ToB = _nodes.Frames.Append(w.ToB, argument); break;
                case Told.Send when !w.Broken: w.ToA = _nodes.Frames.Append(w.ToA, argument); break;
                case Told.Close:
                    w.Broken = true;
                    if (n == 0)
                        w.ToA = 0;
                    else
                        w.ToB = 0;
                    if (!(n == 0 ? w.ToldB : w.ToldA))
                        SetGone(ref w, 1 - n);
                    break;
                case Told.Acknowledged: Acknowledge(ref w, argument); break;
                case Told.Failed: EndFlight(ref w, argument); break;
                case Told.WantGrant when n == 0: w.WantsA = true; break;
                case Told.WantGrant: w.WantsB = true; break;
                case Told.InSync when w.Alone == n: w.Alone = World.Nobody; break;
                case Told.Refused: wrong = $"refused: {(Refusal)argument}"; break;
            }
        }
        return wrong;
    }

    /// <summary>From here on, nothing that ended before this write began may be read any more.</summary>
    private static void Acknowledge(ref World w, int write)
    {
        EndFlight(ref w, write);
        var others = write != 2 && w.Overlap ? 1 << (4 - write) : 0;
        if (Bounds.BlockOf(write) == 0)
            w.MayReadFirst = (w.MayReadFirst & others) | 1 << write;
        else
            w.MayReadSecond = 1 << write;
    }

    private static void EndFlight(ref World w, int write)
    {
        if (write == 1)
            w.Flight1 = 0;
        else if (write == 2)
            w.Flight2 = 0;
        else
            w.Flight3 = 0;
    }

    /// <summary>NoAckedLoss and NoSilentDivergence, as far as they can be seen in one state.</summary>
    private string? Judge(in World w)
    {
        var (a, b) = (_nodes[w.A], _nodes[w.B]);
        if (w.Owner != World.Nobody && (w.Owner == 0 ? a : b) is { Serves: true } owner)
        {
            if ((w.MayReadFirst >> owner.First & 1) == 0 || (w.MayReadSecond >> owner.Second & 1) == 0)
                return $"NoAckedLoss: node {Name(w.Owner)} serves {owner.First},{owner.Second}";
        }
        var atRest = w.ToA == 0 && w.ToB == 0 && a is { Phase: LinkPhase.Established, Io: 0, Commits: false, InFlight: false } && b is { Phase: LinkPhase.Established, Io: 0, Commits: false, InFlight: false };
        return atRest && !w.Broken && (a.First != b.First || a.Second != b.Second) ? "NoSilentDivergence: in sync and at rest, and the media differ" : null;
    }

    /// <summary>The power or the cable goes: what was not delivered is lost. What was still to arrive counts as delivered before.</summary>
    private static void Cut(ref World w)
    {
        w.Broken = true;
        (w.ToA, w.ToB) = (0, 0);
        w.GoneA |= !w.ToldA;
        w.GoneB |= !w.ToldB;
    }

    /// <summary>The names that are in use become 1, 2, … everywhere at once: ids on the link and terms in their order, generations as they come.</summary>
    private World Rename(World w)
    {
        ref readonly var a = ref _nodes[w.A];
        ref readonly var b = ref _nodes[w.B];
        ref readonly var toA = ref _nodes.Frames.NamesOf(w.ToA);
        ref readonly var toB = ref _nodes.Frames.NamesOf(w.ToB);
        var ofA = a.Own | b.Peers | toB.Own | toA.Peers;
        var ofB = b.Own | a.Peers | toA.Own | toB.Peers;
        var naming = Naming.For([a.Names, b.Names, toA.Names, toB.Names]);
        if (Ranks.AreDense(ofA) && Ranks.AreDense(ofB) && naming.Keeps(a.Names) && naming.Keeps(b.Names) && naming.Keeps(toA.Names) && naming.Keeps(toB.Names))
            return w;
        w.A = _nodes.Rename(w.A, ofA, ofB, naming);
        w.B = _nodes.Rename(w.B, ofB, ofA, naming);
        w.ToA = _nodes.Frames.Rename(w.ToA, ofB, ofA, naming);
        w.ToB = _nodes.Frames.Rename(w.ToB, ofA, ofB, naming);
        return w;
    }

    private int NewGeneration(in World w) => BitOperations.PopCount((uint)(_nodes[w.A].Names.Alive | _nodes[w.B].Names.Alive
        | _nodes.Frames.NamesOf(w.ToA).Names.Alive | _nodes.Frames.NamesOf(w.ToB).Names.Alive)) + 1;

    private int NewTerm(in World w) => BitOperations.PopCount((_nodes[w.A].Names.Terms | _nodes[w.B].Names.Terms
        | _nodes.Frames.NamesOf(w.ToA).Names.Terms | _nodes.Frames.NamesOf(w.ToB).Names.Terms) & ~1u) + 1;

    private static void SetTold(ref World w, int n, bool told)
    {
        if (n == 0)
            w.ToldA = told;
        else
            w.ToldB = told;
    }

    private static void SetGone(ref World w, int n)
    {
        if (n == 0)
            w.GoneA = true;
        else
            w.GoneB = true;
    }

    private World Settle(World w)
    {
        for (var n = 0; n < 1000; n++)
        {
            // Faults, writes and promotions are not for the beginning.
            World? next = null;
            Next(w, false, (s, wrong, _) => next ??= wrong is not null || s.Writes + s.Crashes + s.Partitions + s.Promotions > 0 ? null : s);
            if (next is not { } s)
                return w;
            w = s;
        }
        return w;
    }
}
