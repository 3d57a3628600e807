namespace Futago.Failover.Tests.Simulation;

/// <summary>One node's half of an abstract mirror: what it has, by generation, and what it lacks of what was acknowledged.</summary>
internal sealed class SimMirror
{
    public bool Primary { get; set; }

    public ulong Term { get; set; }

    /// <summary>Goes on without the peer.</summary>
    public bool Granted { get; set; }

    public int Generation { get; set; } = 1;

    public HashSet<int> History { get; private set; } = [];

    /// <summary>It may have writes that the other lacks; none of them acknowledged, unless the generation says so.</summary>
    public bool Dirty { get; set; }

    public bool Inconsistent { get; set; }

    public bool Outdated { get; set; }

    public bool Failed { get; set; }

    /// <summary>Acknowledged writes that are not here.</summary>
    public long Missing { get; set; }

    /// <summary>This side's view; the two sides notice a loss at different times.</summary>
    public MirrorLink Link { get; set; }

    /// <summary>Source of the resync under way.</summary>
    public bool IsSource { get; set; }

    public int InFlight { get; set; }

    public DataState Data => Failed ? DataState.Failed : Inconsistent ? DataState.Inconsistent : Outdated ? DataState.Outdated : DataState.UpToDate;

    public MirrorStatus Status => new(Link, Data);

    public void Bump(int generation)
    {
        History.Add(Generation);
        Generation = generation;
    }

    public void TakeOver(SimMirror source)
    {
        (Generation, Missing, Inconsistent, Outdated) = (source.Generation, source.Missing, false, false);
        History = [.. source.History];
        Dirty = source.Dirty = false;
        source.Outdated = false;
        source.Granted = false;
    }

    /// <summary>The process is gone; what is on the medium stays.</summary>
    public void Crash()
    {
        Dirty |= InFlight > 0;
        InFlight = 0;
        Primary = Granted = IsSource = false;
        Link = MirrorLink.Down;
    }
}
