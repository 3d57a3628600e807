namespace Futago.Volumes.Snapshots;

/// <summary>A snapshot at one moment.</summary>
/// <param name="UsedBytes">What deleting it alone gives back; null before the first measurement.</param>
/// <param name="Pause">How long writes were held while it was taken.</param>
/// <param name="UsedBy">Who uses it.</param>
public sealed record SnapshotStatus(
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
    TimeSpan Pause,
    StorageProblem? Problem,
    IReadOnlyList<StoragePhrase> UsedBy);
