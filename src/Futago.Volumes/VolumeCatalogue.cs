using System.Collections.Immutable;
using Futago.Volumes.Groups;
using Futago.Volumes.LogicalVolumes;
using Futago.Volumes.Nas;
using Futago.Volumes.Snapshots;
using Futago.Volumes.Units;
using Microsoft.Extensions.Logging;

namespace Futago.Volumes;

/// <summary>
/// The units, volume groups and logical volumes of a node. Changes run one after the other behind a gate, each durable before it
/// is reported; what is read comes from immutable snapshots and never waits for a change under way.
/// </summary>
public sealed partial class VolumeCatalogue : ISnapshots, IDisposable
{
    private readonly VolumeCatalogueOptions _options;
    private readonly IVolumeUsers _users;
    private readonly TimeProvider _time;
    private readonly ILogger<VolumeCatalogue> _logger;
    private readonly SemaphoreSlim _gate = new(1);
    private readonly BlockDeviceScanner _scanner = new();
    private readonly GroupIdentityReader _identities;
    private volatile ImmutableList<VolumeGroup> _groups = [];
    private volatile ImmutableList<KnownUnit> _known = [];
    private volatile IReadOnlyList<Unit> _units = [];

    public VolumeCatalogue(VolumeCatalogueOptions options, IVolumeUsers users, TimeProvider time, ILogger<VolumeCatalogue> logger)
    {
        _options = options with { MountRoot = Path.GetFullPath(options.MountRoot) };
        _users = users;
        _time = time;
        _logger = logger;
        _identities = new GroupIdentityReader(_options.MountRoot);
    }

    /// <summary>Something noteworthy happened. Raised after the change is durable; handlers must be quick.</summary>
    public event Action<StorageEvent>? Happened;

    /// <summary>A volume became available or went away: whoever serves volumes looks again.</summary>
    public event Action? AvailabilityChanged;

    /// <summary>Units as of the last look, which is at most a few seconds old while the host calls <see cref="CheckUnitsAsync"/>.</summary>
    public IReadOnlyList<Unit> Units => _units;

    public IReadOnlyList<GroupStatus> Groups => [.. _groups.OrderBy(g => g.Name, StringComparer.Ordinal).Select(g => g.ToStatus())];

    public IReadOnlyList<VolumeStatus> Volumes =>
        [.. _groups.OrderBy(g => g.Name, StringComparer.Ordinal).SelectMany(g => g.Volumes.OrderBy(v => v.Name, StringComparer.Ordinal).Select(v => ToStatus(g, v)))];

    /// <summary>Finds a volume, or a snapshot as a read-only one, that can be opened now: its group is online and it is whole.</summary>
    /// <param name="path">Its path for people, <c>vg00/lv0000</c> or <c>vg00/lv0000@snap0000</c>.</param>
    /// <param name="problem">Why there is none.</param>
    public LogicalVolume? FindUsable(Guid volumeId, out string? path, out StorageProblem? problem)
    {
        foreach (var group in _groups)
        {
            if (FindServable(group, volumeId, out path) is not { } volume)
                continue;
            problem = group.State == GroupState.Online
                ? volume.Problem
                : new StorageProblem(
                    StorageCodes.GroupOffline,
                    $"Volume group “{group.Name}” is not online: {group.Problem?.Detail ?? "its unit is missing."}",
                    null,
                    new Dictionary<string, string> { ["group"] = group.Name });
            return problem is null ? volume : null;
        }
        path = null;
        problem = new StorageProblem(
            StorageCodes.VolumeNotFound, $"There is no volume with the identifier {volumeId} on this node.", null,
            new Dictionary<string, string> { ["volume"] = volumeId.ToString() });
        return null;
    }

    public void Dispose()
    {
        _gate.Dispose();
        _measuring.Dispose();
    }

    private LogicalVolume? FindServable(VolumeGroup group, Guid id, out string? path)
    {
        foreach (var volume in group.Volumes)
        {
            path = $"{group.Name}/{volume.Name}";
            if (volume.Id == id)
                return volume;
            if (volume.Snapshots.Find(s => s.Id == id) is { } snapshot)
            {
                path = $"{path}@{snapshot.Name}";
                return LogicalVolume.OfSnapshot(snapshot, _time, _logger);
            }
        }
        path = null;
        return null;
    }

    private VolumeStatus ToStatus(VolumeGroup group, LogicalVolume volume) => ToStatus(group, volume, volume.FileSystem);

