namespace Futago.Volumes.Snapshots;

/// <summary>
/// Snapshots and NAS file systems for other engines of the same process. Every method throws <see cref="StorageException"/> when it
/// refuses; then nothing has changed.
/// </summary>
public interface ISnapshots
{
    /// <summary>Takes a snapshot of the volume as it is now; durable when this returns.</summary>
    Task<SnapshotStatus> CreateSnapshotAsync(Guid volumeId, SnapshotRequest request);

    /// <summary>Deletes it; one that is gone already is no error, a protected one or one in use is.</summary>
    Task DeleteSnapshotAsync(Guid snapshotId);

    /// <summary>The snapshots of a volume, oldest first.</summary>
    IReadOnlyList<SnapshotStatus> SnapshotsOf(Guid volumeId);

    /// <summary>
    /// Mounts the file system in a snapshot of a NAS volume read-only. Mounted once for all who ask; unmounted, and its loop device
    /// gone, when the last of them disposes.
    /// </summary>
    Task<ISnapshotMount> MountSnapshotAsync(Guid snapshotId, StoragePhrase user);

    /// <summary>Where the file system of a NAS volume is mounted, or null while it is not.</summary>
    string? MountPointOf(Guid volumeId);
}

/// <summary>A snapshot that is mounted read-only for as long as this is not disposed.</summary>
public interface ISnapshotMount : IAsyncDisposable
{
    /// <summary>Root of the file system. <see cref="NasSentinel.FileName"/> in it holds the identifier of the volume.</summary>
    string Directory { get; }
}

/// <summary>The file at the root of every NAS file system that tells it from an empty directory, where nothing is mounted.</summary>
public static class NasSentinel
{
    /// <summary>Names of the product's own files at the root of a NAS volume.</summary>
    public const string OwnPrefix = ".futago-";

    /// <summary>Its content is the identifier of the volume in lower-case hexadecimal with hyphens, and a line feed.</summary>
    public const string FileName = ".futago-volume";
}
