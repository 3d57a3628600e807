using System.ComponentModel;
using Futago.Volumes.Groups;
using Futago.Volumes.Linux;
using Futago.Volumes.LogicalVolumes;
using Futago.Volumes.Metadata;
using Futago.Volumes.Nas;
using Futago.Volumes.Units;

namespace Futago.Volumes;

/// <summary>Start and stop, groups going online and offline, and the look at units that come and go.</summary>
public sealed partial class VolumeCatalogue
{
    private const int AttemptsMaximum = 20;
    private const string ProbePrefix = ".probe-";
    private static readonly TimeSpan AttemptPause = TimeSpan.FromMilliseconds(100);

    /// <summary>Brings every group of this node online. A group that cannot be is reported and tried again later.</summary>
    /// <exception cref="StorageException">The list of known units is damaged: starting without it would look like lost volumes.</exception>
    public Task<bool> StartAsync() => ChangeAsync(async () =>
    {
        Directory.CreateDirectory(_options.MountRoot);
        var state = SealedDocument.Read<KnownUnitsDocument>(_options.KnownUnitsPath, KnownUnitsDocument.CurrentVersion, VolumesJson.Options, out var document);
        if (state == SealedDocumentState.Good)
            _known = [.. document!.Units];
        else if (state != SealedDocumentState.Absent)
            SetAsideKnownUnits(state);
        await CleanMountsAsync();
        foreach (var known in _known.Where(k => k.GroupId is not null && ObjectName.IsValid(k.GroupName ?? "")))
        {
            var group = new VolumeGroup(known.GroupId!.Value, known.GroupName!, known.Path, known.Kind, Path.Combine(_options.MountRoot, known.GroupName!));
            _groups = _groups.Add(group);
            await BringOnlineAsync(group);
            if (group.State != GroupState.Online)
                ReportOffline(group);
        }
        await RefreshUnitsAsync();
        return true;
    });

    /// <summary>
    /// Notices units that went away or came back, and new ones. The host calls it every few seconds.
    /// </summary>
    public Task<bool> CheckUnitsAsync() => ChangeAsync(async () =>
    {
        var changed = false;
        foreach (var group in _groups)
        {
            if (group.State == GroupState.Online)
                changed |= await CheckOnlineAsync(group);
            else
                changed |= await TryReturnAsync(group);
        }
        await RefreshUnitsAsync();
        foreach (var group in _groups.Where(g => g.State == GroupState.Missing))
        {
            // The kernel may give a disk another name when it comes back.
            if (_units.FirstOrDefault(u => u.Use is UnitUse.Importable or UnitUse.ForeignData && u.GroupId == group.Id && u.Kind == group.UnitKind) is { } moved)
            {
                group.UnitPath = moved.Path;
                changed |= await TryReturnAsync(group);
                Remember(group);
            }
        }
        if (changed)
        {
            await RefreshUnitsAsync();
            AvailabilityChanged?.Invoke();
        }
        return changed;
    });

    /// <summary>Stops what runs in the background and unmounts every group. The users have closed their volumes before.</summary>
    public Task<bool> StopAsync() => ChangeAsync(async () =>
    {
        foreach (var group in _groups.Where(g => g.State == GroupState.Online))
            await GoOfflineAsync(group);
        return true;
    });

    /// <summary>A killed engine leaves its mounts behind. Nothing else mounts below our directory, so they can go.</summary>
    private async Task CleanMountsAsync()
    {
        SweepMirrors();
        var prefix = _options.MountRoot + "/";
        foreach (var mount in Mounts.List().Where(m => m.MountPoint.StartsWith($"{_options.MountRoot}/{NasMountDirectory}/", StringComparison.Ordinal)))
            NasFileSystem.Thaw(mount.MountPoint);
        foreach (var mount in Mounts.List().Where(m => m.MountPoint.StartsWith(prefix, StringComparison.Ordinal)).Reverse())
        {
            // Processes that were ended just now need a moment to be gone.
            var unmounted = Mounts.TryUnmount(mount.MountPoint);
            for (var attempt = 1; !unmounted && attempt < AttemptsMaximum; attempt++)
            {
                await Task.Delay(AttemptPause, _time);
                unmounted = Mounts.TryUnmount(mount.MountPoint);
            }
            // One that somebody still uses stays, and is adopted when its group comes online.
            if (!unmounted)
                LogStillInUse(_logger, mount.MountPoint);
        }
        var mountPoints = new[] { NasMountDirectory, SnapshotMountDirectory, MirrorDirectory }
            .Select(d => Path.Combine(_options.MountRoot, d)).Where(Directory.Exists).SelectMany(Directory.GetDirectories);
        foreach (var leftover in Directory.GetDirectories(_options.MountRoot, ProbePrefix + "*").Concat(mountPoints))
        {
            if (!Directory.EnumerateFileSystemEntries(leftover).Any())
                Directory.Delete(leftover);
        }
    }

