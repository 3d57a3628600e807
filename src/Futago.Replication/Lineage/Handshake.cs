namespace Futago.Replication;

internal enum Outcome : byte
{
    /// <summary>Nothing to copy.</summary>
    InSync,
    /// <summary>This node's data goes to the peer.</summary>
    Source,
    /// <summary>The peer's data comes here.</summary>
    Target,
    /// <summary>The peer, whose medium has failed, works on this node's medium.</summary>
    ServePeer,
    /// <summary>The other side of <see cref="ServePeer"/>.</summary>
    UsePeer,
    Refused,
}

/// <summary>Why two nodes do not replicate. Persisted nowhere; sent nowhere.</summary>
internal enum Refusal : byte
{
    None,
    /// <summary>Not the volume, or not the node, that the configuration names.</summary>
    WrongPeer,
    /// <summary>Neither has data: a person says which becomes source.</summary>
    NobodyHasData,
    /// <summary>One volume is smaller than what was agreed on.</summary>
    SizeMismatch,
    /// <summary>Both have data that the other lacks.</summary>
    SplitBrain,
    /// <summary>Both are in use.</summary>
    BothPrimary,
    /// <summary>The node in use would have to be overwritten.</summary>
    PrimaryIsBehind,
    /// <summary>The data have no common origin.</summary>
    Unrelated,
    /// <summary>Both stopped in the middle of a resync.</summary>
    BothInconsistent,
    /// <summary>A medium has failed and the peer's cannot stand in.</summary>
    NoDisk,
}

/// <param name="Full">Every block is copied: the bits do not cover the differences.</param>
internal readonly record struct Verdict(Outcome Outcome, bool Full = false, Refusal Refusal = Refusal.None)
{
    public static Verdict Refuse(Refusal why, bool full = false) => new(Outcome.Refused, full, why);

    /// <summary>The same decision as the peer sees it.</summary>
    public Verdict Mirror() => this with
    {
        Outcome = Outcome switch
        {
            Outcome.Source => Outcome.Target,
            Outcome.Target => Outcome.Source,
            Outcome.ServePeer => Outcome.UsePeer,
            Outcome.UsePeer => Outcome.ServePeer,
            _ => Outcome,
        },
    };
}

/// <summary>
/// Who copies to whom. A pure function of the two hellos, and the two nodes always decide the same: <c>Decide(a, b)</c> is
/// <c>Decide(b, a)</c> mirrored. Nothing here discards what only one side has (I10).
/// </summary>
internal static class Handshake
{
    public static Verdict Decide(Hello mine, Hello theirs)
    {
        if (mine.ReplicationId != theirs.ReplicationId || mine.NodeId == theirs.NodeId)
            return Verdict.Refuse(Refusal.WrongPeer);
        if (Math.Min(mine.DeviceBytes, theirs.DeviceBytes) < Math.Max(AgreedBytes(mine), AgreedBytes(theirs)))
            return Verdict.Refuse(Refusal.SizeMismatch);
        if (!mine.HasDisk || !theirs.HasDisk)
            return WithoutDisk(mine, theirs);
        var verdict = Compare(mine, theirs);
        // I10: a primary is never overwritten under its users.
        if (verdict.Outcome != Outcome.Refused && mine.Primary && theirs.Primary)
            return Verdict.Refuse(Refusal.BothPrimary);
        if ((verdict.Outcome == Outcome.Target && mine.Primary) || (verdict.Outcome == Outcome.Source && theirs.Primary))
            return Verdict.Refuse(Refusal.PrimaryIsBehind);
        return verdict;
    }

    /// <summary>The size that the two work with from now on: volumes only grow.</summary>
    public static long NewSize(Hello mine, Hello theirs) => Math.Min(mine.DeviceBytes, theirs.DeviceBytes);

    private static long AgreedBytes(Hello hello) => hello.Current.IsNone ? 0 : hello.SizeBytes;

