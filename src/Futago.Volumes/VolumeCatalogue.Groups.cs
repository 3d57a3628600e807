using System.ComponentModel;
using Futago.Volumes.Groups;
using Futago.Volumes.Linux;
using Futago.Volumes.Metadata;
using Futago.Volumes.Programs;
using Futago.Volumes.Units;

namespace Futago.Volumes;

/// <summary>Volume groups: create, import, export, destroy.</summary>
public sealed partial class VolumeCatalogue
{
    private const UnixFileMode MetadataMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Formatting writes little, but a slow disk may be busy with something else.</summary>
    private static readonly TimeSpan FormatTimeout = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan WipeTimeout = TimeSpan.FromMinutes(1);

    /// <param name="name">Null for the next free default name.</param>
    /// <param name="overwrite">Also format a unit that carries foreign data.</param>
    public Task<GroupStatus> CreateGroupAsync(string? name, string unitPath, bool overwrite) => ChangeAsync(async () =>
    {
        var path = ResolvePath(unitPath, "unitPath");
        name ??= ObjectName.Next("vg", 2, [.. _groups.Select(g => g.Name)]);
        CheckNewGroupName(name, "name");
        _probes.Remove(path);
        await RefreshUnitsAsync();
        var unit = Examine(GetUnit(path));
        CheckMayFormat(unit, overwrite);
        if (unit.Kind == UnitKind.BlockDevice)
            await CheckExclusiveAsync(unit.Path);

        var group = new VolumeGroup(Guid.NewGuid(), name, path, unit.Kind, Path.Combine(_options.MountRoot, name));
        await FormatAsync(unit, group.Id);
        try
        {
            await MountUnitAsync(group);
            group.Directory.Prepare();
            SealedDocument.Write(
                Path.Combine(group.MountPoint, GroupDocument.FileName),
                new GroupDocument(GroupDocument.CurrentVersion, group.Id, name, _time.GetUtcNow()),
                VolumesJson.Options,
                MetadataMode);
            Load(group);
            Remember(group);
        }
        catch (Exception e) when (e is Win32Exception or IOException)
        {
            UnmountUnit(group);
            await WipeAsync(path);
            throw StorageException.Conflict(StorageCodes.Internal, $"The volume group could not be created on {path}: {e.Message}", "unitPath", ("unit", path));
        }
        await RefreshUnitsAsync();
        Report(StorageSeverity.Info, "group.created", name, $"Volume group “{name}” was created on {path}.", ("group", name), ("unit", path));
        return group.ToStatus();
    });

    /// <summary>Takes over a group that another node made, or that was exported here.</summary>
    public Task<GroupStatus> ImportGroupAsync(string unitPath, string? newName) => ChangeAsync(async () =>
    {
        var path = ResolvePath(unitPath, "unitPath");
        var mentioned = await MentionAsync(path);
        try
        {
            var unit = Examine(GetUnit(path));
            if (unit.Use == UnitUse.Group)
                throw StorageException.Conflict(
                    StorageCodes.UnitInUse, $"Volume group “{unit.GroupName}” on {path} is online already.", "unitPath", ("unit", path), ("group", unit.GroupName ?? ""));
            if (unit.Use == UnitUse.SystemUse)
                throw StorageException.Conflict(StorageCodes.UnitInUse, $"The unit {path} is in use: {unit.Content}.", "unitPath", ("unit", path));
            if (unit.Use != UnitUse.Importable)
                throw StorageException.Conflict(
                    unit.GroupId is not null ? StorageCodes.GroupDamaged : StorageCodes.UnitNoGroup,
                    $"There is no volume group to import on {path}: it carries {unit.Content?.Text ?? "nothing"}.", "unitPath", ("unit", path));
            var id = unit.GroupId!.Value;
            if (_groups.Find(g => g.Id == id) is { } twin)
                throw StorageException.Conflict(
                    StorageCodes.UnitInUse,
                    $"The volume group on {path} is on this node already, as “{twin.Name}” on {twin.UnitPath}: this is a copy of it.",
                    "unitPath",
                    ("unit", path), ("group", twin.Name));
            var name = newName ?? unit.GroupName!;
            CheckNewGroupName(name, newName is null ? "unitPath" : "newName");
            var group = new VolumeGroup(id, name, path, unit.Kind, Path.Combine(_options.MountRoot, name));
            await BringOnlineAsync(group, renameTo: name);
            if (group.State != GroupState.Online)
                throw new StorageException(group.Problem! with { Field = "unitPath" }, RefusalKind.Conflict);
            Remember(group);
            await RefreshUnitsAsync();
            AvailabilityChanged?.Invoke();
            Report(StorageSeverity.Info, "group.imported", name, $"Volume group “{name}” was imported from {path}.", ("group", name), ("unit", path));
            return group.ToStatus();
        }
        catch (StorageException) when (mentioned)
        {
            SaveKnown(_known.RemoveAll(k => k.Path == path));
            await RefreshUnitsAsync();
            throw;
        }
    });

