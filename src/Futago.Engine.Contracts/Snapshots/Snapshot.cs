namespace Futago.Engine.Contracts.Snapshots;

/// <summary>Who asked for a snapshot; retention touches only what its own kind made.</summary>
public enum SnapshotOrigin
{
    /// <summary>A person, through page, API or command line.</summary>
    Manual,
    /// <summary>Taken by the node before a roll back, so that the roll back can be undone.</summary>
    Rollback,
    /// <summary>A snapshot schedule.</summary>
    Schedule,
    /// <summary>A data replication task.</summary>
    DataReplication,
}

/// <summary>A point-in-time copy of a volume. <see cref="Path"/> (<c>vg00/lv0000@snap0000</c>) names it for people.</summary>
/// <param name="Volume">Name of the volume in its group.</param>
/// <param name="Owner">Identifier of the schedule or task that made it; null for those of people.</param>
/// <param name="Temporary">Belongs to a run under way; one that a killed engine leaves is deleted at its next start.</param>
/// <param name="Protected">Never dropped for lack of space, and not deleted before the protection is taken off.</param>
/// <param name="SizeBytes">Size of the volume at that moment.</param>
/// <param name="UsedBytes">Space that deleting this one alone gives back; null before the first measurement.</param>
/// <param name="PauseMicroseconds">How long writes of initiators were held while it was taken, measured.</param>
/// <param name="Problem">Why it cannot be used, or null.</param>
/// <param name="UsedBy">Who uses it now, in English words (LUNs, shares, runs); deleting is refused while there are any.</param>
/// <param name="Users"><paramref name="UsedBy"/> for translation; null from an engine of before.</param>
public sealed record SnapshotInfo(
    Guid Id,
    Guid VolumeId,
    string Group,
    string Volume,
    string Name,
    SnapshotOrigin Origin,
    string? Owner,
    bool Temporary,
    bool Protected,
    long SizeBytes,
    long? UsedBytes,
    DateTimeOffset CreatedAt,
    long PauseMicroseconds,
    Problem? Problem,
    IReadOnlyList<string> UsedBy,
    IReadOnlyList<Phrase>? Users = null)
{
    public string Path => $"{Group}/{Volume}@{Name}";
}

/// <summary>The snapshots of one volume, all together.</summary>
/// <param name="ReservePercent">Of the volume's size, 0–1000; the default is 10.</param>
/// <param name="ReserveBytes">When the snapshots use more, the oldest unprotected ones are dropped.</param>
/// <param name="UsedBytes">Blocks that only snapshots hold, each counted once; null before the first measurement.</param>
public sealed record SnapshotSpace(int Count, int ReservePercent, long ReserveBytes, long? UsedBytes);

/// <param name="Name">Null for the next free default name (<c>snap0000</c>, <c>snap0001</c>, …); the rule is that of volume names.</param>
/// <param name="Owner">At most 64 characters; only with an origin other than Manual.</param>
public sealed record CreateSnapshotRequest(
    string? Name = null,
    bool Protected = false,
    SnapshotOrigin Origin = SnapshotOrigin.Manual,
    string? Owner = null);

/// <summary>Changes to a snapshot; null leaves a property as it is.</summary>
public sealed record UpdateSnapshotRequest(bool? Protected = null);

/// <summary>The informed yes to giving up what was written since the snapshot (a safety snapshot keeps it).</summary>
/// <param name="Confirm">The volume's name or path, typed again by the person.</param>
/// <param name="WhileConnected">
/// True to roll back although initiators or users are connected: what they have in their caches no longer fits the volume, and their
/// file systems are damaged unless they unmounted before.
/// </param>
public sealed record RollBackRequest(string Confirm, bool WhileConnected = false);

/// <param name="Safety">Holds the volume as it was before.</param>
public sealed record RollBackResult(SnapshotInfo RolledBackTo, SnapshotInfo Safety);

/// <summary>A new volume with the content of a snapshot, in the same group, sharing its blocks until one of them changes.</summary>
/// <param name="Name">Null for the next free default name.</param>
/// <param name="Thin">False: space for the whole volume is set aside, as for any thick volume.</param>
public sealed record CloneSnapshotRequest(string? Name = null, bool Thin = false);
