using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Iscsi;
using Futago.Engine.Contracts.Replication;
using Futago.Engine.Status;
using Futago.Volumes;
using Futago.Volumes.LogicalVolumes;

namespace Futago.Engine.Replication;

/// <summary>The volume replication mode of volumes that no task has (yet, or any more).</summary>
internal sealed partial class ReplicationService
{
    private LeftMetadata Left => new(_parts.NoteDirectory, _parts.Time);

    /// <exception cref="StorageException">Refused.</exception>
    /// <exception cref="ProblemException">Refused.</exception>
    public Task<VolumeStatus> SetModeAsync(string group, string name, SetVolumeReplicationMode request) => _parts.Catalogue.SetReplicationModeAsync(
        group, name, Enum.Parse<ReplicationMode>(request.Mode.ToString()),
        (volume, path) => _parts.Targets.WhileInForceAsync(configuration => CheckNoTask(configuration, volume, path)));

    /// <exception cref="ProblemException">There is no such volume, or it cannot be used now.</exception>
    public ClearReplicationPreview PreviewClear(string group, string name)
    {
        var path = $"{group}/{name}";
        var status = _parts.Catalogue.Volumes.FirstOrDefault(v => v.Group == group && v.Name == name)
            ?? throw ProblemException.NotFound(ProblemCodes.VolumeNotFound, "There is no such volume.", ("volume", path));
        var mode = Enum.Parse<VolumeReplicationMode>(status.ReplicationMode.ToString());
        if (TaskOf(_parts.Targets.Configuration, status.Id) is { } task)
            return new ClearReplicationPreview(mode, status.ReplicationMetadata, ModeOfTask.Problem(path, task), MayAnyway: false);
        var volume = _parts.Catalogue.FindUsable(status.Id, out _, out var problem) ?? throw new ProblemException(Mapping.ToProblem(problem!), 409);
        var refusal = Left.WhyNotClear(volume, path);
        return new ClearReplicationPreview(mode, status.ReplicationMetadata, refusal, refusal is not null);
    }

    /// <exception cref="StorageException">Refused.</exception>
    /// <exception cref="ProblemException">Refused.</exception>
    public Task<VolumeStatus> ClearModeAsync(string group, string name, ClearVolumeReplicationMode request) => _parts.Catalogue.ClearReplicationModeAsync(
        group, name, request.Confirm, (volume, path) => _parts.Targets.WhileInForceAsync(configuration =>
        {
            // A task that comes now finds no metadata and makes its own, or is seen here.
            CheckNoTask(configuration, volume, path);
            Left.Forget(volume, path, request.Anyway);
        }));

    private void CheckNoTask(EngineConfiguration configuration, LogicalVolume volume, string path)
    {
        if (TaskOf(configuration, volume.Id) is { } task)
            throw new ProblemException(ModeOfTask.Problem(path, task), 409);
    }

    private string? TaskOf(EngineConfiguration configuration, Guid volumeId)
    {
        lock (_lock)
            return (configuration.Replications.FirstOrDefault(r => r.VolumeId == volumeId) ?? OfVolume(volumeId)?.Configuration)?.TaskName;
    }
}
