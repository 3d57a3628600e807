using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Iscsi;
using Futago.Engine.Contracts.Replication;
using Futago.Engine.Targets;
using Futago.Volumes;
using Futago.Volumes.LogicalVolumes;

namespace Futago.Engine.Replication;

/// <summary>
/// The volume replications of this node: what the configuration has, hosted. A volume that is in one of them is opened by it alone, and
/// by nobody else before it has ended.
/// </summary>
internal sealed partial class ReplicationService : IReplicatedVolumes, IVolumeUsers, IAsyncDisposable
{
    private static readonly TimeSpan MeasureInterval = TimeSpan.FromMilliseconds(500);

    private readonly ReplicationParts _parts;
    private readonly ILogger _logger;
    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, HostedReplication> _hosted = [];

    /// <summary>Not in the configuration any more, and not ended yet.</summary>
    private readonly List<HostedReplication> _leaving = [];
    private readonly List<Task> _endings = [];
    private readonly CancellationTokenSource _stopping = new();
    private Task _measuring = Task.CompletedTask;
    private bool _loaded;
    private bool _stopped;

    public ReplicationService(ReplicationParts parts, IEnumerable<MirrorProtocol> protocols)
    {
        _parts = parts;
        _logger = parts.Loggers.CreateLogger<ReplicationService>();
        foreach (var protocol in protocols)
            protocol.Find = id => Find(id);
    }

    public IReadOnlyList<ReplicationStatus> Statuses
    {
        get
        {
            lock (_lock)
                return [.. _hosted.Values.Select(h => h.Status).OrderBy(s => s.TaskName, StringComparer.Ordinal)];
        }
    }

    public void Start()
    {
        _parts.Catalogue.AvailabilityChanged += WakeAll;
        _measuring = Task.Run(MeasureAsync);
    }

    /// <summary>Null: there is none, or not yet.</summary>
    public HostedReplication? TryGet(Guid id) => Find(id);

    /// <exception cref="ProblemException">There is none.</exception>
    public HostedReplication Get(Guid id) =>
        Find(id) ?? throw ProblemException.NotFound(ProblemCodes.VolumeReplicationNotFound, $"There is no volume replication {id} on this node.", ("replication", $"{id}"));

    /// <summary>Before a configuration is stored: what the volumes forbid, and the metadata of what is new.</summary>
    /// <exception cref="ProblemException">Refused as a whole.</exception>
    public void Prepare(EngineConfiguration before, EngineConfiguration after)
    {
        for (var i = 0; i < after.Replications.Count; i++)
        {
            var replication = after.Replications[i];
            if (_parts.Catalogue.FindUsable(replication.VolumeId, out var path, out _) is not { } volume)
                continue;
            var problem = volume.ReadOnly ? ReplicationProblems.Snapshot(replication.TaskName, path!)
                : volume.IsNas && after.Failover?.Replications?.Contains(replication.Id) == true ? ReplicationProblems.NasFailover(replication.TaskName, path!)
                : null;
            if (problem is not null)
                throw new ProblemException(problem with { Field = $"replications[{i}].volumeId" });
        }
        foreach (var replication in after.Replications.Where(r => !before.Replications.Any(b => IsSame(b, r))))
            HostedReplication.Prepare(_parts, replication);
    }

    /// <summary>Takes over a configuration. Whoever serves volumes looks at them afterwards; what ends, ends on its own.</summary>
    public void Apply(EngineConfiguration configuration)
    {
        lock (_lock)
        {
            if (_stopped)
                return;
            var wanted = configuration.Replications.ToDictionary(r => r.Id);
            foreach (var (id, hosted) in _hosted.ToList())
            {
                if (wanted.TryGetValue(id, out var now) && IsSame(now, hosted.Configuration))
                    continue;
                _hosted.Remove(id);
                _leaving.Add(hosted);
                _endings.Add(Task.Run(() => LeaveAsync(hosted)));
            }
            foreach (var replication in configuration.Replications)
            {
                if (_hosted.TryGetValue(replication.Id, out var hosted))
                    hosted.Apply(replication);
                else
                    _hosted.Add(replication.Id, new HostedReplication(_parts, replication, isNew: _loaded));
            }
            // The first one comes from the disk: its replications are as old as it is.
            _loaded = true;
        }
    }

    public OpenVolume? Find(LogicalVolume volume)
    {
        lock (_lock)
            return volume.ReadOnly ? null : OfVolume(volume.Id)?.Serve(volume);
    }

    public OpenVolume? FindWithoutMedium(Guid volumeId)
    {
        lock (_lock)
            return OfVolume(volumeId)?.ServedWithoutMedium;
    }

