using System.ComponentModel;
using Futago.Volumes.Groups;
using Futago.Volumes.LogicalVolumes;
using Futago.Volumes.Snapshots;

namespace Futago.Volumes;

/// <summary>What snapshots take, and what happens when it is too much: snapshots go, the volume stays.</summary>
public sealed partial class VolumeCatalogue
{
    /// <summary>Measuring takes at most this part of the time.</summary>
    private const int MeasureShare = 20;

    private static readonly TimeSpan RoomTimeout = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan MeasureInterval = TimeSpan.FromSeconds(5);

    private readonly Dictionary<Guid, (long Timestamp, TimeSpan Took)> _measured = [];
    private readonly HashSet<Guid> _exceeded = [];
    private readonly SemaphoreSlim _measuring = new(1);
    private readonly Lock _roomLock = new();
    private Task<bool> _room = Task.FromResult(false);

    /// <summary>
    /// Measures what is due, and drops the oldest unprotected snapshots of a volume whose reserve is exceeded, and of a group that is
    /// short of space. The host calls it twice a second; without snapshots it costs next to nothing.
    /// </summary>
    public async Task CheckSnapshotSpaceAsync()
    {
        await _measuring.WaitAsync();
        try
        {
            foreach (var group in _groups.Where(g => g.State == GroupState.Online))
            {
                foreach (var volume in group.Volumes.Where(v => IsMeasureDue(v)))
                {
                    Measure(volume);
                    if (IsOverReserve(volume))
                        await ChangeAsync(() => EnforceReserveAsync(group, volume));
                }
                if (group.Volumes.Exists(v => v.Snapshots.Exists(MayBeDropped)) && group.IsShortOfSpace())
                    await ChangeAsync(() => MakeRoomAsync(group));
            }
        }
        finally
        {
            _measuring.Release();
        }
    }

    /// <summary>
    /// A write of a LUN found no space. Blocks until a snapshot was dropped, for at most <see cref="RoomTimeout"/>: whoever changes the
    /// catalogue may be waiting for that very write.
    /// </summary>
    /// <returns>False when there is nothing to drop.</returns>
    public bool TryMakeRoom(Guid volumeId)
    {
        if (_groups.Find(g => g.Volumes.Exists(v => v.Id == volumeId)) is not { } group)
            return false;
        Task<bool> room;
        lock (_roomLock)
        {
            // Writes that fail together wait for one and the same snapshot.
            if (_room.IsCompleted)
                _room = ChangeAsync(() => DropOldestAsync(group));
            room = _room;
        }
        try
        {
            return room.Wait(RoomTimeout) && room.Result;
        }
        catch (AggregateException e)
        {
            LogNoRoom(_logger, group.Name, e.GetBaseException());
            return false;
        }
    }

    private bool IsMeasureDue(LogicalVolume volume)
    {
        if (volume.Snapshots.IsEmpty && volume.Document.ClonedFrom is null)
        {
            volume.SnapshotUsage = null;
            return false;
        }
        if (volume.SnapshotUsage is null || !_measured.TryGetValue(volume.Id, out var last))
            return true;
        var pause = last.Took * MeasureShare;
        return _time.GetElapsedTime(last.Timestamp) >= (pause > MeasureInterval ? pause : MeasureInterval);
    }

    private void Measure(LogicalVolume volume)
    {
        var start = _time.GetTimestamp();
        try
        {
            volume.SnapshotUsage = SnapshotUsage.Measure(volume.DataPath, [.. volume.Snapshots.Where(s => s.Problem is null)]);
        }
        catch (Win32Exception e)
        {
            // A snapshot was deleted meanwhile, or the unit is going away.
            LogNotMeasured(_logger, volume.Name, e.Message);
        }
        _measured[volume.Id] = (_time.GetTimestamp(), _time.GetElapsedTime(start));
    }

    private static bool MayBeDropped(Snapshot snapshot) => !snapshot.Document.Protected;

    private static bool IsOverReserve(LogicalVolume volume) => volume.SnapshotUsage is { } usage && usage.SnapshotBytes > volume.SnapshotReserveBytes;

    private async Task<bool> EnforceReserveAsync(VolumeGroup group, LogicalVolume volume)
    {
        if (group.State != GroupState.Online || !group.Volumes.Contains(volume))
            return false;
        while (IsOverReserve(volume) && volume.Snapshots.Find(MayBeDropped) is { } oldest)
        {
            await DropAsync(group, volume, oldest, "reserve", "they use more than their reserve");
            Measure(volume);
        }
        if (!IsOverReserve(volume))
            return _exceeded.Remove(volume.Id);
        if (!_exceeded.Add(volume.Id))
            return false;
        var (path, used, reserve) = ($"{group.Name}/{volume.Name}", SizeText.Of(volume.SnapshotUsage!.SnapshotBytes), SizeText.Of(volume.SnapshotReserveBytes));
        Report(
            StorageSeverity.Warning, "snapshot.reserve-exceeded", path,
            $"The protected snapshots of volume {path} use {used}, more than the reserve of {reserve}. The volume goes on; delete some or raise the reserve.",
            ("volume", path), ("used", used), ("reserve", reserve));
        return true;
    }

    /// <summary>Drops snapshots of the group, the oldest first, until it is no longer short.</summary>
    private async Task<bool> MakeRoomAsync(VolumeGroup group)
    {
        while (group.IsShortOfSpace())
        {
            if (!await DropOldestAsync(group))
                return false;
        }
        return true;
    }

    private async Task<bool> DropOldestAsync(VolumeGroup group)
    {
        var oldest = group.Volumes.SelectMany(v => v.Snapshots.Where(MayBeDropped).Select(s => (Volume: v, Snapshot: s)))
            .OrderBy(o => o.Snapshot.Document.CreatedAt).FirstOrDefault();
        if (oldest.Snapshot is null || group.State != GroupState.Online)
            return false;
        await DropAsync(group, oldest.Volume, oldest.Snapshot, "group", $"volume group “{group.Name}” is short of space");
        return true;
    }

    private async Task DropAsync(VolumeGroup group, LogicalVolume volume, Snapshot snapshot, string reason, string because)
    {
        var path = $"{group.Name}/{volume.Name}@{snapshot.Name}";
        await RemoveAsync(volume, snapshot);
        Report(
            StorageSeverity.Warning, "snapshot.dropped", path,
            $"Snapshot {path} was dropped because {because}. Volume {group.Name}/{volume.Name} is not affected.",
            ("snapshot", path), ("volume", $"{group.Name}/{volume.Name}"), ("reason", reason));
    }
}
