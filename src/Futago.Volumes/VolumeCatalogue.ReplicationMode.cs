using Futago.Volumes.Groups;
using Futago.Volumes.LogicalVolumes;

namespace Futago.Volumes;

/// <summary>
/// The volume replication mode of volumes. A person sets it before there is a task; while a task has the volume, a mode that was set follows
/// its role, so that deleting the task leaves no source locked and no destination open.
/// </summary>
public sealed partial class VolumeCatalogue
{
    /// <param name="mode">Source or destination; <see cref="ClearReplicationModeAsync"/> takes it away.</param>
    /// <param name="check">Refuses with an exception when a task has the volume. Called while nothing else changes the catalogue.</param>
    /// <exception cref="StorageException">It is used and cannot be a destination; nothing has changed.</exception>
    public Task<VolumeStatus> SetReplicationModeAsync(string groupName, string name, ReplicationMode mode, Func<LogicalVolume, string, Task> check) => ChangeAsync(async () =>
    {
        if (mode is not (ReplicationMode.Source or ReplicationMode.Destination))
            throw StorageException.Invalid(
                StorageCodes.ReplicationModeInvalid, "The volume replication mode is source or destination; clearing it is an action of its own.", "mode");
        var group = GetOnlineGroup(groupName);
        var volume = GetVolume(group, name);
        var path = $"{groupName}/{name}";
        if (volume.Problem is { } problem)
            throw new StorageException(problem, RefusalKind.Conflict);
        await check(volume, path);
        if (mode == ReplicationMode.Destination && _users.UsersOf(volume.Id) is { Count: > 0 } users)
        {
            var named = string.Join("; ", users.Take(5).Select(u => u.Description));
            throw StorageException.Conflict(
                StorageCodes.ReplicationDestinationInUse, $"Volume {path} is in use ({named}). A destination can be used for nothing else; end that use first.", "mode",
                ("volume", path), ("users", named));
        }
        if (SetMode(group, volume, mode))
            Report(
                StorageSeverity.Info, mode == ReplicationMode.Source ? "volume.mode-source" : "volume.mode-destination", path,
                mode == ReplicationMode.Source
                    ? $"Volume {path} is now in the volume replication mode source."
                    : $"Volume {path} is now in the volume replication mode destination: it is locked against every other use.",
                ("volume", path));
        return ToStatus(group, volume);
    });

    /// <summary>Takes away the mode, and the metadata of volume replication that lies beside the volume. Its data stays as it is.</summary>
    /// <param name="confirm">The volume's name or path.</param>
    /// <param name="forget">
    /// Deletes the metadata, or refuses with an exception, also when a task has the volume. Called while nothing else changes the catalogue; it may wait for targets and replications.
    /// </param>
    public Task<VolumeStatus> ClearReplicationModeAsync(string groupName, string name, string? confirm, Func<LogicalVolume, string, Task> forget) => ChangeAsync(async () =>
    {
        var group = GetOnlineGroup(groupName);
        var volume = GetVolume(group, name);
        var path = $"{groupName}/{name}";
        CheckConfirmation(confirm, name, path);
        var had = volume.IsReplicated;
        await forget(volume, path);
        // Last: a crash in between leaves a volume that is still locked, never one that is open with the metadata of a replication.
        if (SetMode(group, volume, ReplicationMode.None) || had)
            Report(
                StorageSeverity.Warning, "volume.mode-cleared", path, $"The volume replication mode{(had ? " and the replication metadata" : "")} of volume {path} were cleared; its data is unchanged.",
                ("volume", path));
        if (volume.FileSystem is null)
            MountNas(group, volume);
        AvailabilityChanged?.Invoke();
        return ToStatus(group, volume);
    });

    /// <summary>The role that a task gives the volume takes the place of a mode that was set; a volume without one stays without.</summary>
    public Task FollowRoleAsync(Guid volumeId, ReplicationMode role)
    {
        if (FindUsable(volumeId, out _, out _) is not { ReadOnly: false } seen || seen.ReplicationMode == ReplicationMode.None || seen.ReplicationMode == role)
            return Task.CompletedTask;
        return ChangeAsync(() =>
        {
            var (group, volume) = GetVolume(volumeId);
            if (volume.ReplicationMode != ReplicationMode.None)
                SetMode(group, volume, role);
            return Task.FromResult(true);
        });
    }

    /// <summary>Why nobody but volume replication may use the volume now; null when everybody may.</summary>
    public StorageProblem? WhyLocked(Guid volumeId) =>
        (from g in _groups from v in g.Volumes where v.Id == volumeId select WhyLocked(g, v)).FirstOrDefault();

    // In a task, the replication itself says on which node the volume is served.
    private StorageProblem? WhyLocked(VolumeGroup group, LogicalVolume volume)
    {
        if (volume.ReplicationMode != ReplicationMode.Destination || TaskOf(volume) is not null)
            return null;
        var path = $"{group.Name}/{volume.Name}";
        return new StorageProblem(
            StorageCodes.ReplicationModeDestination,
            $"Volume {path} is in the volume replication mode destination and locked against every other use. Set it to source, or clear its replication mode, first.", null,
            new Dictionary<string, string> { ["volume"] = path });
    }

    private void CheckNotLocked(VolumeGroup group, LogicalVolume volume)
    {
        if (WhyLocked(group, volume) is { } problem)
            throw new StorageException(problem, RefusalKind.Conflict);
    }

    private string? TaskOf(LogicalVolume volume) => _users.UsersOf(volume.Id).FirstOrDefault(u => u.Replication is not null)?.Replication;

    /// <returns>False when it had that mode already.</returns>
    private bool SetMode(VolumeGroup group, LogicalVolume volume, ReplicationMode mode)
    {
        if (volume.ReplicationMode == mode)
            return false;
        Attempt(group, 0, () =>
        {
            volume.Update(volume.Document with { ReplicationMode = mode == ReplicationMode.None ? null : mode });
            return true;
        });
        AvailabilityChanged?.Invoke();
        return true;
    }
}
