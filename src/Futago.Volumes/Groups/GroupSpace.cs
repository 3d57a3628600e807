namespace Futago.Volumes.Groups;

/// <summary>Where the bytes of a unit went; the five add up to its size.</summary>
/// <param name="Volumes">Thick volumes with their size, thin ones with what they take.</param>
/// <param name="Snapshots">What only snapshots hold, and what is set aside for them.</param>
/// <param name="Replication">Metadata of volume replication.</param>
/// <param name="System">File system, metadata, and the reserve that keeps metadata updates possible on a full group.</param>
/// <param name="Free">What a new thick volume may take.</param>
public sealed record GroupSpace(long Volumes, long Snapshots, long Replication, long System, long Free);
