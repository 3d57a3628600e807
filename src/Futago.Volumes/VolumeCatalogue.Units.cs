using System.Collections.Immutable;
using System.ComponentModel;
using Futago.Volumes.Groups;
using Futago.Volumes.Linux;
using Futago.Volumes.Metadata;
using Futago.Volumes.Units;

namespace Futago.Volumes;

/// <summary>Units: what there is, what is on it, and disk images.</summary>
public sealed partial class VolumeCatalogue
{
    /// <summary>Smallest unit: XFS itself takes a few hundred MiB for its log and structures.</summary>
    public const long UnitBytesMinimum = 512L << 20;

    private const UnixFileMode StateFileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>How long what was found on an idle disk is believed without looking again.</summary>
    private static readonly TimeSpan ProbeValidity = TimeSpan.FromSeconds(30);

    private readonly Dictionary<string, Probe> _probes = new(StringComparer.Ordinal);

    /// <summary>Looks at every unit anew.</summary>
    public Task<IReadOnlyList<Unit>> ListUnitsAsync() => ChangeAsync(async () =>
    {
        _probes.Clear();
        await RefreshUnitsAsync();
        return _units;
    });

    /// <summary>Creates a disk image with all its space allocated, so that a full disk is noticed now and not under load.</summary>
    public Task<Unit> CreateImageAsync(string path, long sizeBytes) => ChangeAsync(async () =>
    {
        var full = CheckImagePath(path);
        if (sizeBytes <= 0)
            throw StorageException.Invalid(StorageCodes.SizeInvalid, "The size must be greater than zero.", "sizeBytes");
        var size = sizeBytes / SizeText.MiB * SizeText.MiB;
        if (size < UnitBytesMinimum)
            throw StorageException.Invalid(
                StorageCodes.SizeTooSmall, $"A disk image has at least {SizeText.Of(UnitBytesMinimum)}.", "sizeBytes", ("minimum", SizeText.Of(UnitBytesMinimum)));
        AllocateImage(full, size);
        SaveKnown(_known.Add(new KnownUnit(full, UnitKind.Image)));
        await RefreshUnitsAsync();
        Report(StorageSeverity.Info, "unit.image-created", full, $"Disk image {full} with {SizeText.Of(size)} was created.", ("unit", full), ("size", SizeText.Of(size)));
        return GetUnit(full);
    });

    /// <summary>Deletes an image file that carries no volume group.</summary>
    public Task<bool> DeleteImageAsync(string path, string? confirm) => ChangeAsync(async () =>
    {
        var full = ResolvePath(path, "path");
        await RefreshUnitsAsync();
        var unit = Examine(GetUnit(full));
        if (unit.Kind != UnitKind.Image)
            throw StorageException.Invalid(StorageCodes.UnitPathInvalid, $"{full} is not a disk image.", "path", ("unit", full));
        CheckConfirmation(confirm, path, full);
        if (unit.Use is UnitUse.Group or UnitUse.Importable || unit.GroupId is not null)
            throw StorageException.Conflict(
                StorageCodes.UnitInUse, $"Disk image {full} carries the volume group “{unit.GroupName}”; destroy the group first.", "path",
                ("unit", full), ("group", unit.GroupName ?? ""));
        if (unit.Use == UnitUse.SystemUse)
            throw StorageException.Conflict(StorageCodes.UnitInUse, $"Disk image {full} is in use: {unit.Content}.", "path", ("unit", full));
        File.Delete(full);
        SaveKnown(_known.RemoveAll(k => k.Path == full));
        await RefreshUnitsAsync();
        Report(StorageSeverity.Info, "unit.image-deleted", full, $"Disk image {full} was deleted.", ("unit", full));
        return true;
    });

    private static string CheckImagePath(string path)
    {
        if (string.IsNullOrEmpty(path) || !Path.IsPathFullyQualified(path) || path.Any(char.IsControl) || Path.EndsInDirectorySeparator(path))
            throw StorageException.Invalid(
                StorageCodes.UnitPathInvalid, $"“{ObjectName.Printable(path ?? "")}” is not the absolute path of a file.", "path", ("unit", ObjectName.Printable(path ?? "")));
        var full = Path.GetFullPath(path);
        var directory = Path.GetDirectoryName(full)!;
        if (full.StartsWith("/dev/", StringComparison.Ordinal) || full.StartsWith("/proc/", StringComparison.Ordinal) || full.StartsWith("/sys/", StringComparison.Ordinal))
            throw StorageException.Invalid(StorageCodes.UnitPathInvalid, $"{directory} is no place for files.", "path", ("unit", full));
        if (!Directory.Exists(directory))
            throw StorageException.Invalid(StorageCodes.UnitPathInvalid, $"The directory {directory} does not exist.", "path", ("unit", full));
        if (Path.Exists(full))
            throw StorageException.Conflict(StorageCodes.UnitExists, $"{full} exists already.", "path", ("unit", full));
        return full;
    }

