using Futago.Volumes.Metadata;

namespace Futago.Volumes.LogicalVolumes;

/// <summary><c>volumes/ID/volume.json</c> of a group, docs/on-disk/volume-group.md.</summary>
/// <param name="Type"><c>iscsi</c> or <c>nas</c>.</param>
/// <param name="SizeBytes">The size that initiators see; the data file is never shorter.</param>
/// <param name="InitialiseTo">Zeros are to be written up to here, in bytes; 0 for volumes that need none.</param>
/// <param name="InitialisationLimitBytesPerSecond">Null: no limit.</param>
/// <param name="SnapshotReservePercent">Of the size; null: the default.</param>
/// <param name="ReplicationMode">Null: none. An engine that does not know it uses the volume like any other; that loses nothing by itself.</param>
/// <param name="ClonedFrom">Volume whose blocks it shares, or that shares blocks with its clones (then its own identifier).</param>
internal sealed record VolumeDocument(
    int FormatVersion,
    Guid Id,
    string Name,
    string Type,
    long SizeBytes,
    bool Thin,
    IoType IoType,
    DateTimeOffset CreatedAt,
    long InitialiseTo = 0,
    long? InitialisationLimitBytesPerSecond = null,
    int? SnapshotReservePercent = null,
    Guid? ClonedFrom = null,
    ReplicationMode? ReplicationMode = null) : ISealedDocument
{
    public const int CurrentVersion = 1;
    public const string DirectoryName = "volumes";
    public const string FileName = "volume.json";
    public const string DataName = "data";

    /// <summary>Metadata of volume replication, docs/on-disk/replication-metadata.md: with the data it moves, and is deleted.</summary>
    public const string ReplicationName = "replication";
    public const string TypeIscsi = "iscsi";
    public const string TypeNas = "nas";
}
