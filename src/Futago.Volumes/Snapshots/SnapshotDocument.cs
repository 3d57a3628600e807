using Futago.Volumes.LogicalVolumes;
using Futago.Volumes.Metadata;

namespace Futago.Volumes.Snapshots;

/// <summary><c>volumes/ID/snapshots/ID/snapshot.json</c> of a group, docs/on-disk/volume-group.md.</summary>
/// <param name="SizeBytes">Size of the volume at that moment; the data file has it too.</param>
/// <param name="PauseMicroseconds">How long writes were held, measured.</param>
internal sealed record SnapshotDocument(
    int FormatVersion,
    Guid Id,
    Guid VolumeId,
    string Name,
    SnapshotOrigin Origin,
    bool Temporary,
    bool Protected,
    long SizeBytes,
    IoType IoType,
    DateTimeOffset CreatedAt,
    long PauseMicroseconds,
    string? Owner = null) : ISealedDocument
{
    public const int CurrentVersion = 1;
    public const string DirectoryName = "snapshots";
    public const string FileName = "snapshot.json";
    public const int OwnerLengthMaximum = 64;
}
