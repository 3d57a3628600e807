using Futago.Blocks;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Events;
using Futago.Engine.Contracts.Replication;
using Futago.Engine.Status;
using Futago.Engine.Targets;
using Futago.Replication;
using Futago.Volumes;
using Futago.Volumes.LogicalVolumes;
using Futago.Volumes.Snapshots;

namespace Futago.Engine.Replication;

/// <summary>
/// One volume replication of the configuration on this node: opens the volume as a mirror, keeps its connection and its role as they
/// are wanted, and says how it is. One loop makes what is so equal to what is wanted, step by step, and tries again.
/// <para>
/// Lock order: catalogue, targets, then the gate in here. Under the gate nothing waits for the catalogue.
/// </para>
/// </summary>
internal sealed partial class HostedReplication : IReservationMirror, IAsyncDisposable
{
    private static readonly TimeSpan StepInterval = TimeSpan.FromSeconds(1);

    /// <summary>A mirror that does not end in order by then (its medium or its peer is stuck) ends as in a crash.</summary>
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(12);

    private readonly ReplicationParts _parts;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _gate = new(1);
    private readonly SemaphoreSlim _wake = new(0, 1);
    private readonly CancellationTokenSource _ending = new();
    private readonly Lock _servedLock = new();
    private readonly Task _loop;
    private volatile ReplicationConfiguration _configuration;
    private volatile ReplicatedVolume? _volume;
    private volatile VolumeFile? _file;
    private volatile OpenVolume? _served;
    private volatile ReplicatedDevice? _device;
    private volatile Problem? _openProblem;
    private volatile bool _mayCreate;
    private string? _reportedProblem;
    private long _openedAt;

    /// <param name="isNew">It was not in the configuration before: its volume has no metadata yet, which is as it should be.</param>
    public HostedReplication(ReplicationParts parts, ReplicationConfiguration configuration, bool isNew)
    {
        _parts = parts;
        _configuration = configuration;
        _mayCreate = isNew;
        _stages = new StageWindow(parts.Time);
        _logger = parts.Loggers.CreateLogger<HostedReplication>();
        _loop = Task.Run(RunAsync);
    }

    public ReplicationConfiguration Configuration => _configuration;

    public bool IsOpen => _volume is not null;

    private string TaskName => _configuration.TaskName;

    /// <summary>Takes over a changed configuration of the same replication and volume.</summary>
    public void Apply(ReplicationConfiguration configuration)
    {
        _configuration = configuration;
        if (_volume is { } volume)
            volume.ResyncLimit = configuration.ResyncLimitBytesPerSecond;
        Wake();
    }

    public void Wake()
    {
        try
        {
            _wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is going to look anyway.
        }
    }

    /// <summary>What the volume is served through; made at the first question, then always the same.</summary>
    public OpenVolume Serve(LogicalVolume volume)
    {
        lock (_servedLock)
        {
            if (_served is null)
            {
                _device = new ReplicatedDevice(volume.SizeBytes);
                _served = OpenVolume.OfReplication(_device, Path.GetDirectoryName(volume.DataPath)!, () => _file, this);
            }
            return _served;
        }
    }

    public void Grow(long newLengthBytes) => _file?.GrowTo(newLengthBytes);

