using Futago.Volumes.Groups;
using Futago.Volumes.LogicalVolumes;
using Futago.Volumes.Nas;
using Futago.Volumes.Snapshots;

namespace Futago.Volumes;

/// <summary>What is done with a snapshot: roll back to it, clone it, look into it.</summary>
public sealed partial class VolumeCatalogue
{
    /// <summary>
    /// Gives the volume the content that it had, after a safety snapshot of what it has now. The new content is made aside and renamed
    /// over the old: a crash leaves the one or the other. The size stays as it is.
    /// </summary>
    /// <param name="confirm">The volume's name or path.</param>
    /// <param name="whileConnected">Also when somebody is connected to the volume.</param>
    public Task<(SnapshotStatus RolledBackTo, SnapshotStatus Safety)> RollBackAsync(
        string groupName, string volumeName, string name, string? confirm, bool whileConnected) => ChangeAsync(async () =>
    {
        var (group, volume, snapshot) = FindSnapshot(groupName, volumeName, name);
        var path = $"{groupName}/{volumeName}";
        CheckConfirmation(confirm, volumeName, path);
        CheckWhole(snapshot);
        if (volume.Problem is { } problem)
            throw new StorageException(problem, RefusalKind.Conflict);
        if (_users.UsersOf(volume.Id).FirstOrDefault(u => u.Replication is not null) is { Replication: { } task })
            throw StorageException.Conflict(
                StorageCodes.VolumeReplicated,
                $"Volume {path} is replicated by {task}: rolled back on one node only, the two would differ. Delete the task, roll back, and replicate anew.", null,
                ("volume", path), ("task", task));
        CheckNotLocked(group, volume);
        if (!whileConnected && _users.ConnectedTo(volume.Id) is { Count: > 0 } users)
            throw StorageException.Conflict(
                StorageCodes.VolumeConnected,
                $"Volume {path} is in use by {string.Join("; ", users.Take(5))}. Whoever has it mounted would mix what it remembers with the old content and damage it. Unmount there and disconnect first.",
                null,
                ("volume", path), ("users", string.Join("; ", users.Take(5))));
        if (!volume.Thin)
            CheckFits(group, Math.Max(0, volume.SizeBytes - (Linux.FileStatus.TryRead(snapshot.DataPath)?.AllocatedBytes ?? 0)));

        // Protected where there is room for it: the change that the roll back is may be larger than the reserve.
        var safety = Create(group, volume, new SnapshotRequest(
            ObjectName.Next("rollback", 4, [.. volume.Snapshots.Select(s => s.Name)]), SnapshotOrigin.Rollback,
            Protected: MayProtect(group, volume, out _, out _)));
        await ReplaceDataAsync(group, volume, snapshot);
        var (snapshotPath, safetyPath) = ($"{path}@{name}", $"{path}@{safety.Name}");
        Report(
            StorageSeverity.Warning, "snapshot.rolled-back", path,
            $"Volume {path} was rolled back to snapshot {snapshotPath}; what it held before is in {safetyPath}.",
            ("snapshot", snapshotPath), ("volume", path), ("safety", safetyPath));
        return (ToStatus(group, volume, snapshot), safety);
    });

    /// <summary>A new volume in the same group that begins with the content of a snapshot, and shares its blocks until they change.</summary>
    public Task<VolumeStatus> CloneSnapshotAsync(string groupName, string volumeName, string name, string? newName, bool thin) => ChangeAsync(() =>
    {
        var (group, volume, snapshot) = FindSnapshot(groupName, volumeName, name);
        CheckWhole(snapshot);
        newName ??= ObjectName.Next("lv", 4, [.. group.Volumes.Select(v => v.Name)]);
        CheckNewVolumeName(group, newName, "name");
        // The blocks are shared for as long as neither changes them; each thick side may overwrite all of them.
        var shared = Linux.FileStatus.TryRead(snapshot.DataPath)?.AllocatedBytes ?? 0;
        CheckFits(group, (thin ? 0 : snapshot.Document.SizeBytes) + (volume.Thin ? 0 : shared));
        var document = new VolumeDocument(
            VolumeDocument.CurrentVersion, Guid.NewGuid(), newName, volume.Document.Type, snapshot.Document.SizeBytes, thin, volume.IoType, _time.GetUtcNow(),
            InitialiseTo: !thin && volume.IoType == IoType.File ? snapshot.Document.SizeBytes : 0,
            ClonedFrom: volume.Id);
        Action<string>? prepare = volume.IsNas ? data => NasFileSystem.Mark(data, document.Id, NasMountPoint(document.Id)) : null;
        var directory = Attempt(group, snapshot.Document.SizeBytes, () =>
        {
            // First, so that no crash leaves a clone whose origin does not know that it shares blocks.
            if (volume.Document.ClonedFrom is null)
                volume.Update(volume.Document with { ClonedFrom = volume.Id });
            return group.Directory.Create(document, snapshot.DataPath, prepare);
        });
        var clone = NewVolume(group, directory, document, null);
        group.Volumes = group.Volumes.Add(clone);
        MountNas(group, clone);
        clone.Resume();
        AvailabilityChanged?.Invoke();
        var (snapshotPath, clonePath) = ($"{groupName}/{volumeName}@{name}", $"{groupName}/{newName}");
        Report(
            StorageSeverity.Info, "snapshot.cloned", clonePath, $"Volume {clonePath} was made from snapshot {snapshotPath}.",
            ("snapshot", snapshotPath), ("volume", $"{groupName}/{volumeName}"), ("clone", clonePath));
        return Task.FromResult(ToStatus(group, clone));
    });

