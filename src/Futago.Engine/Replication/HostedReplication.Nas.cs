using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Events;
using Futago.Engine.Status;
using Futago.Volumes;
using Futago.Volumes.LogicalVolumes;

namespace Futago.Engine.Replication;

/// <summary>
/// The file system of a NAS volume: mounted through the mirror while this node is source, and nowhere else. It goes before the role does, and comes
/// after it.
/// </summary>
internal sealed partial class HostedReplication
{
    /// <summary>A file system that cannot be mounted is tried again after this.</summary>
    private static readonly TimeSpan MountPause = TimeSpan.FromSeconds(5);

    private volatile ReplicatedNas? _nas;
    private volatile Problem? _nasProblem;
    private long _mountTriedAt;

    /// <summary>Not under the gate: a volume that was an ordinary one until now is mounted from its file, which the catalogue ends.</summary>
    /// <returns>Who still uses it, or null.</returns>
    private async Task<Problem?> ReleaseDirectMountAsync()
    {
        if (_volume is not null || !_parts.Catalogue.IsMountedDirectly(_configuration.VolumeId))
            return null;
        // People who have files open would lose what they have not saved; the replication can wait, they cannot be asked.
        if (_parts.Catalogue.ConnectedTo(_configuration.VolumeId) is { Count: > 0 } users)
            return ReplicationProblems.ShareConnected(TaskName, VolumePath(), string.Join("; ", users.Take(5)));
        try
        {
            await _parts.Catalogue.ReleaseFileSystemAsync(_configuration.VolumeId);
            return null;
        }
        catch (StorageException e)
        {
            return Mapping.ToProblem(e.Problem);
        }
    }

    private void PrepareNas(LogicalVolume volume, string path)
    {
        _nasProblem = null;
        _mountTriedAt = 0;
        _nas = !volume.IsNas ? null : new ReplicatedNas(
            _parts.Catalogue, volume, path, _device!, () => _parts.ReleaseShares(volume.Id), _parts.Time, _parts.Loggers.CreateLogger<ReplicatedNas>());
    }

    /// <summary>This node is source and serves: the file system is there too, in the size of the volume.</summary>
    private async Task ServeNasAsync()
    {
        if (_nas is not { } nas)
            return;
        if (nas.HasFailed)
        {
            Report(
                EventSeverity.Error, EventCodes.VolumeMountFailed, $"The file system of the volume of {TaskName} met an error of its medium and is mounted anew.",
                ("volume", VolumePath()), ("reason", "input/output error"));
            await nas.CutOffAsync();
        }
        if (nas.IsMounted)
        {
            await nas.FollowGrowthAsync();
            return;
        }
        if (_mountTriedAt != 0 && _parts.Time.GetElapsedTime(_mountTriedAt) < MountPause)
            return;
        _mountTriedAt = _parts.Time.GetTimestamp();
        var reason = await nas.MountAsync();
        var before = _nasProblem;
        _nasProblem = reason is null ? null : ReplicationProblems.NotMounted(TaskName, reason);
        if (_nasProblem is not null && _nasProblem.Detail != before?.Detail)
            Report(EventSeverity.Error, EventCodes.VolumeMountFailed, _nasProblem.Detail, ("volume", VolumePath()), ("reason", reason!));
    }

    /// <summary>The role is to be given up by this node's own will: the file system is whole on both nodes first.</summary>
    /// <returns>Who still uses it; the role stays then.</returns>
    private async Task<Problem?> WithdrawNasAsync() =>
        _nas is { IsMounted: true } nas && await nas.TryUnmountAsync() is { } users ? ReplicationProblems.FileSystemInUse(TaskName, VolumePath(), users) : null;

    /// <summary>The role is gone already.</summary>
    private async Task CutOffNasAsync()
    {
        _nasProblem = null;
        if (_nas is { } nas)
            await nas.CutOffAsync();
    }

    private async Task EndNasAsync()
    {
        var nas = _nas;
        (_nas, _nasProblem) = (null, null);
        if (nas is not null)
            await nas.EndAsync();
    }
}