    private static Verdict WithoutDisk(Hello mine, Hello theirs)
    {
        if (!mine.HasDisk && !theirs.HasDisk)
            return Verdict.Refuse(Refusal.NoDisk);
        if (!mine.HasDisk)
            return WithoutDisk(theirs, mine).Mirror();
        var usable = theirs.Primary && !mine.Primary && !mine.Inconsistent && !mine.Outdated && !mine.Current.IsNone
            && (mine.Current == theirs.Current || mine.Bases.Contains(theirs.Current))
            // What only was in the cache of a node that stopped is gone, and the failed medium cannot give it back.
            && (mine.KeptRunning || theirs.KeptRunning);
        return usable ? new Verdict(Outcome.ServePeer) : Verdict.Refuse(Refusal.NoDisk);
    }

    private static Verdict Compare(Hello a, Hello b)
    {
        if (a.Current.IsNone && b.Current.IsNone)
            return Verdict.Refuse(Refusal.NobodyHasData);
        if (a.Current.IsNone)
            return b.Inconsistent ? Verdict.Refuse(Refusal.BothInconsistent) : new Verdict(Outcome.Target, Full: true);
        if (b.Current.IsNone)
            return a.Inconsistent ? Verdict.Refuse(Refusal.BothInconsistent) : new Verdict(Outcome.Source, Full: true);
        if (a.Inconsistent && b.Inconsistent)
            return Verdict.Refuse(Refusal.BothInconsistent);
        var verdict = a.Current == b.Current ? SameGeneration(a, b) : Ancestry(a, b);
        // An inconsistent volume is never the source of a consistent one.
        var backwards = (verdict.Outcome == Outcome.Source && a.Inconsistent) || (verdict.Outcome == Outcome.Target && b.Inconsistent);
        return backwards ? Verdict.Refuse(Refusal.SplitBrain, full: true) : verdict;
    }

    /// <summary>Equal generations do not imply equal data (I5): set bits are never dropped, they are resynced.</summary>
    private static Verdict SameGeneration(Hello a, Hello b)
    {
        var grows = NewSize(a, b) > Math.Max(a.SizeBytes, b.SizeBytes);
        var different = a.DirtyBlocks > 0 || b.DirtyBlocks > 0 || a.Inconsistent || b.Inconsistent || grows;
        if (!different)
            return new Verdict(Outcome.InSync);
        return new Verdict(Prefer(a, b) ? Outcome.Source : Outcome.Target);
    }

    /// <summary>
    /// Which of two volumes of one generation is copied to the other: a complete one, the one in use, the one that kept running
    /// (it has what it acknowledged from its cache), the one that was written last. Whatever is rolled back was never durable.
    /// </summary>
    private static bool Prefer(Hello a, Hello b)
    {
        if (a.Inconsistent != b.Inconsistent)
            return b.Inconsistent;
        if (a.Primary != b.Primary)
            return a.Primary;
        if (a.Outdated != b.Outdated)
            return b.Outdated;
        if (a.KeptRunning != b.KeptRunning)
            return a.KeptRunning;
        if (a.Crashed != b.Crashed)
            return a.Crashed;
        if (a.DirtyBlocks > 0 != b.DirtyBlocks > 0)
            return a.DirtyBlocks > 0;
        return a.NodeId.CompareTo(b.NodeId) > 0;
    }

    private static Verdict Ancestry(Hello a, Hello b)
    {
        var (ahead, behind) = (Knows(a, b.Current), Knows(b, a.Current));
        // Each an ancestor of the other: no history leads there, so nothing is concluded from it.
        if (ahead && behind)
            return Verdict.Refuse(Refusal.SplitBrain, full: true);
        if (ahead)
            return new Verdict(Outcome.Source, Full: !a.Bases.Contains(b.Current));
        if (behind)
            return new Verdict(Outcome.Target, Full: !b.Bases.Contains(a.Current));
        var partial = a.Bases.Any(g => b.Bases.Contains(g));
        if (!partial && !Ancestors(a).Any(g => Ancestors(b).Contains(g)))
            return Verdict.Refuse(Refusal.Unrelated);
        // Nobody but a person decides whose data is given up.
        if (a.Yields == b.Yields)
            return Verdict.Refuse(Refusal.SplitBrain, !partial);
        return new Verdict(b.Yields ? Outcome.Source : Outcome.Target, !partial);
    }

    private static bool Knows(Hello hello, Generation generation) => hello.Bases.Contains(generation) || hello.History.Contains(generation);

    private static IEnumerable<Generation> Ancestors(Hello hello) => hello.Bases.Concat(hello.History);
}