    public bool IsWithoutMedium(Guid volumeId) => FindWithoutMedium(volumeId) is not null;

    public async Task<IReadOnlyCollection<Guid>> LoseMediumAsync(IReadOnlyCollection<Guid> volumeIds)
    {
        List<HostedReplication> affected;
        lock (_lock)
            affected = [.. _hosted.Values.Where(h => volumeIds.Contains(h.Configuration.VolumeId))];
        await Task.WhenAll(affected.Select(h => h.LoseMediumAsync()));
        return [.. affected.Where(h => h.ServedWithoutMedium is not null).Select(h => h.Configuration.VolumeId)];
    }

    public IReadOnlyList<VolumeUser> UsersOf(Guid volumeId)
    {
        lock (_lock)
            return OfVolume(volumeId) is { } hosted ? [VolumeUser.OfReplication(hosted.Configuration.TaskName, hosted.IsInconsistent)] : [];
    }

    public IReadOnlyList<string> ConnectedTo(Guid volumeId) => [];

    public async Task ReleaseAsync(IReadOnlyCollection<Guid> volumeIds)
    {
        List<HostedReplication> affected;
        lock (_lock)
            affected = [.. _hosted.Values.Concat(_leaving).Where(h => volumeIds.Contains(h.Configuration.VolumeId))];
        await Task.WhenAll(affected.Select(h => h.ReleaseAsync()));
    }

    public void Grow(Guid volumeId, long newLengthBytes)
    {
        HostedReplication? hosted;
        lock (_lock)
            hosted = OfVolume(volumeId);
        hosted?.Grow(newLengthBytes);
    }

    /// <summary>Ends every replication in order; LUNs have been taken away before.</summary>
    public async Task StopAsync()
    {
        List<HostedReplication> all;
        List<Task> endings;
        lock (_lock)
        {
            if (_stopped)
                return;
            _stopped = true;
            all = [.. _hosted.Values];
            endings = [.. _endings];
        }
        await _stopping.CancelAsync();
        _parts.Catalogue.AvailabilityChanged -= WakeAll;
        await _measuring;
        await Task.WhenAll([.. all.Select(h => h.DisposeAsync().AsTask()), .. endings]);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stopping.Dispose();
    }

    private static bool IsSame(ReplicationConfiguration a, ReplicationConfiguration b) => a.Id == b.Id && a.VolumeId == b.VolumeId;

    private HostedReplication? Find(Guid id)
    {
        lock (_lock)
            return _hosted.GetValueOrDefault(id);
    }

    private HostedReplication? OfVolume(Guid volumeId) =>
        _leaving.Find(h => h.Configuration.VolumeId == volumeId) ?? _hosted.Values.FirstOrDefault(h => h.Configuration.VolumeId == volumeId);

    private async Task LeaveAsync(HostedReplication hosted)
    {
        try
        {
            await hosted.EndAsync(forget: true);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            LogNotEnded(_logger, hosted.Configuration.TaskName, e);
        }
        lock (_lock)
            _leaving.Remove(hosted);
        await _parts.Catalogue.RestoreFileSystemAsync(hosted.Configuration.VolumeId);
        _parts.Targets.Wake();
        WakeAll();
    }

    private void WakeAll()
    {
        lock (_lock)
        {
            foreach (var hosted in _hosted.Values)
                hosted.Wake();
        }
    }

    private async Task MeasureAsync()
    {
        using var timer = new PeriodicTimer(MeasureInterval, _parts.Time);
        try
        {
            do
            {
                List<HostedReplication> all;
                lock (_lock)
                    all = [.. _hosted.Values];
                foreach (var hosted in all)
                    await MeasureAsync(hosted);
            }
            while (await timer.WaitForNextTickAsync(_stopping.Token));
        }
        catch (OperationCanceledException)
        {
            // The engine stops.
        }
    }

    /// <summary>One that cannot be measured does not keep the others from it.</summary>
    private async Task MeasureAsync(HostedReplication hosted)
    {
        try
        {
            await hosted.MeasureAsync();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            LogNotMeasured(_logger, hosted.Configuration.TaskName, e);
        }
    }

    [LoggerMessage(2412, LogLevel.Error, "The volume replication {Task} could not be measured")]
    private static partial void LogNotMeasured(ILogger logger, string task, Exception exception);

    [LoggerMessage(2411, LogLevel.Error, "The volume replication {Task} could not be ended in order")]
    private static partial void LogNotEnded(ILogger logger, string task, Exception exception);
}