    /// <summary>A damaged list is kept for whoever can repair it. Groups can be imported again; no data is touched.</summary>
    private void SetAsideKnownUnits(SealedDocumentState state)
    {
        var aside = $"{_options.KnownUnitsPath}.damaged-{_time.GetUtcNow():yyyyMMddHHmmss}";
        File.Move(_options.KnownUnitsPath, aside);
        Report(
            StorageSeverity.Error, "engine.units-damaged", _options.KnownUnitsPath,
            $"The list of units is {(state == SealedDocumentState.Newer ? "from a later version" : "damaged")} and was set aside as {aside}. Import the volume groups again.",
            ("file", aside));
    }

    private async Task MountUnitAsync(VolumeGroup group)
    {
        Directory.CreateDirectory(group.MountPoint);
        var identity = FileStatus.TryRead(group.UnitPath)?.Identity ?? "";
        if (!Mounts.List().Any(m => m.MountPoint == group.MountPoint))
        {
            // The mount keeps the loop device; without one (an exception here) it detaches itself.
            using var loop = group.UnitKind == UnitKind.Image ? LoopDevice.Attach(group.UnitPath, readOnly: false) : null;
            var device = loop?.Path ?? group.UnitPath;
            // Another node of the machine that lists its units has a look at this one for a moment.
            for (var attempt = 1; !TryMount(device, group.MountPoint, lastAttempt: attempt == AttemptsMaximum); attempt++)
                await Task.Delay(AttemptPause, _time);
        }
        group.UnitIdentity = identity;
        group.SizeBytes = UnitSize(group);
    }

    private static bool TryMount(string device, string mountPoint, bool lastAttempt)
    {
        try
        {
            Mounts.MountXfs(device, mountPoint);
            return true;
        }
        catch (Win32Exception e) when (e.NativeErrorCode == LibC.EBUSY && !lastAttempt)
        {
            return false;
        }
    }

