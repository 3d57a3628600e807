using System.Diagnostics;
using System.Globalization;
using Futago.Volumes.Groups;
using Futago.Volumes.Linux;
using Futago.Volumes.LogicalVolumes;
using Futago.Volumes.Snapshots;

namespace Futago.Volumes;

/// <summary>Snapshots: take, change, delete.</summary>
public sealed partial class VolumeCatalogue
{
    public const int SnapshotReserveDefaultPercent = 10;
    public const int SnapshotReserveMaximumPercent = 1000;

    /// <summary>Of one volume. Every one of them is looked at when space is measured.</summary>
    public const int SnapshotsMaximum = 2048;

    /// <summary>Every snapshot, by volume and then oldest first.</summary>
    public IReadOnlyList<SnapshotStatus> Snapshots =>
    [
        .. from g in _groups.OrderBy(g => g.Name, StringComparer.Ordinal)
           from v in g.Volumes.OrderBy(v => v.Name, StringComparer.Ordinal)
           from s in v.Snapshots
           select ToStatus(g, v, s),
    ];

    public IReadOnlyList<SnapshotStatus> SnapshotsOf(Guid volumeId) =>
        [.. from g in _groups from v in g.Volumes where v.Id == volumeId from s in v.Snapshots select ToStatus(g, v, s)];

    /// <exception cref="StorageException">There is none of that name.</exception>
    public SnapshotStatus GetSnapshot(string groupName, string volumeName, string name)
    {
        var (group, volume, snapshot) = FindSnapshot(groupName, volumeName, name);
        return ToStatus(group, volume, snapshot);
    }

    public Task<SnapshotStatus> CreateSnapshotAsync(string groupName, string volumeName, SnapshotRequest request) => ChangeAsync(() =>
    {
        var group = GetOnlineGroup(groupName);
        return Task.FromResult(Create(group, GetVolume(group, volumeName), request));
    });

    public Task<SnapshotStatus> CreateSnapshotAsync(Guid volumeId, SnapshotRequest request) => ChangeAsync(() =>
    {
        var (group, volume) = GetVolume(volumeId);
        return Task.FromResult(Create(group, volume, request));
    });

    public Task<SnapshotStatus> ProtectSnapshotAsync(string groupName, string volumeName, string name, bool isProtected) => ChangeAsync(() =>
    {
        var (group, volume, snapshot) = FindSnapshot(groupName, volumeName, name);
        CheckWhole(snapshot);
        if (snapshot.Document.Protected != isProtected)
        {
            if (isProtected)
                CheckMayProtect(group, volume);
            snapshot.Update(snapshot.Document with { Protected = isProtected });
        }
        return Task.FromResult(ToStatus(group, volume, snapshot));
    });

    /// <param name="confirm">The snapshot's name or path.</param>
    public Task<bool> DeleteSnapshotAsync(string groupName, string volumeName, string name, string? confirm) => ChangeAsync(async () =>
    {
        var (group, volume, snapshot) = FindSnapshot(groupName, volumeName, name);
        CheckConfirmation(confirm, name, $"{groupName}/{volumeName}@{name}");
        await DeleteAsync(group, volume, snapshot);
        return true;
    });

    public Task DeleteSnapshotAsync(Guid snapshotId) => ChangeAsync(async () =>
    {
        var found = from g in _groups from v in g.Volumes from s in v.Snapshots where s.Id == snapshotId select (g, v, s);
        foreach (var (group, volume, snapshot) in found.ToList())
        {
            GetOnlineGroup(group.Name);
            await DeleteAsync(group, volume, snapshot, isStepOfARun: snapshot.Document.Temporary);
        }
        return true;
    });

