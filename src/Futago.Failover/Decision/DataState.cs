namespace Futago.Failover;

/// <summary>The worst state of the replicated volumes of this node, which move together. Values go over the wire: append only.</summary>
public enum DataState : byte
{
    /// <summary>Not known yet, or no medium.</summary>
    Diskless = 0,
    Failed = 1,
    /// <summary>A mixture of old and new: in the middle of a resync.</summary>
    Inconsistent = 2,
    /// <summary>The peer went on without this node.</summary>
    Outdated = 3,
    UpToDate = 4,
}
