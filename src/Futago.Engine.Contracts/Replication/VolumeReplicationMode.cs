namespace Futago.Engine.Contracts.Replication;

/// <summary>What a volume is meant for in volume replication, before a task has it.</summary>
public enum VolumeReplicationMode
{
    None,
    /// <summary>Its data is to be replicated; it can be used like any other volume.</summary>
    Source,
    /// <summary>Its data will be overwritten with the peer's: locked against every other use.</summary>
    Destination,
}

/// <param name="Mode">Source or destination; clearing is a request of its own.</param>
public sealed record SetVolumeReplicationMode(VolumeReplicationMode Mode);

/// <summary>
/// Takes away a volume's mode and the metadata of a replication that lies beside it. Refused while a task has the volume; and, unless
/// <paramref name="Anyway"/> is set, when the metadata say that only this volume has the newest data, that its data is a mixture of old
/// and new, or cannot be read.
/// </summary>
/// <param name="Confirm">Path or name of the volume, typed again.</param>
public sealed record ClearVolumeReplicationMode(string Confirm, bool Anyway = false);

/// <summary>What clearing would do to a volume now.</summary>
/// <param name="Mode">The mode that would go.</param>
/// <param name="Metadata">There is metadata of a replication that would go, too.</param>
/// <param name="Refusal">Why it would be refused; null when it would not.</param>
/// <param name="MayAnyway">A person may insist in spite of <paramref name="Refusal"/>.</param>
public sealed record ClearReplicationPreview(VolumeReplicationMode Mode, bool Metadata, Problem? Refusal, bool MayAnyway);
