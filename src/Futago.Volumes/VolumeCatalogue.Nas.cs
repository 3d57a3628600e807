using System.ComponentModel;
using Futago.Volumes.Groups;
using Futago.Volumes.Linux;
using Futago.Volumes.LogicalVolumes;
using Futago.Volumes.Nas;

namespace Futago.Volumes;

/// <summary>File systems in NAS volumes: mounted while their group is online.</summary>
public sealed partial class VolumeCatalogue
{
    // Below the mount root beside the groups, whose names begin with a letter.
    private const string NasMountDirectory = ".volumes";
    private const string SnapshotMountDirectory = ".snapshots";

    public string? MountPointOf(Guid volumeId) =>
        FindUsable(volumeId, out _, out _) is { FileSystem: { } fileSystem } ? fileSystem.MountPoint : null;

    private string NasMountPoint(Guid volumeId) => Path.Combine(_options.MountRoot, NasMountDirectory, volumeId.ToString());

    private string SnapshotMountPoint(Guid snapshotId) => Path.Combine(_options.MountRoot, SnapshotMountDirectory, snapshotId.ToString());

    private static void CheckNas(long sizeBytes, IoType ioType)
    {
        if (sizeBytes < NasFileSystem.BytesMinimum)
            throw StorageException.Invalid(
                StorageCodes.SizeTooSmall, $"A NAS volume has at least {SizeText.Of(NasFileSystem.BytesMinimum)}.", "sizeBytes",
                ("minimum", SizeText.Of(NasFileSystem.BytesMinimum)));
        if (ioType != IoType.Block)
            throw StorageException.Invalid(
                StorageCodes.VolumeTypeUnsupported, "A NAS volume has a file cache of its own and always uses Block I/O below it.", "ioType", ("type", "nas"));
    }

    /// <summary>Mounts the volume's file system when it has one; leaves the reason in its state when that fails.</summary>
    private void MountNas(VolumeGroup group, LogicalVolume volume)
    {
        if (!volume.IsNas || volume.Problem is not null)
            return;
        var path = $"{group.Name}/{volume.Name}";
        try
        {
            // A replication that makes its metadata now sees the mount afterwards, or this sees the metadata.
            lock (volume.FileSystemLock)
            {
                if (volume.IsReplicated)
                    return;
                // Never a second time over the same file: two file systems that do not know of each other would destroy it.
                volume.FileSystem = NasFileSystem.Adopt(volume.DataPath, NasMountPoint(volume.Id)) ?? NasFileSystem.Mount(volume.DataPath, NasMountPoint(volume.Id), volume.Thin);
            }
            // After an expansion that was cut off, and after a roll back to a smaller file system.
            volume.FileSystem.GrowAsync().GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is Win32Exception or IOException or UnauthorizedAccessException or StorageException)
        {
            if (volume.FileSystem is not null)
            {
                LogNotExpanded(_logger, path, e.Message);
                return;
            }
            volume.Fail(new StorageProblem(
                StorageCodes.VolumeFailed, $"The file system of volume {path} cannot be mounted ({e.Message}); its data file is untouched.", null,
                new Dictionary<string, string> { ["volume"] = path, ["reason"] = e.Message }));
            Report(
                StorageSeverity.Error, "volume.mount-failed", path, $"The file system of volume {path} cannot be mounted: {e.Message}",
                ("volume", path), ("reason", e.Message));
        }
    }

    /// <summary>Takes the file system away from its users and unmounts it, in order or not at all.</summary>
    /// <exception cref="StorageException">Somebody still uses it; it stays mounted.</exception>
    private async Task ReleaseNasAsync(VolumeGroup group, LogicalVolume volume)
    {
        if (volume.FileSystem is not { } fileSystem)
            return;
        // First out of sight, so that nobody shares it again meanwhile.
        volume.FileSystem = null;
        await _users.ReleaseAsync([volume.Id]);
        for (var attempt = 1; !fileSystem.TryUnmount(); attempt++)
        {
            if (attempt == AttemptsMaximum)
            {
                volume.FileSystem = fileSystem;
                AvailabilityChanged?.Invoke();
                var users = MountUsers.Find(fileSystem.MountPoint);
                var by = users.Count > 0 ? $" by {string.Join("; ", users)}" : "";
                throw StorageException.Conflict(
                    StorageCodes.VolumeInUse, $"The file system of volume {group.Name}/{volume.Name} is still in use{by} and cannot be unmounted. Try again in a moment.", null,
                    ("volume", $"{group.Name}/{volume.Name}"));
            }
            await Task.Delay(AttemptPause, _time);
        }
    }

    /// <summary>The group goes away: what still uses the file systems loses them.</summary>
    private static void UnmountAll(LogicalVolume volume)
    {
        foreach (var snapshot in volume.Snapshots.Where(s => s.Mount is not null))
        {
            snapshot.Mount!.FileSystem.Unmount();
            snapshot.Mount = null;
        }
        volume.FileSystem?.Unmount();
        volume.FileSystem = null;
    }
}
