namespace Futago.Failover;

/// <summary>Who says, when the two nodes cannot see each other, which of them serves.</summary>
public enum FailoverPolicy : byte
{
    /// <summary>A witness with a lease: unattended failover that is safe whatever is cut off from what.</summary>
    Witness = 0,
    /// <summary>
    /// Ping nodes only: best effort. It holds for crashes, stalls and an isolated node. When only the paths between the nodes are
    /// cut while both see their ping nodes, and the active node dies before they are joined again, what it alone had is lost.
    /// </summary>
    PingOnly = 1,
    /// <summary>People switch; a node never takes over from one that it cannot ask.</summary>
    Manual = 2,
}
