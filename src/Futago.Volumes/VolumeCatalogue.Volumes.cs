using System.ComponentModel;
using Futago.Volumes.Groups;
using Futago.Volumes.Linux;
using Futago.Volumes.LogicalVolumes;
using Futago.Volumes.Nas;

namespace Futago.Volumes;

/// <summary>Logical volumes: create, change, delete.</summary>
public sealed partial class VolumeCatalogue
{
    /// <summary>A thin volume may promise more than there is, but not more than any use of it could ever address.</summary>
    public const long VolumeBytesMaximum = 1L << 50;

    /// <param name="name">Null for the next free default name.</param>
    /// <param name="sizeBytes">Rounded up to whole MiB.</param>
    /// <param name="nas">True: an XFS file system is made in it, and mounted. Its I/O type is always block.</param>
    public Task<VolumeStatus> CreateVolumeAsync(
        string groupName, string? name, long sizeBytes, bool thin, IoType ioType, long? initialisationLimitBytesPerSecond, bool nas = false) => ChangeAsync(() =>
    {
        var group = GetOnlineGroup(groupName);
        name ??= ObjectName.Next("lv", 4, [.. group.Volumes.Select(v => v.Name)]);
        CheckNewVolumeName(group, name, "name");
        var size = CheckSize(sizeBytes);
        if (nas)
            CheckNas(size, ioType);
        var limit = CheckLimit(initialisationLimitBytesPerSecond);
        if (!thin)
            CheckFits(group, size);
        var document = new VolumeDocument(
            VolumeDocument.CurrentVersion, Guid.NewGuid(), name, nas ? VolumeDocument.TypeNas : VolumeDocument.TypeIscsi, size, thin, ioType, _time.GetUtcNow(),
            InitialiseTo: !thin && ioType == IoType.File ? size : 0,
            limit);
        Action<string>? prepare = nas ? data => NasFileSystem.Format(data, document.Id, NasMountPoint(document.Id)) : null;
        var volume = NewVolume(group, Attempt(group, size, () => group.Directory.Create(document, prepare: prepare)), document, null);
        group.Volumes = group.Volumes.Add(volume);
        MountNas(group, volume);
        volume.Resume();
        AvailabilityChanged?.Invoke();
        Report(
            StorageSeverity.Info, "volume.created", $"{groupName}/{name}", $"Volume {groupName}/{name} with {SizeText.Of(size)} was created.",
            ("volume", $"{groupName}/{name}"), ("size", SizeText.Of(size)));
        return Task.FromResult(ToStatus(group, volume));
    });

    /// <summary>Renames, expands, or changes the speed limit of the initialisation; all are checked before the first is done.</summary>
    /// <param name="initialisationLimitBytesPerSecond">0 removes the limit.</param>
    public Task<VolumeStatus> UpdateVolumeAsync(
        string groupName, string name, string? newName, long? sizeBytes, long? initialisationLimitBytesPerSecond,
        int? snapshotReservePercent = null) => ChangeAsync(async () =>
    {
        var group = GetOnlineGroup(groupName);
        var volume = GetVolume(group, name);
        if (volume.Problem is { } problem)
            throw new StorageException(problem, RefusalKind.Conflict);
        if (newName is not null && newName != name)
            CheckNewVolumeName(group, newName, "newName");
        long? newSize = sizeBytes is { } wanted ? CheckSize(wanted) : null;
        if (newSize < volume.SizeBytes)
            throw StorageException.Invalid(
                StorageCodes.SizeShrink, $"Volume {groupName}/{name} has {SizeText.Of(volume.SizeBytes)} and cannot be made smaller: that would cut off data.", "sizeBytes",
                ("volume", $"{groupName}/{name}"), ("size", SizeText.Of(volume.SizeBytes)));
        if (newSize > volume.SizeBytes && !volume.Thin)
            CheckFits(group, newSize.Value - volume.SizeBytes);
        var limit = CheckLimit(initialisationLimitBytesPerSecond);
        CheckSnapshotReserve(snapshotReservePercent);

        if (newSize > volume.SizeBytes)
            await ExpandAsync(group, volume, newSize.Value);
        if (newName is not null && newName != name)
            Rename(group, volume, newName);
        if (initialisationLimitBytesPerSecond is not null)
            volume.SetInitialisationLimit(limit);
        if (snapshotReservePercent is not null)
            volume.Update(volume.Document with { SnapshotReservePercent = snapshotReservePercent });
        return ToStatus(group, volume);
    });

    public Task<bool> DeleteVolumeAsync(string groupName, string name, string? confirm) => ChangeAsync(async () =>
    {
        var group = GetOnlineGroup(groupName);
        var volume = GetVolume(group, name);
        CheckConfirmation(confirm, name, $"{groupName}/{name}");
        if (_users.UsersOf(volume.Id).FirstOrDefault(u => u.Active) is { } user)
            throw StorageException.Conflict(
                StorageCodes.VolumeInUse, $"Volume {groupName}/{name} is in use by {user.Description}. {(user.Replication is null ? "Stop the target or remove the LUN first." : "Delete the task first.")}", null,
                user.Replication is { } task
                    ? [("volume", $"{groupName}/{name}"), ("task", task)]
                    : [("volume", $"{groupName}/{name}"), ("target", user.Target), ("lun", $"{user.Lun}")]);
        CheckNotLocked(group, volume);
        if (!volume.Snapshots.IsEmpty)
            throw StorageException.Conflict(
                StorageCodes.VolumeHasSnapshots,
                $"With volume {groupName}/{name} its snapshots would go (snapshots: {volume.Snapshots.Count}). Delete them first.", null,
                ("volume", $"{groupName}/{name}"), ("count", $"{volume.Snapshots.Count}"));
        await ReleaseNasAsync(group, volume);
        await _users.ReleaseAsync([volume.Id]);
        await volume.StopAsync();
        group.Directory.Delete(volume);
        group.Volumes = group.Volumes.Remove(volume);
        AvailabilityChanged?.Invoke();
        Report(
            StorageSeverity.Warning, "volume.deleted", $"{groupName}/{name}", $"Volume {groupName}/{name} with {SizeText.Of(volume.SizeBytes)} was deleted.",
            ("volume", $"{groupName}/{name}"), ("size", SizeText.Of(volume.SizeBytes)));
        return true;
    });