    public Task<ISnapshotMount> MountSnapshotAsync(Guid snapshotId, StoragePhrase user) => ChangeAsync(() =>
    {
        var (group, volume, snapshot) = (from g in _groups from v in g.Volumes from s in v.Snapshots where s.Id == snapshotId select (g, v, s)).FirstOrDefault();
        if (snapshot is null)
            throw StorageException.NotFound(
                StorageCodes.SnapshotNotFound, $"There is no snapshot with the identifier {snapshotId} on this node.", ("snapshot", snapshotId.ToString()));
        GetOnlineGroup(group.Name);
        CheckWhole(snapshot);
        if (!volume.IsNas)
            throw StorageException.Conflict(
                StorageCodes.VolumeNotNas, $"Volume {group.Name}/{volume.Name} is not a NAS volume: there is no file system in it that could be mounted here.", null,
                ("volume", $"{group.Name}/{volume.Name}"));
        var mount = Attempt(group, 0, () => snapshot.Mount ??= new SnapshotMount(NasFileSystem.MountReadOnly(snapshot.DataPath, SnapshotMountPoint(snapshotId))));
        mount.Users.Add(user);
        return Task.FromResult<ISnapshotMount>(new MountHandle(this, snapshot, mount, user));
    });

    private async Task ReplaceDataAsync(VolumeGroup group, LogicalVolume volume, Snapshot snapshot)
    {
        var path = $"{group.Name}/{volume.Name}";
        // Nobody opens it anew meanwhile.
        volume.Fail(new StorageProblem(
            StorageCodes.VolumeFailed, $"Volume {path} is being rolled back.", null, LogicalVolume.WhyFailed(path, StoragePhraseCodes.ReasonRollingBack, "it is being rolled back")));
        try
        {
            await ReleaseNasAsync(group, volume);
            await _users.ReleaseAsync([volume.Id]);
            await volume.StopAsync();
            Attempt(group, volume.SizeBytes, () =>
            {
                volume.ReplaceData(snapshot.DataPath);
                return true;
            });
        }
        finally
        {
            volume.Fail(null);
            if (volume.FileSystem is null)
                MountNas(group, volume);
            volume.SnapshotUsage = null;
            volume.Resume();
            AvailabilityChanged?.Invoke();
        }
    }

    /// <summary>The last one to go unmounts.</summary>
    private Task<bool> ReleaseMountAsync(Snapshot snapshot, SnapshotMount mount, StoragePhrase user) => ChangeAsync(async () =>
    {
        mount.Users.Remove(user);
        if (mount.Users.Count > 0 || !ReferenceEquals(snapshot.Mount, mount))
            return true;
        for (var attempt = 1; attempt < AttemptsMaximum && !mount.FileSystem.TryUnmount(); attempt++)
            await Task.Delay(AttemptPause, _time);
        mount.FileSystem.Unmount();
        snapshot.Mount = null;
        return true;
    });

    private sealed class MountHandle(VolumeCatalogue catalogue, Snapshot snapshot, SnapshotMount mount, StoragePhrase user) : ISnapshotMount
    {
        private int _disposed;

        public string Directory => mount.FileSystem.MountPoint;

        public async ValueTask DisposeAsync()
        {
            if (Interlocked.Exchange(ref _disposed, 1) == 0)
                await catalogue.ReleaseMountAsync(snapshot, mount, user);
        }
    }
}
