using Futago.Volumes.Groups;
using Futago.Volumes.Linux;
using Futago.Volumes.LogicalVolumes;
using Futago.Volumes.Nas;

namespace Futago.Volumes;

/// <summary>
/// NAS volumes that are replicated. As long as the metadata of a replication lies beside a volume, its data file is never mounted: a write
/// past the mirror would make the two sides differ without anybody noticing.
/// </summary>
public sealed partial class VolumeCatalogue
{
    // What the engine offers replicated volumes through; beside the groups, whose names begin with a letter.
    private const string MirrorDirectory = ".mirrors";
    private const string MirrorFileSystem = "fuse.futago";

    /// <summary>Where a replicated volume may be offered as a file; swept at the start.</summary>
    public string MirrorMountPointOf(Guid volumeId) => Path.Combine(_options.MountRoot, MirrorDirectory, volumeId.ToString());

    /// <summary>Who is connected to a volume at this moment, in words.</summary>
    public IReadOnlyList<string> ConnectedTo(Guid volumeId) => _users.ConnectedTo(volumeId);

    /// <inheritdoc cref="ReplicatedFileSystem.Mount"/>
    public ReplicatedFileSystem MountReplicated(LogicalVolume volume, string file)
    {
        var mounted = ReplicatedFileSystem.Mount(volume, file, NasMountPoint(volume.Id));
        AvailabilityChanged?.Invoke();
        return mounted;
    }

    /// <summary>The file system is mounted from the data file itself.</summary>
    public bool IsMountedDirectly(Guid volumeId)
    {
        if (FindUsable(volumeId, out _, out _) is not { } volume)
            return false;
        lock (volume.FileSystemLock)
            return volume.FileSystem is { IsReplicated: false };
    }

    /// <summary>Unmounts what is mounted from the data file itself, for a replication to take the volume over. The shares are taken off first.</summary>
    /// <exception cref="StorageException">Somebody still uses it; it stays mounted.</exception>
    public Task ReleaseFileSystemAsync(Guid volumeId) => ChangeAsync(async () =>
    {
        var (group, volume) = GetVolume(volumeId);
        if (volume.FileSystem is { IsReplicated: false })
            await ReleaseNasAsync(group, volume);
        return true;
    });

    /// <summary>Mounts the file system of a volume from its data file again, once no replication has it any more.</summary>
    public Task RestoreFileSystemAsync(Guid volumeId) => ChangeAsync(() =>
    {
        var found = (from g in _groups where g.State == GroupState.Online from v in g.Volumes where v.Id == volumeId select (g, v)).FirstOrDefault();
        if (found.v is { FileSystem: null, IsReplicated: false } volume)
        {
            MountNas(found.g, volume);
            AvailabilityChanged?.Invoke();
        }
        return Task.FromResult(true);
    });

    /// <summary>Why the file system of a volume that can be used is not mounted.</summary>
    public StorageProblem WhyNotMounted(Guid volumeId)
    {
        var volume = FindUsable(volumeId, out var path, out var problem);
        if (problem is not null)
            return problem;
        var task = _users.UsersOf(volumeId).FirstOrDefault(u => u.Replication is not null)?.Replication;
        var args = new Dictionary<string, string> { ["volume"] = path ?? "" };
        if (task is not null)
            args["task"] = task;
        var detail = task is not null
            ? $"The file system of {path} is not mounted here: it is replicated by {task}, and mounted on the node that is source."
            : volume is { IsReplicated: true }
                ? $"The file system of {path} is not mounted: the volume has the metadata of a volume replication that this node does not know. Replicate it again, or delete that task after it."
                : $"The file system of {path} is not mounted.";
        return new StorageProblem(StorageCodes.VolumeNotMounted, detail, null, args);
    }

    /// <summary>
    /// What a killed engine left of replicated volumes: file systems whose server is gone, so that every access to them is an error. Nothing they still
    /// hold can reach the data, so they are taken out of sight even where somebody uses them.
    /// </summary>
    private void SweepMirrors()
    {
        var mirrors = $"{_options.MountRoot}/{MirrorDirectory}/";
        var mounts = Mounts.List().Where(m => m.MountPoint.StartsWith(_options.MountRoot + "/", StringComparison.Ordinal)).Reverse().ToList();
        // Asked first: the kernel does not know the path of a file that is out of sight.
        var through = mounts.Where(m => LoopDevice.BackingFileOf(m.Source)?.StartsWith(mirrors, StringComparison.Ordinal) == true).ToList();
        foreach (var mount in mounts)
        {
            if (mount.FileSystem == MirrorFileSystem && mount.MountPoint.StartsWith(mirrors, StringComparison.Ordinal))
                Mounts.Abort(mount.MountPoint);
        }
        foreach (var mount in through)
        {
            LogMirrorSwept(_logger, mount.MountPoint);
            NasFileSystem.Thaw(mount.MountPoint);
            Mounts.Detach(mount.MountPoint);
        }
    }
}