    /// <summary>Takes the group offline and forgets it; everything stays on the unit.</summary>
    public Task<bool> ExportGroupAsync(string name) => ChangeAsync(async () =>
    {
        var group = GetGroup(name);
        CheckNotServed(group);
        await GoOfflineAsync(group);
        Forget(group);
        await RefreshUnitsAsync();
        AvailabilityChanged?.Invoke();
        Report(StorageSeverity.Info, "group.exported", name, $"Volume group “{name}” on {group.UnitPath} was exported.", ("group", name), ("unit", group.UnitPath));
        return true;
    });

    /// <summary>Destroys the group with all its volumes.</summary>
    public Task<bool> DestroyGroupAsync(string name, string? confirm) => ChangeAsync(async () =>
    {
        var group = GetGroup(name);
        if (group.State == GroupState.Missing)
            GetOnlineGroup(name);
        CheckConfirmation(confirm, name);
        CheckNotServed(group);
        foreach (var volume in group.Volumes)
            CheckNotLocked(group, volume);
        await GoOfflineAsync(group);
        await WipeAsync(group.UnitPath);
        Forget(group);
        await RefreshUnitsAsync();
        AvailabilityChanged?.Invoke();
        Report(
            StorageSeverity.Warning, "group.destroyed", name, $"Volume group “{name}” (volumes: {group.Volumes.Count}) was destroyed; {group.UnitPath} is free.",
            ("group", name), ("unit", group.UnitPath), ("count", $"{group.Volumes.Count}"));
        return true;
    });

    private void CheckNewGroupName(string name, string field)
    {
        ObjectName.Check(name, field);
        if (_groups.Find(g => g.Name == name) is { } taken)
            throw StorageException.Conflict(
                StorageCodes.NameTaken, $"There is a volume group “{name}” already, on {taken.UnitPath}; choose another name.", field, ("name", name));
    }

    /// <summary>Only a unit on which nothing can be lost is formatted; the refusal names what is there.</summary>
    private static void CheckMayFormat(Unit unit, bool overwrite)
    {
        switch (unit.Use)
        {
            case UnitUse.Missing:
                throw StorageException.NotFound(StorageCodes.UnitNotFound, $"The unit {unit.Path} is missing.", ("unit", unit.Path));
            case UnitUse.SystemUse:
                throw StorageException.Conflict(
                    StorageCodes.UnitInUse, $"The unit {unit.Path} is in use: {unit.Content}.", "unitPath", ("unit", unit.Path), ("content", unit.Content?.Text ?? ""));
            case UnitUse.Group:
                throw StorageException.Conflict(
                    StorageCodes.UnitInUse, $"The unit {unit.Path} belongs to the volume group “{unit.GroupName}”.", "unitPath",
                    ("unit", unit.Path), ("group", unit.GroupName ?? ""));
            case UnitUse.Importable:
                throw StorageException.Conflict(
                    StorageCodes.UnitInUse, $"The unit {unit.Path} carries the volume group “{unit.GroupName}”; import it, and destroy it if it is not needed.", "unitPath",
                    ("unit", unit.Path), ("group", unit.GroupName ?? ""));
            case UnitUse.ForeignData when !overwrite:
                throw StorageException.Conflict(
                    StorageCodes.UnitHasData, $"The unit {unit.Path} carries data: {unit.Content}. Confirm that it may be overwritten.", "unitPath",
                    ("unit", unit.Path), ("content", unit.Content?.Text ?? ""));
        }
        if (unit.SizeBytes < UnitBytesMinimum)
            throw StorageException.Conflict(
                StorageCodes.UnitTooSmall, $"The unit {unit.Path} has {SizeText.Of(unit.SizeBytes)}; a volume group needs {SizeText.Of(UnitBytesMinimum)}.", "unitPath",
                ("unit", unit.Path), ("minimum", SizeText.Of(UnitBytesMinimum)));
    }