    private SnapshotStatus Create(VolumeGroup group, LogicalVolume volume, SnapshotRequest request)
    {
        if (volume.Problem is { } problem)
            throw new StorageException(problem, RefusalKind.Conflict);
        var name = request.Name ?? ObjectName.Next("snap", 4, [.. volume.Snapshots.Select(s => s.Name)]);
        ObjectName.Check(name, "name");
        if (volume.Snapshots.Exists(s => s.Name == name))
            throw StorageException.Conflict(
                StorageCodes.NameTaken, $"There is a snapshot {group.Name}/{volume.Name}@{name} already; choose another name.", "name", ("name", name));
        if (volume.Snapshots.Count >= SnapshotsMaximum)
            throw StorageException.Conflict(
                StorageCodes.SnapshotTooMany, $"Volume {group.Name}/{volume.Name} has {SnapshotsMaximum} snapshots, the most that it can have. Delete some first.", null,
                ("volume", $"{group.Name}/{volume.Name}"), ("maximum", $"{SnapshotsMaximum}"));
        if (!request.AlsoInconsistent && _users.UsersOf(volume.Id).Any(u => u.Inconsistent))
            throw StorageException.Conflict(
                StorageCodes.SnapshotInconsistent,
                $"Volume {group.Name}/{volume.Name} is being resynced: its data is a mixture of old and new until that is done, and so would be the snapshot.", null,
                ("volume", $"{group.Name}/{volume.Name}"));
        if (!request.AlsoInconsistent && volume is { IsNas: true, FileSystem: null, IsReplicated: true })
            throw StorageException.Conflict(
                StorageCodes.SnapshotNotSource,
                $"Volume {group.Name}/{volume.Name} is replicated and its file system is not mounted on this node. Take the snapshot on the node that is source.", null,
                ("volume", $"{group.Name}/{volume.Name}"));
        if (request.Owner is { } owner && (owner.Length is 0 or > SnapshotDocument.OwnerLengthMaximum || owner.Any(char.IsControl)))
            throw StorageException.Invalid(
                StorageCodes.NameInvalid, $"The owner of a snapshot has 1 to {SnapshotDocument.OwnerLengthMaximum} printable characters.", "owner");
        if (request.Protected)
            CheckMayProtect(group, volume);
        var document = new SnapshotDocument(
            SnapshotDocument.CurrentVersion, Guid.NewGuid(), volume.Id, name, request.Origin, request.Temporary, request.Protected,
            volume.SizeBytes, volume.IoType, _time.GetUtcNow(), 0, request.Owner);
        var snapshot = Attempt(group, 0, () => new SnapshotDirectory(volume.DirectoryPath).Create(document, file => Clone(volume, file)));
        volume.Snapshots = volume.Snapshots.Add(snapshot);
        AvailabilityChanged?.Invoke();
        var path = $"{group.Name}/{volume.Name}@{name}";
        var pause = string.Create(CultureInfo.InvariantCulture, $"{snapshot.Document.PauseMicroseconds / 1000.0:0.0} ms");
        var text = $"Snapshot {path} was taken; writes were held for {pause}.";
        if (request.Temporary)
            LogEvent(_logger, "snapshot.created", text);
        else
            Report(StorageSeverity.Info, "snapshot.created", path, text, ("snapshot", path), ("volume", $"{group.Name}/{volume.Name}"), ("pause", pause));
        return ToStatus(group, volume, snapshot);
    }

    /// <summary>
    /// Clones the data at one instant: for a LUN by way of its <see cref="SnapshotGate"/>, which every write passes; a file system, whose
    /// writes come through the kernel, is frozen around it, so that it is whole.
    /// </summary>
    /// <returns>How long writes were held.</returns>
    private static TimeSpan Clone(LogicalVolume volume, FileDescriptor file)
    {
        using var source = FileDescriptor.Open(volume.DataPath, LibC.O_RDONLY);
        // What the page cache holds would be written back inside the pause.
        source.SyncData();
        // It is not unmounted before it has been thawed.
        lock (volume.FileSystemLock)
        {
            if (volume.FileSystem is not { } fileSystem)
                return volume.SnapshotGate.Clone(source, file);
            fileSystem.Sync();
            return Timed(() => fileSystem.WhileFrozen(() => file.CloneFrom(source)));
        }
    }

