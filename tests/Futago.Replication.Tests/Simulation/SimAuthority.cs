namespace Futago.Replication.Tests.Simulation;

/// <summary>
/// The third voter: knows who may be primary, in which term, and which node went on alone, so that nobody but that one is
/// promoted before both are in sync again.
/// </summary>
internal sealed class SimAuthority
{
    public int? Owner { get; set; }

    public ulong Term { get; set; } = 1;

    /// <summary>The node that has, or may have, data that the other lacks.</summary>
    public int? Alone { get; set; }

    public bool MayPromote(int node) => Alone is null || Alone == node;
}