    private async Task ExpandAsync(VolumeGroup group, LogicalVolume volume, long newSize)
    {
        Attempt(group, newSize - volume.SizeBytes, () =>
        {
            volume.Expand(newSize);
            return true;
        });
        // A replicated one grows when the other node has grown too; its replication sees to that.
        if (volume.FileSystem is { IsReplicated: false } fileSystem)
            await fileSystem.GrowAsync();
        _users.Grow(volume.Id, newSize);
        Report(
            StorageSeverity.Info, "volume.expanded", $"{group.Name}/{volume.Name}", $"Volume {group.Name}/{volume.Name} was expanded to {SizeText.Of(newSize)}.",
            ("volume", $"{group.Name}/{volume.Name}"), ("size", SizeText.Of(newSize)));
    }

    private void Rename(VolumeGroup group, LogicalVolume volume, string newName)
    {
        var oldName = volume.Name;
        volume.Update(volume.Document with { Name = newName });
        Report(
            StorageSeverity.Info, "volume.renamed", $"{group.Name}/{newName}", $"Volume {group.Name}/{oldName} is now called {group.Name}/{newName}.",
            ("volume", $"{group.Name}/{newName}"), ("oldName", oldName));
    }

    private static void CheckNewVolumeName(VolumeGroup group, string name, string field)
    {
        ObjectName.Check(name, field);
        if (group.Find(name) is not null)
            throw StorageException.Conflict(StorageCodes.NameTaken, $"There is a volume {group.Name}/{name} already; choose another name.", field, ("name", name));
    }

    private static long CheckSize(long sizeBytes)
    {
        if (sizeBytes <= 0)
            throw StorageException.Invalid(StorageCodes.SizeInvalid, "The size must be greater than zero.", "sizeBytes");
        if (sizeBytes < SizeText.MiB)
            throw StorageException.Invalid(
                StorageCodes.SizeTooSmall, $"A volume has at least {SizeText.Of(SizeText.MiB)}.", "sizeBytes", ("minimum", SizeText.Of(SizeText.MiB)));
        if (sizeBytes > VolumeBytesMaximum)
            throw StorageException.Invalid(
                StorageCodes.SizeTooLarge, $"A volume has at most {SizeText.Of(VolumeBytesMaximum)}.", "sizeBytes", ("maximum", SizeText.Of(VolumeBytesMaximum)));
        return (sizeBytes + SizeText.MiB - 1) / SizeText.MiB * SizeText.MiB;
    }

    private static long? CheckLimit(long? bytesPerSecond) => bytesPerSecond switch
    {
        null or 0 => null,
        < 0 => throw StorageException.Invalid(
            StorageCodes.SizeInvalid, "The speed limit must not be negative; 0 removes it.", "initialisationLimitBytesPerSecond"),
        _ => bytesPerSecond,
    };

    private static void CheckFits(VolumeGroup group, long bytes)
    {
        var free = group.MeasureSpace().Free;
        if (bytes > free)
            throw TooLarge(group, bytes, free);
    }

    private static StorageException TooLarge(VolumeGroup group, long bytes, long free) => StorageException.Conflict(
        StorageCodes.SizeTooLarge,
        $"Volume group “{group.Name}” has {SizeText.Of(free)} free; {SizeText.Of(bytes)} do not fit.",
        "sizeBytes",
        ("group", group.Name), ("free", SizeText.Of(free)), ("size", SizeText.Of(bytes)));

    /// <summary>Turns what the file system says into a refusal; the operation has undone itself.</summary>
    private static T Attempt<T>(VolumeGroup group, long bytes, Func<T> operation)
    {
        try
        {
            return operation();
        }
        catch (Win32Exception e) when (e.NativeErrorCode is LibC.ENOSPC or LibC.EFBIG)
        {
            throw TooLarge(group, bytes, group.MeasureSpace().Free);
        }
        catch (Exception e) when (e is Win32Exception or IOException)
        {
            throw new StorageException(
                new StorageProblem(StorageCodes.VolumeFailed, $"The file system of volume group “{group.Name}” refused: {e.Message}", null, Args(group, e.Message)),
                RefusalKind.Conflict,
                e);
        }
    }

    private void OnInitialisationEnded(VolumeGroup group, LogicalVolume volume, string? failure)
    {
        var path = $"{group.Name}/{volume.Name}";
        if (failure is null)
            Report(StorageSeverity.Info, "volume.initialised", path, $"Volume {path} is initialised.", ("volume", path));
        else
            Report(
                StorageSeverity.Error, "volume.initialisation-failed", path, $"The initialisation of volume {path} stopped: {failure}. It goes on at the next start.",
                ("volume", path), ("reason", failure));
    }
}