    private static void AllocateImage(string path, long size)
    {
        try
        {
            using (new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = StateFileMode }))
            {
                // Created only if it is not there; its space comes below.
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw StorageException.Conflict(StorageCodes.UnitPathInvalid, $"{path} cannot be created: {e.Message}", "path", ("unit", path), ("reason", e.Message));
        }
        try
        {
            using var file = FileDescriptor.Open(path, LibC.O_RDWR);
            file.Allocate(0, size);
            file.Sync();
            DurableFile.SyncDirectory(Path.GetDirectoryName(path)!);
        }
        catch (Exception e) when (e is Win32Exception or IOException)
        {
            File.Delete(path);
            if (e is Win32Exception { NativeErrorCode: LibC.ENOSPC or LibC.EFBIG })
                throw StorageException.Conflict(
                    StorageCodes.UnitDiskFull,
                    $"There is not enough space for a disk image of {SizeText.Of(size)} in {Path.GetDirectoryName(path)}; nothing was created.",
                    "sizeBytes",
                    ("size", SizeText.Of(size)), ("directory", Path.GetDirectoryName(path)!));
            throw StorageException.Conflict(StorageCodes.UnitPathInvalid, $"{path} cannot be allocated: {e.Message}", "path", ("unit", path), ("reason", e.Message));
        }
    }

    /// <summary>Follows symbolic links (/dev/disk/by-id/…), so that one unit has one path.</summary>
    private static string ResolvePath(string? path, string field)
    {
        if (string.IsNullOrEmpty(path) || !Path.IsPathFullyQualified(path) || path.Any(char.IsControl))
            throw StorageException.Invalid(
                StorageCodes.UnitPathInvalid, $"“{ObjectName.Printable(path ?? "")}” is not an absolute path.", field, ("unit", ObjectName.Printable(path ?? "")));
        var full = Path.GetFullPath(path);
        try
        {
            return new FileInfo(full).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? full;
        }
        catch (IOException)
        {
            return full;
        }
    }

    private Unit GetUnit(string path) =>
        _units.FirstOrDefault(u => u.Path == path)
        ?? throw StorageException.NotFound(
            StorageCodes.UnitNotFound,
            File.Exists(path) && FileStatus.TryRead(path)?.Kind == FileKind.Regular
                ? $"{path} is not a disk image of this node; create one with its own name, or import the volume group on it."
                : $"There is no unit {path} on this node.",
            ("unit", path));

    /// <summary>
    /// The unit as it really is, before something is done to it that depends on it: what looks like a group is read with its log
    /// replayed, so that neither a group of a crashed node is taken for an empty one nor an unfinished one stands in the way.
    /// </summary>
    private Unit Examine(Unit unit)
    {
        if (unit.Use != UnitUse.ForeignData || unit.GroupId is null)
            return unit;
        _probes.Remove(unit.Path);
        var identity = _identities.Read(unit.Path, unit.Kind, recover: true);
        return identity.State switch
        {
            GroupIdentityState.Good => unit with
            {
                Use = UnitUse.Importable,
                Content = StoragePhrase.Group(identity.Document!.Name),
                GroupId = identity.Document.Id,
                GroupName = identity.Document.Name,
            },
            GroupIdentityState.Unfinished => unit with { Use = UnitUse.Free, GroupId = null },
            _ => unit with { Content = StoragePhrase.GroupUnusable(identity.Reason) },
        };
    }

    /// <summary>Under the gate: rebuilds the list of units, looking only at those whose content may have changed.</summary>
    private async Task RefreshUnitsAsync()
    {
        var known = _known;
        var images = known.Where(k => k.Kind == UnitKind.Image).Select(k => k.Path).ToHashSet(StringComparer.Ordinal);
        if (_options.ImageDirectory is { } directory && Directory.Exists(directory))
            images.UnionWith(Directory.EnumerateFiles(directory, "*.img"));
        var found = new List<Unit>();
        foreach (var device in _scanner.List(images, _options.MountRoot))
        {
            var (use, content, id, name) = device.SystemUse is { } systemUse
                ? (UnitUse.SystemUse, systemUse, null, null)
                : await DescribeAsync(device.Path, UnitKind.BlockDevice, $"{device.DeviceNumber}:{device.SizeBytes}");
            found.Add(new Unit(device.Path, UnitKind.BlockDevice, device.SizeBytes, device.Model, device.Serial, use, content, id, name));
        }
        foreach (var path in images.Order(StringComparer.Ordinal))
        {
            if (FileStatus.TryRead(path) is not { Kind: FileKind.Regular } status)
                continue;
            var (use, content, id, name) = await DescribeAsync(path, UnitKind.Image, $"{status.Identity}:{status.SizeBytes}:{status.ModifiedNs}");
            found.Add(new Unit(path, UnitKind.Image, status.SizeBytes, null, null, use, content, id, name));
        }
        foreach (var missing in known.Where(k => !found.Exists(u => u.Path == k.Path)))
        {
            var size = _groups.Find(g => g.Id == missing.GroupId)?.SizeBytes ?? 0;
            found.Add(new Unit(missing.Path, missing.Kind, size, null, null, UnitUse.Missing, null, missing.GroupId, missing.GroupName));
        }
        _units = found;
    }

    private async Task<(UnitUse Use, StoragePhrase? Content, Guid? GroupId, string? GroupName)> DescribeAsync(string path, UnitKind kind, string fingerprint)
    {
        // The content of an online group changes all the time; there is no need to look.
        if (_groups.Find(g => g.UnitPath == path && g.State == GroupState.Online) is { } online)
            return (UnitUse.Group, StoragePhrase.Group(online.Name), online.Id, online.Name);
        if (_probes.TryGetValue(path, out var probe) && probe.Fingerprint == fingerprint && _time.GetElapsedTime(probe.Timestamp) < ProbeValidity)
            return (probe.Use, probe.Content, probe.GroupId, probe.GroupName);
        var fresh = await ProbeAsync(path, kind, fingerprint);
        _probes[path] = fresh;
        return (fresh.Use, fresh.Content, fresh.GroupId, fresh.GroupName);
    }

    private async Task<Probe> ProbeAsync(string path, UnitKind kind, string fingerprint)
    {
        Probe Found(UnitUse use, StoragePhrase? content, Guid? id = null, string? name = null) =>
            new(fingerprint, _time.GetTimestamp(), use, content, id, name);

        try
        {
            var signature = await SignatureProbe.ReadAsync(path);
            if (signature.GroupId is null)
                return Found(signature.Description is null ? UnitUse.Free : UnitUse.ForeignData, signature.Description);
            var identity = _identities.Read(path, kind, recover: false);
            return identity.State switch
            {
                GroupIdentityState.Good => Found(UnitUse.Importable, StoragePhrase.Group(identity.Document!.Name), identity.Document.Id, identity.Document.Name),
                GroupIdentityState.Unfinished => Found(
                    UnitUse.ForeignData,
                    StoragePhrase.Of(StoragePhraseCodes.ContentGroupUnfinished, "a volume group that was not finished or not closed properly"), signature.GroupId),
                _ => Found(UnitUse.ForeignData, StoragePhrase.GroupUnusable(identity.Reason), signature.GroupId),
            };
        }
        catch (StorageException e)
        {
            LogNotExamined(_logger, path, e.Message);
            return Found(UnitUse.ForeignData, StoragePhrase.Of(
                StoragePhraseCodes.ContentUnexaminable, $"content that cannot be examined ({e.Message})", ("reason", e.Message)));
        }
    }

    private void SaveKnown(ImmutableList<KnownUnit> known)
    {
        SealedDocument.Write(_options.KnownUnitsPath, new KnownUnitsDocument(KnownUnitsDocument.CurrentVersion, known), VolumesJson.Options, StateFileMode);
        _known = known;
        _probes.Clear();
    }

    private sealed record Probe(string Fingerprint, long Timestamp, UnitUse Use, StoragePhrase? Content, Guid? GroupId, string? GroupName);
}