    private VolumeStatus ToStatus(VolumeGroup group, LogicalVolume volume, NasFileSystem? fileSystem) => new(
        volume.Id,
        group.Name,
        volume.Name,
        volume.SizeBytes,
        group.State == GroupState.Online ? volume.AllocatedBytes : 0,
        volume.Thin,
        volume.IoType,
        group.State == GroupState.Online
            ? volume.Problem
            : new StorageProblem(StorageCodes.GroupOffline, $"Volume group “{group.Name}” is not online.", null, new Dictionary<string, string> { ["group"] = group.Name }),
        group.State == GroupState.Online ? volume.Initialisation : null,
        volume.CreatedAt,
        [.. _users.UsersOf(volume.Id).Select(u => u.Description)],
        volume.IsNas,
        fileSystem?.MountPoint,
        fileSystem?.MeasureSpace() ?? (0, 0),
        volume.Snapshots.Count,
        volume.SnapshotReservePercent,
        volume.SnapshotReserveBytes,
        volume.Snapshots.IsEmpty ? 0 : volume.SnapshotUsage?.SnapshotBytes,
        volume.ReplicationMode,
        group.State == GroupState.Online && volume.IsReplicated);

    /// <summary>Runs one change on a pool thread, alone. What the system refuses comes out as a sentence.</summary>
    private async Task<T> ChangeAsync<T>(Func<Task<T>> change)
    {
        await _gate.WaitAsync();
        try
        {
            return await Task.Run(change);
        }
        finally
        {
            _gate.Release();
        }
    }

    private VolumeGroup GetGroup(string name) =>
        _groups.Find(g => g.Name == name)
        ?? throw StorageException.NotFound(
            StorageCodes.GroupNotFound, $"There is no volume group “{ObjectName.Printable(name)}” on this node.", ("group", ObjectName.Printable(name)));

    private VolumeGroup GetOnlineGroup(string name)
    {
        var group = GetGroup(name);
        return group.State switch
        {
            GroupState.Online => group,
            GroupState.Missing => throw StorageException.Conflict(
                StorageCodes.GroupMissing, $"The unit {group.UnitPath} of volume group “{name}” is missing; connect it and try again.", null,
                ("group", name), ("unit", group.UnitPath)),
            _ => throw StorageException.Conflict(
                StorageCodes.GroupOffline, $"Volume group “{name}” is not online: {group.Problem?.Detail}", null, ("group", name)),
        };
    }

    private static LogicalVolume GetVolume(VolumeGroup group, string name) =>
        group.Find(name)
        ?? throw StorageException.NotFound(
            StorageCodes.VolumeNotFound,
            $"There is no volume “{ObjectName.Printable(name)}” in volume group “{group.Name}”.",
            ("volume", ObjectName.Printable(name)), ("group", group.Name));

    private static void CheckConfirmation(string? typed, string name, string? path = null)
    {
        if (typed != name && (path is null || typed != path))
            throw StorageException.Invalid(
                StorageCodes.ConfirmationMismatch, $"To confirm, type the name exactly as it is: {name}.", "confirm", ("name", name));
    }

    private void Report(StorageSeverity severity, string code, string obj, string text, params (string Name, string Value)[] args)
    {
        LogEvent(_logger, code, text);
        Happened?.Invoke(new StorageEvent(severity, code, obj, text, StorageException.ToArgs(args)));
    }

    [LoggerMessage(3101, LogLevel.Information, "{Code}: {Text}")]
    private static partial void LogEvent(ILogger logger, string code, string text);

    [LoggerMessage(3102, LogLevel.Warning, "Mount point {MountPoint} is still in use; it is released when its last user ends")]
    private static partial void LogStillInUse(ILogger logger, string mountPoint);

    [LoggerMessage(3103, LogLevel.Information, "Unfinished volume creations or deletions swept in group {Group}: {Count}")]
    private static partial void LogSwept(ILogger logger, string group, int count);

    [LoggerMessage(3105, LogLevel.Information, "Unfinished or abandoned snapshots of volume {Volume} swept: {Count}")]
    private static partial void LogSnapshotsSwept(ILogger logger, string volume, int count);

    [LoggerMessage(3106, LogLevel.Warning, "The space of the snapshots of volume {Volume} could not be measured: {Reason}")]
    private static partial void LogNotMeasured(ILogger logger, string volume, string reason);

    [LoggerMessage(3108, LogLevel.Warning, "No snapshot of group {Group} could be dropped")]
    private static partial void LogNoRoom(ILogger logger, string group, Exception exception);

    [LoggerMessage(3109, LogLevel.Warning, "What a killed engine had mounted at {MountPoint} through a replication was taken out of sight")]
    private static partial void LogMirrorSwept(ILogger logger, string mountPoint);

    [LoggerMessage(3107, LogLevel.Warning, "The file system of volume {Volume} could not be expanded: {Reason}")]
    private static partial void LogNotExpanded(ILogger logger, string volume, string reason);

    [LoggerMessage(3104, LogLevel.Warning, "Unit {Path} could not be examined: {Reason}")]
    private static partial void LogNotExamined(ILogger logger, string path, string reason);
}
