namespace Futago.Failover;

/// <summary>The replication link, as far as the decision is concerned.</summary>
public enum MirrorLink : byte
{
    /// <summary>Writes do not reach the peer.</summary>
    Down = 0,
    /// <summary>Writes go to both nodes, and one of them is still getting what it lacks.</summary>
    Syncing = 1,
    /// <summary>Both nodes have everything.</summary>
    InSync = 2,
}
