namespace Futago.Volumes;

/// <summary>Codes of <see cref="StorageProblem"/>. The strings are those of the engine's contract (a test compares the two).</summary>
public static class StorageCodes
{
    public const string SizeInvalid = "size.invalid";
    public const string SizeTooLarge = "size.too-large";
    public const string SizeTooSmall = "size.too-small";
    public const string SizeShrink = "size.shrink";
    public const string NameInvalid = "name.invalid";
    public const string NameTaken = "name.taken";
    public const string ConfirmationMismatch = "confirmation.mismatch";
    public const string UnitNotFound = "unit.not-found";
    public const string UnitPathInvalid = "unit.path-invalid";
    public const string UnitExists = "unit.exists";
    public const string UnitInUse = "unit.in-use";
    public const string UnitHasData = "unit.has-data";
    public const string UnitTooSmall = "unit.too-small";
    public const string UnitDiskFull = "unit.disk-full";
    public const string UnitNoGroup = "unit.no-group";
    public const string GroupNotFound = "group.not-found";
    public const string GroupBusy = "group.busy";
    public const string GroupOffline = "group.offline";
    public const string GroupMissing = "group.missing";
    public const string GroupDamaged = "group.damaged";
    public const string VolumeNotFound = "volume.not-found";
    public const string VolumeInUse = "volume.in-use";
    public const string VolumeTypeUnsupported = "volume.type-unsupported";
    public const string VolumeFailed = "volume.failed";
    public const string VolumeLogUnusable = "volume.log-unusable";
    public const string VolumeConnected = "volume.connected";
    public const string VolumeHasSnapshots = "volume.has-snapshots";
    public const string VolumeNotNas = "volume.not-nas";
    public const string VolumeNotMounted = "volume.not-mounted";
    public const string VolumeReplicated = "volume.replicated";
    public const string ReplicationModeInvalid = "volume-replication.mode-invalid";
    public const string ReplicationModeDestination = "volume-replication.mode-destination";
    public const string ReplicationDestinationInUse = "volume-replication.destination-in-use";
    public const string SnapshotNotSource = "snapshot.not-source";
    public const string SnapshotInconsistent = "snapshot.inconsistent";
    public const string SnapshotNotFound = "snapshot.not-found";
    public const string SnapshotInUse = "snapshot.in-use";
    public const string SnapshotProtected = "snapshot.protected";
    public const string SnapshotTooMany = "snapshot.too-many";
    public const string SnapshotDamaged = "snapshot.damaged";
    public const string Internal = "internal";
}