    private static TimeSpan Timed(Action action)
    {
        var start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start);
    }

    /// <param name="isStepOfARun">The run is what people hear of, not each of its steps: that stands in the log alone.</param>
    private async Task DeleteAsync(VolumeGroup group, LogicalVolume volume, Snapshot snapshot, bool isStepOfARun = false)
    {
        var path = $"{group.Name}/{volume.Name}@{snapshot.Name}";
        if (snapshot.Problem is null && snapshot.Document.Protected)
            throw StorageException.Conflict(
                StorageCodes.SnapshotProtected, $"Snapshot {path} is protected. Take the protection off first.", null, ("snapshot", path));
        if (UsersOf(snapshot) is { Count: > 0 } users)
            throw StorageException.Conflict(
                StorageCodes.SnapshotInUse, $"Snapshot {path} is in use by {string.Join("; ", users.Take(5))}. End that first.", null,
                ("snapshot", path), ("users", string.Join("; ", users.Take(5))));
        await RemoveAsync(volume, snapshot);
        var text = $"Snapshot {path} was deleted.";
        if (isStepOfARun)
            LogEvent(_logger, "snapshot.deleted", text);
        else
            Report(StorageSeverity.Info, "snapshot.deleted", path, text, ("snapshot", path), ("volume", $"{group.Name}/{volume.Name}"));
    }

    /// <summary>Takes it away from whoever uses it, and deletes it.</summary>
    private async Task RemoveAsync(LogicalVolume volume, Snapshot snapshot)
    {
        volume.Snapshots = volume.Snapshots.Remove(snapshot);
        await _users.ReleaseAsync([snapshot.Id]);
        snapshot.Mount?.FileSystem.Unmount();
        snapshot.Mount = null;
        new SnapshotDirectory(volume.DirectoryPath).Delete(snapshot);
        volume.SnapshotUsage = null;
        AvailabilityChanged?.Invoke();
    }

    private void LoadSnapshots(VolumeGroup group, LogicalVolume volume)
    {
        var directory = new SnapshotDirectory(volume.DirectoryPath);
        volume.SweepReplacement();
        if (directory.Sweep() is > 0 and var swept)
            LogSnapshotsSwept(_logger, $"{group.Name}/{volume.Name}", swept);
        volume.Snapshots = [.. directory.List()];
    }

    private List<StoragePhrase> UsersOf(Snapshot snapshot) =>
        [.. _users.UsersOf(snapshot.Id).Where(u => u.Active).Select(u => u.Description).Concat(snapshot.Mount?.Users ?? []).DistinctBy(p => p.Text, StringComparer.Ordinal)];

    private SnapshotStatus ToStatus(VolumeGroup group, LogicalVolume volume, Snapshot snapshot)
    {
        var document = snapshot.Document;
        return new SnapshotStatus(
            document.Id, volume.Id, group.Name, volume.Name, document.Name, document.Origin, document.Owner, document.Temporary, document.Protected,
            document.SizeBytes, snapshot.UsedBytes, document.CreatedAt, TimeSpan.FromMicroseconds(document.PauseMicroseconds), snapshot.Problem,
            [.. _users.UsersOf(snapshot.Id).Select(u => u.Description).Concat(snapshot.Mount?.Users.ToArray() ?? []).DistinctBy(p => p.Text, StringComparer.Ordinal)]);
    }

    private (VolumeGroup Group, LogicalVolume Volume) GetVolume(Guid volumeId)
    {
        var (group, volume) = (from g in _groups from v in g.Volumes where v.Id == volumeId select (g, v)).FirstOrDefault();
        if (volume is null)
            throw StorageException.NotFound(
                StorageCodes.VolumeNotFound, $"There is no volume with the identifier {volumeId} on this node.", ("volume", volumeId.ToString()));
        return (GetOnlineGroup(group.Name), volume);
    }

    private (VolumeGroup Group, LogicalVolume Volume, Snapshot Snapshot) FindSnapshot(string groupName, string volumeName, string name)
    {
        var group = GetOnlineGroup(groupName);
        var volume = GetVolume(group, volumeName);
        var snapshot = volume.Snapshots.Find(s => s.Name == name)
            ?? throw StorageException.NotFound(
                StorageCodes.SnapshotNotFound, $"Volume {groupName}/{volumeName} has no snapshot “{ObjectName.Printable(name)}”.",
                ("snapshot", $"{groupName}/{volumeName}@{ObjectName.Printable(name)}"));
        return (group, volume, snapshot);
    }

    private static void CheckWhole(Snapshot snapshot)
    {
        if (snapshot.Problem is { } problem)
            throw new StorageException(problem, RefusalKind.Conflict);
    }

    private static void CheckSnapshotReserve(int? percent)
    {
        if (percent is < 0 or > SnapshotReserveMaximumPercent)
            throw StorageException.Invalid(
                StorageCodes.SizeInvalid, $"The reserve for snapshots is 0 to {SnapshotReserveMaximumPercent} % of the volume's size.", "snapshotReservePercent");
    }

    private static bool MayProtect(VolumeGroup group, LogicalVolume volume, out long needed, out long free)
    {
        free = group.MeasureSpace().Free;
        needed = volume.Thin ? 0 : volume.AllocatedBytes - volume.SnapshotDebtBytes;
        return needed <= free;
    }

    /// <summary>
    /// A protected snapshot is never dropped, so there must be room for every block that the volume shares with it being overwritten:
    /// else the volume could fail because of the snapshot.
    /// </summary>
    private static void CheckMayProtect(VolumeGroup group, LogicalVolume volume)
    {
        if (!MayProtect(group, volume, out var needed, out var free))
            throw StorageException.Conflict(
                StorageCodes.SizeTooLarge,
                $"A protected snapshot of volume {group.Name}/{volume.Name} needs room for all its data to be overwritten: {SizeText.Of(needed)}, and volume group “{group.Name}” has {SizeText.Of(free)} free.",
                "protected",
                ("group", group.Name), ("free", SizeText.Of(free)), ("size", SizeText.Of(needed)));
    }
}
