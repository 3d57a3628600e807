namespace Futago.Failover;

/// <summary>Values go over the wire: append only.</summary>
public enum WitnessResult : byte
{
    Done = 1,
    /// <summary>The term is not the expected one: somebody was faster.</summary>
    TermMoved = 2,
    /// <summary>The other node has the lease.</summary>
    Held = 3,
    /// <summary>The other node went on alone: nobody else has all data.</summary>
    HolderAlone = 4,
    /// <summary>Nothing is known of this pair; only a node that serves may register it.</summary>
    Unknown = 5,
    /// <summary>The lease could not be made durable.</summary>
    StoreFailed = 6,
    /// <summary>As many pairs as the witness keeps.</summary>
    Full = 7,
}
