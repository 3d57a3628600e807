namespace Futago.Failover;

/// <summary>
/// What people have switched on for the pair. Set on one node, it reaches the other with the heartbeats: the higher revision wins.
/// </summary>
/// <param name="Running">The failover manager is started.</param>
/// <param name="Maintenance">Nothing switches by itself.</param>
public sealed record PairMode(uint Revision, bool Running, bool Maintenance)
{
    public static PairMode Stopped { get; } = new(0, false, false);

    /// <summary>Equal revisions come from two people at once; some order that both nodes agree on decides.</summary>
    internal bool Supersedes(PairMode other) => (Revision, Rank).CompareTo((other.Revision, other.Rank)) > 0;

    private int Rank => (Maintenance ? 2 : 0) + (Running ? 1 : 0);
}
