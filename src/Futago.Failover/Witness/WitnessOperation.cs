namespace Futago.Failover;

/// <summary>Values go over the wire: append only.</summary>
public enum WitnessOperation : byte
{
    /// <summary>What do you have?</summary>
    Query = 1,
    /// <summary>Gives or renews the lease.</summary>
    Acquire = 2,
    /// <summary>Gives it back.</summary>
    Release = 3,
}
