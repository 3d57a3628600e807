namespace Futago.Volumes.Snapshots;

/// <summary>Kept in snapshot.json by name: append only.</summary>
public enum SnapshotOrigin
{
    Manual,
    Rollback,
    Schedule,
    DataReplication,
}
