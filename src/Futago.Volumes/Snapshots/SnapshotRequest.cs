namespace Futago.Volumes.Snapshots;

/// <param name="Name">Null for the next free default name; the rule is that of volume names.</param>
/// <param name="Owner">Identifier of the schedule or task, at most 64 characters; null for people.</param>
/// <param name="Temporary">Belongs to a run: one that a killed engine leaves is deleted when its group comes online.</param>
/// <param name="AlsoInconsistent">Also of a volume that is being resynced: a mixture, to be kept because a person gives it up.</param>
public sealed record SnapshotRequest(
    string? Name = null,
    SnapshotOrigin Origin = SnapshotOrigin.Manual,
    string? Owner = null,
    bool Temporary = false,
    bool Protected = false,
    bool AlsoInconsistent = false);
