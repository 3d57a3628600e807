using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Replication;
using Futago.Replication;
using Futago.Volumes.LogicalVolumes;

namespace Futago.Engine.Replication;

/// <summary>The metadata beside the volume: made for a new replication, never silently for one that had some.</summary>
internal sealed partial class HostedReplication
{
    private volatile string? _metadataPath;

    /// <summary>What the last verify found, as it lies beside the volume.</summary>
    private volatile VerifyReport? _keptVerify;

    /// <summary>
    /// Makes the metadata of a replication that is about to come into the configuration. Once the configuration is stored, metadata
    /// that is missing has been lost, and a source does not pass what it holds off as the truth.
    /// </summary>
    public static void Prepare(ReplicationParts parts, ReplicationConfiguration configuration)
    {
        if (parts.Catalogue.FindUsable(configuration.VolumeId, out _, out _) is not { ReadOnly: false } volume)
            return;
        try
        {
            if (!File.Exists(volume.ReplicationPath))
                ReplicatedVolume.CreateMetadata(volume.ReplicationPath, configuration.Id, parts.Link.Identity.NodeId, volume.SizeBytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Told when the volume is opened, which tries again.
        }
    }

    private Problem? PrepareMetadata(LogicalVolume volume)
    {
        try
        {
            var identity = ReplicatedVolume.ReadIdentity(volume.ReplicationPath);
            if (identity is { } found)
                return found == (_configuration.Id, _parts.Link.Identity.NodeId) ? null : ReplicationProblems.MetadataForeign(TaskName);
            if (_configuration.Role == ReplicationRole.Source && !_mayCreate)
                return ReplicationProblems.MetadataDamaged(TaskName, "it is missing");
            CreateMetadata(volume);
            return null;
        }
        catch (MetadataException e)
        {
            return ReplicationProblems.MetadataDamaged(TaskName, e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ReplicationProblems.NotRunning(TaskName, e.Message);
        }
    }

    private void CreateMetadata(LogicalVolume volume) =>
        ReplicatedVolume.CreateMetadata(volume.ReplicationPath, _configuration.Id, _parts.Link.Identity.NodeId, volume.SizeBytes);

    private BehindFile BehindNote() => new(_parts.NoteDirectory, _configuration.Id, _parts.Time);

    private VerifyFile VerifyResultBeside(string metadataPath) => new(Path.GetDirectoryName(metadataPath)!, _configuration.Id);

    private void LoadVerify(string metadataPath)
    {
        try
        {
            _keptVerify = VerifyResultBeside(metadataPath).Load();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogVerifyNotKept(_logger, TaskName, e.Message);
        }
    }

    /// <summary>Once for each result: its beginning names it.</summary>
    private void KeepVerify(VerifyReport report, DateTimeOffset finishedAt)
    {
        if (_keptVerify?.StartedAt == report.StartedAt || _metadataPath is not { } path)
            return;
        // Set first: one that cannot be written is not tried twice a second.
        _keptVerify = report;
        try
        {
            VerifyResultBeside(path).Save(report, finishedAt);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogVerifyNotKept(_logger, TaskName, e.Message);
        }
    }

    private void Forget(string path)
    {
        _keptVerify = null;
        try
        {
            VerifyResultBeside(path).Delete();
            ReplicatedVolume.DeleteMetadata(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is found again, and named, when the volume is to be replicated the next time.
            LogNotForgotten(_logger, path, e.Message);
        }
    }

    /// <summary>Of a replication that is no more: the volume is an ordinary one, and what it holds is what it holds.</summary>
    private void ForgetNote()
    {
        try
        {
            BehindNote().Remove();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogNotForgotten(_logger, _parts.NoteDirectory, e.Message);
        }
    }

    [LoggerMessage(2404, LogLevel.Warning, "The result of the last verify of {Task} could not be kept or read: {Reason}")]
    private static partial void LogVerifyNotKept(ILogger logger, string task, string reason);

    [LoggerMessage(2403, LogLevel.Warning, "The replication metadata {Path} could not be deleted: {Reason}")]
    private static partial void LogNotForgotten(ILogger logger, string path, string reason);
}