    /// <summary>The kernel knows of uses that are not to be seen from here, such as a mount in another namespace.</summary>
    private async Task CheckExclusiveAsync(string path)
    {
        for (var attempt = 1; attempt < AttemptsMaximum && !TryOpenExclusively(path, out _); attempt++)
            await Task.Delay(AttemptPause, _time);
        if (!TryOpenExclusively(path, out var e))
        {
            throw StorageException.Conflict(StorageCodes.UnitInUse, $"The unit {path} cannot be used: {e!.Message}.", "unitPath", ("unit", path));
        }
    }

    private static bool TryOpenExclusively(string path, out Win32Exception? refusal)
    {
        refusal = null;
        try
        {
            FileDescriptor.Open(path, LibC.O_RDONLY | LibC.O_EXCL).Dispose();
            return true;
        }
        catch (Win32Exception e)
        {
            refusal = e;
            return false;
        }
    }

    private void CheckNotServed(VolumeGroup group)
    {
        var users = group.Volumes.SelectMany(v => v.Snapshots.Select(s => s.Id).Append(v.Id)).SelectMany(id => _users.UsersOf(id).Where(u => u.Active)).ToList();
        if (users.Count > 0)
            throw StorageException.Conflict(
                StorageCodes.GroupBusy,
                $"Volume group “{group.Name}” is in use by {string.Join("; ", users.Take(5).Select(u => u.Description))}{(users.Count > 5 ? "; …" : "")}. Stop the target, or delete the task of the replication, first.",
                null,
                ("group", group.Name), ("users", string.Join("; ", users.Take(5).Select(u => u.Description))));
    }

    private async Task FormatAsync(Unit unit, Guid id)
    {
        // -K: no discard, or mkfs would punch out the space that the image has just been given.
        var result = await RunOnUnitAsync(
            "mkfs.xfs", ["-f", "-q", "-K", "-L", SignatureProbe.GroupLabel, "-m", $"reflink=1,uuid={id}", unit.Path], FormatTimeout);
        if (result.ExitCode != 0)
            throw StorageException.Conflict(
                StorageCodes.Internal, $"The unit {unit.Path} could not be formatted: {result.Error}", "unitPath", ("unit", unit.Path));
    }

    private async Task WipeAsync(string path)
    {
        var result = await RunOnUnitAsync("wipefs", ["--all", "--quiet", path], WipeTimeout);
        if (result.ExitCode != 0)
            throw StorageException.Conflict(StorageCodes.Internal, $"The signatures on {path} could not be removed: {result.Error}", null, ("unit", path));
    }

    /// <summary>Runs a program that wants the unit for itself, while another node of the machine may have a look at it for a moment.</summary>
    private async Task<ProgramResult> RunOnUnitAsync(string program, IReadOnlyList<string> arguments, TimeSpan timeout)
    {
        for (var attempt = 1; ; attempt++)
        {
            var result = await ProgramRunner.RunAsync(program, arguments, timeout);
            if (result.ExitCode == 0 || attempt == AttemptsMaximum || !result.Error.Contains("busy", StringComparison.OrdinalIgnoreCase))
                return result;
            await Task.Delay(AttemptPause, _time);
        }
    }

    /// <summary>An image that is to be imported may be one that this node has not heard of.</summary>
    /// <returns>True when it was added to the known ones.</returns>
    private async Task<bool> MentionAsync(string path)
    {
        _probes.Remove(path);
        await RefreshUnitsAsync();
        if (_units.Any(u => u.Path == path) || FileStatus.TryRead(path) is not { Kind: FileKind.Regular })
            return false;
        SaveKnown(_known.Add(new KnownUnit(path, UnitKind.Image)));
        await RefreshUnitsAsync();
        return true;
    }

    private void Remember(VolumeGroup group)
    {
        SaveKnown(_known.RemoveAll(k => k.Path == group.UnitPath || k.GroupId == group.Id).Add(new KnownUnit(group.UnitPath, group.UnitKind, group.Id, group.Name)));
        _groups = _groups.RemoveAll(g => g.Id == group.Id).Add(group);
    }

    private void Forget(VolumeGroup group)
    {
        var others = _known.RemoveAll(k => k.GroupId == group.Id);
        SaveKnown(group.UnitKind == UnitKind.Image ? others.Add(new KnownUnit(group.UnitPath, UnitKind.Image)) : others);
        _groups = _groups.Remove(group);
    }
}