    private static long UnitSize(VolumeGroup group)
    {
        if (group.UnitKind == UnitKind.Image)
            return FileStatus.TryRead(group.UnitPath)?.SizeBytes ?? 0;
        using var device = new FileStream(group.UnitPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        return device.Seek(0, SeekOrigin.End);
    }

    private void UnmountUnit(VolumeGroup group)
    {
        if (!Mounts.TryUnmount(group.MountPoint))
        {
            LogStillInUse(_logger, group.MountPoint);
            Mounts.Detach(group.MountPoint);
        }
        RemoveMountPoint(group.MountPoint);
    }

    private static void RemoveMountPoint(string path)
    {
        try
        {
            Directory.Delete(path);
        }
        catch (IOException)
        {
            // Somebody made files below while nothing was mounted; they are not ours to remove.
        }
    }

    /// <summary>Mounts the group and reads its volumes; leaves the reason in its state when that fails. Never throws for the unit's faults.</summary>
    private async Task BringOnlineAsync(VolumeGroup group, string? renameTo = null)
    {
        if (FileStatus.TryRead(group.UnitPath) is not { Kind: FileKind.Regular or FileKind.BlockDevice })
        {
            group.SetState(GroupState.Missing, new StorageProblem(
                StorageCodes.GroupMissing, $"The unit {group.UnitPath} is missing.", null, Args(group)));
            return;
        }
        try
        {
            await MountUnitAsync(group);
        }
        catch (Exception e) when (e is Win32Exception or IOException or UnauthorizedAccessException)
        {
            RemoveMountPoint(group.MountPoint);
            group.SetState(GroupState.Failed, new StorageProblem(
                StorageCodes.GroupDamaged,
                $"The file system on {group.UnitPath} cannot be mounted ({e.Message}). Another node on this machine may have it, or it needs repair with xfs_repair.",
                null,
                Args(group, e.Message)));
            return;
        }
        try
        {
            var identity = GroupIdentityReader.ReadMounted(group.MountPoint);
            if (identity.State != GroupIdentityState.Good || identity.Document!.Id != group.Id)
            {
                UnmountUnit(group);
                var reason = identity.State == GroupIdentityState.Good ? $"another group, “{identity.Document!.Name}”, is on it" : identity.Reason ?? "there is none";
                group.SetState(GroupState.Failed, new StorageProblem(
                    StorageCodes.GroupDamaged, $"The volume group on {group.UnitPath} cannot be used: {reason}.", null, Args(group, reason)));
                return;
            }
            if (renameTo is not null && renameTo != identity.Document.Name)
                SealedDocument.Write(
                    Path.Combine(group.MountPoint, GroupDocument.FileName), identity.Document with { Name = renameTo }, VolumesJson.Options, MetadataMode);
            Load(group);
        }
        catch (Exception e) when (e is Win32Exception or IOException or UnauthorizedAccessException)
        {
            UnmountUnit(group);
            group.SetState(GroupState.Failed, new StorageProblem(
                StorageCodes.GroupDamaged, $"The volume group on {group.UnitPath} cannot be read: {e.Message}", null, Args(group, e.Message)));
        }
    }

    private void Load(VolumeGroup group)
    {
        group.Directory.Prepare();
        if (group.Directory.Sweep() is > 0 and var swept)
            LogSwept(_logger, group.Name, swept);
        group.Volumes = [.. group.Directory.List().Select(v => NewVolume(group, v.Directory, v.Document, v.Problem))];
        foreach (var volume in group.Volumes)
        {
            LoadSnapshots(group, volume);
            MountNas(group, volume);
        }
        group.SetState(GroupState.Online, null);
        foreach (var volume in group.Volumes)
            volume.Resume();
    }

    private LogicalVolume NewVolume(VolumeGroup group, string directory, VolumeDocument document, StorageProblem? problem) =>
        new(directory, document, problem, _time, (volume, failure) => OnInitialisationEnded(group, volume, failure), _logger);

    /// <summary>Closes, stops and unmounts everything of the group. The volumes stay listed, so that it can be said what is gone.</summary>
    /// <param name="state">What is shown, together with the reason, from when those who can go on without the medium do: before, they would be taken for lost.</param>
    private async Task GoOfflineAsync(VolumeGroup group, GroupState state = GroupState.Missing, StorageProblem? problem = null)
    {
        if (group.State != GroupState.Online)
            return;
        var ids = group.Volumes.SelectMany(v => v.Snapshots.Select(s => s.Id).Append(v.Id)).ToList();
        group.KeptOpen = problem is null ? [] : await _users.LoseMediumAsync(ids);
        group.SetState(state, problem);
        await _users.ReleaseAsync([.. ids.Except(group.KeptOpen)]);
        foreach (var volume in group.Volumes)
        {
            await volume.StopAsync();
            UnmountAll(volume);
        }
        for (var attempt = 1; group.KeptOpen.Count == 0 && attempt < AttemptsMaximum && !TryUnmount(group); attempt++)
            await Task.Delay(AttemptPause, _time);
        UnmountUnit(group);
    }

    private static bool TryUnmount(VolumeGroup group)
    {
        try
        {
            return Mounts.TryUnmount(group.MountPoint);
        }
        catch (Win32Exception)
        {
            // The unit is gone and cannot be written any more; UnmountUnit detaches.
            return true;
        }
    }

    private async Task<bool> CheckOnlineAsync(VolumeGroup group)
    {
        var status = FileStatus.TryRead(group.UnitPath);
        var gone = status is null || status.Identity != group.UnitIdentity;
        var dead = !gone && FileStatus.TryRead(Path.Combine(group.MountPoint, GroupDocument.FileName)) is null;
        if (!gone && !dead)
            return false;
        if (gone)
            await GoOfflineAsync(group, GroupState.Missing, new StorageProblem(StorageCodes.GroupMissing, $"The unit {group.UnitPath} is missing.", null, Args(group)));
        else
            await GoOfflineAsync(group, GroupState.Failed, new StorageProblem(
                StorageCodes.GroupDamaged, $"The file system on {group.UnitPath} does not answer any more (input/output error).", null, Args(group, "input/output error")));
        ReportOffline(group);
        return true;
    }

    private async Task<bool> TryReturnAsync(VolumeGroup group)
    {
        if (FileStatus.TryRead(group.UnitPath) is null || group.KeptOpen.Any(_users.IsWithoutMedium))
            return false;
        if (group.KeptOpen.Count > 0)
            await _users.ReleaseAsync(group.KeptOpen);
        group.KeptOpen = [];
        var before = group.Problem;
        await BringOnlineAsync(group);
        if (group.State == GroupState.Online)
        {
            Report(
                StorageSeverity.Info, "group.online", group.Name, $"Volume group “{group.Name}” on {group.UnitPath} is online again.",
                ("group", group.Name), ("unit", group.UnitPath));
            return true;
        }
        if (group.Problem?.Detail != before?.Detail)
            ReportOffline(group);
        return false;
    }

    private void ReportOffline(VolumeGroup group)
    {
        if (group.State == GroupState.Missing)
            Report(
                StorageSeverity.Error, "group.missing", group.Name, $"Volume group “{group.Name}” is offline: its unit {group.UnitPath} is missing.",
                ("group", group.Name), ("unit", group.UnitPath));
        else
            Report(
                StorageSeverity.Error, "group.failed", group.Name, $"Volume group “{group.Name}” is offline. {group.Problem?.Detail}",
                ("group", group.Name), ("unit", group.UnitPath), ("reason", group.Problem?.Detail ?? ""));
    }

    private static Dictionary<string, string> Args(VolumeGroup group) => new() { ["group"] = group.Name, ["unit"] = group.UnitPath };

    private static Dictionary<string, string> Args(VolumeGroup group, string reason) => new(Args(group)) { ["reason"] = reason };
}