    /// <summary>The volume's files are closed when this returns. The loop opens them again when they can be used.</summary>
    public async Task ReleaseAsync()
    {
        await _gate.WaitAsync();
        try
        {
            await CloseAsync();
            lock (_servedLock)
                (_served, _device) = (null, null);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>The end: clean, and for good if the configuration has it no more.</summary>
    /// <param name="forget">Deletes the metadata: the volume is an ordinary one again.</param>
    public async Task EndAsync(bool forget)
    {
        await _ending.CancelAsync();
        await _loop;
        if (forget)
            await FollowModeAsync();
        await _gate.WaitAsync();
        try
        {
            // Also of one that could not be opened so far.
            var path = _metadataPath ?? _parts.Catalogue.FindUsable(_configuration.VolumeId, out _, out _)?.ReplicationPath;
            await CloseAsync();
            if (forget && path is not null)
                Forget(path);
            if (forget)
                ForgetNote();
        }
        finally
        {
            _gate.Release();
        }
    }

    public async ValueTask DisposeAsync() => await EndAsync(forget: false);

    private async Task RunAsync()
    {
        while (!_ending.IsCancellationRequested)
        {
            try
            {
                var inUse = await ReleaseDirectMountAsync();
                await _gate.WaitAsync(_ending.Token);
                try
                {
                    await StepAsync(inUse);
                }
                finally
                {
                    _gate.Release();
                }
                await FollowModeAsync();
                await _wake.WaitAsync(StepInterval, _ending.Token);
            }
            catch (OperationCanceledException) when (_ending.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                LogStepFailed(_logger, TaskName, e);
                await Task.WhenAny(Task.Delay(StepInterval, _parts.Time, _ending.Token));
            }
        }
    }

    /// <summary>Not under the gate, and never in the way of serving: a mode that a person gave the volume follows the role that it has in the task.</summary>
    private async Task FollowModeAsync()
    {
        try
        {
            await _parts.Catalogue.FollowRoleAsync(
                _configuration.VolumeId, _configuration.Role == ReplicationRole.Source ? ReplicationMode.Source : ReplicationMode.Destination);
        }
        catch (StorageException e)
        {
            LogModeNotKept(_logger, TaskName, e.Message);
        }
    }

    /// <param name="inUse">Why the volume's file cannot be had now, or null.</param>
    private async Task StepAsync(Problem? inUse)
    {
        if (_volume is null)
        {
            _openProblem = inUse ?? await OpenAsync();
            ReportProblem(_openProblem);
        }
        if (_volume is not { } volume)
            return;
        await AdjustRoleAsync(volume);
        AdjustLink(volume);
    }

    /// <returns>Why it cannot be opened now, or null.</returns>
    private async Task<Problem?> OpenAsync()
    {
        var configuration = _configuration;
        if (_parts.Catalogue.FindUsable(configuration.VolumeId, out var path, out var storageProblem) is not { } volume)
            return Mapping.ToProblem(storageProblem!);
        if (volume.ReadOnly)
            return ReplicationProblems.Snapshot(TaskName, path!);
        // From here on initiators meet the mirror's device; whoever had the file itself has closed it when this returns.
        var served = Serve(volume);
        await _parts.Targets.ReconcileAsync();
        if (_parts.Targets.HasFileOpen(volume.Id) || !ReferenceEquals(_parts.Targets.Replicated?.Find(volume), served))
            return ReplicationProblems.NotRunning(TaskName, $"volume {path} is still being closed");
        _metadataPath = volume.ReplicationPath;
        if (PrepareMetadata(volume) is { } problem)
            return problem;
        // Now that the metadata is there nobody mounts it any more; it may have been before.
        if (_parts.Catalogue.IsMountedDirectly(volume.Id))
            return ReplicationProblems.NotRunning(TaskName, $"the file system of {path} is still mounted");
        try
        {
            await OpenMirrorAsync(volume, path!);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ReplicationProblems.NotRunning(TaskName, e.Message);
        }
        catch (MetadataException e)
        {
            return ReplicationProblems.MetadataDamaged(TaskName, e.Message);
        }
        _mayCreate = false;
        return null;
    }

    private async Task OpenMirrorAsync(LogicalVolume volume, string path)
    {
        var configuration = _configuration;
        var file = _parts.Targets.OpenFile(volume, path);
        try
        {
            var mirror = await ReplicatedVolume.OpenAsync(new ReplicatedVolumeOptions
            {
                Name = path,
                ReplicationId = configuration.Id,
                NodeId = _parts.Link.Identity.NodeId,
                Device = file.Device,
                MetadataPath = volume.ReplicationPath,
                BehindNote = BehindNote(),
                Buffers = _parts.Buffers,
                CopyBuffers = _parts.CopyBuffers,
                Time = _parts.Time,
                Logger = _parts.Loggers.CreateLogger<ReplicatedVolume>(),
                ResyncLimit = configuration.ResyncLimitBytesPerSecond,
                // Without a failover manager the configured role is the authority; that one says so by itself.
                AskToGoOnAlone = (_, _) => Task.FromResult(!IsManaged && _configuration.Role == ReplicationRole.Source),
                KeepSnapshot = KeepSnapshotAsync,
            });
            // A snapshot waits for a WRITE ATOMIC in flight; those go through this journal from now on.
            volume.AtomicWrites = Serve(volume).Journal;
            LoadVerify(volume.ReplicationPath);
            mirror.Noticed += OnNoticed;
            _openedAt = _parts.Time.GetTimestamp();
            _file = file;
            _volume = mirror;
            _device!.Attach(mirror, file.Device as IBlockSpace);
            PrepareNas(volume, path);
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }
    }

    /// <summary>Under the gate. In order if possible: what the peer lacks is written down, and the next start has nothing to resync.</summary>
    private async Task CloseAsync()
    {
        if (_volume is not { } volume)
            return;
        // While the mirror still takes what the file system has to write.
        await EndNasAsync();
        _device?.Set(BlockReadiness.Becoming);
        try
        {
            await volume.StopAsync().WaitAsync(CloseTimeout);
        }
        catch (TimeoutException)
        {
            LogNotClosed(_logger, TaskName);
        }
        await StopLinkAsync();
        _device?.Detach();
        _withoutMedium = false;
        _volume = null;
        _file = null;
        await volume.DisposeAsync();
        volume.Noticed -= OnNoticed;
    }

    /// <summary>The data that a person gives up stays as a snapshot; protected if there is room for that.</summary>
    private async Task<bool> KeepSnapshotAsync(CancellationToken cancellation)
    {
        var name = $"split-brain-{_parts.Time.GetUtcNow():yyyyMMdd-HHmmss}";
        foreach (var isProtected in new[] { true, false })
        {
            try
            {
                var snapshot = await _parts.Catalogue.CreateSnapshotAsync(
                    _configuration.VolumeId, new SnapshotRequest(name, SnapshotOrigin.Rollback, Protected: isProtected, AlsoInconsistent: true));
                _keptSnapshot = $"{snapshot.Group}/{snapshot.Volume}@{snapshot.Name}";
                return true;
            }
            catch (StorageException e)
            {
                _snapshotFailure = e.Message;
            }
        }
        return false;
    }

    private void ReportProblem(Problem? problem)
    {
        if (problem?.Code == _reportedProblem)
            return;
        _reportedProblem = problem?.Code;
        // A group that is offline, or a volume that is not there, has its own event.
        if (problem is not null && problem.Code.StartsWith("volume-replication.", StringComparison.Ordinal) && problem.Code != ProblemCodes.VolumeReplicationNotRunning)
            _parts.Journal.Append(EventSeverity.Error, EventCodes.VolumeReplicationFailed, TaskName, problem.Detail, ("task", TaskName), ("reason", problem.Detail));
    }

    [LoggerMessage(2401, LogLevel.Error, "A step of the volume replication {Task} failed")]
    private static partial void LogStepFailed(ILogger logger, string task, Exception exception);

    [LoggerMessage(2405, LogLevel.Warning, "The volume replication mode of the volume of {Task} could not be changed to its role: {Reason}")]
    private static partial void LogModeNotKept(ILogger logger, string task, string reason);

    [LoggerMessage(2402, LogLevel.Warning, "The volume replication {Task} could not be ended in order in time; its volume is closed as in a crash")]
    private static partial void LogNotClosed(ILogger logger, string task);
}
