namespace Futago.Engine.Shares;

/// <summary>A share as it is kept in <c>shares.json</c>.</summary>
/// <param name="SnapshotId">The snapshot that is shared instead of the volume; null for the volume itself.</param>
/// <param name="Folder">Below the root, with <c>/</c> between names; empty for the root.</param>
internal sealed record StoredShare(
    Guid Id,
    string Name,
    Guid VolumeId,
    string Folder,
    bool ReadOnly,
    bool Guest,
    IReadOnlyList<string> AllowedHosts,
    IReadOnlyList<string> Users,
    Guid? SnapshotId = null,
    string? Comment = null);
