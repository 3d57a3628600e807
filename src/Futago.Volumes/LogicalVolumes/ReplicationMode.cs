namespace Futago.Volumes.LogicalVolumes;

/// <summary>What a volume is meant for in volume replication, whether a task has it yet or not.</summary>
public enum ReplicationMode
{
    None,
    /// <summary>Its data is to be replicated. It can be used like any other volume.</summary>
    Source,
    /// <summary>Its data will be overwritten with the peer's: locked against every other use.</summary>
    Destination,
}
