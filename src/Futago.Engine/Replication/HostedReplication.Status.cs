using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Replication;
using Futago.Replication;

namespace Futago.Engine.Replication;

/// <summary>How it is, for people: measured twice a second, read by anybody without waiting.</summary>
internal sealed partial class HostedReplication
{
    private readonly RateEstimate _resyncRate = new();
    private readonly RateEstimate _sentRate = new();
    private readonly RateEstimate _receivedRate = new();
    private readonly StageWindow _stages;
    private readonly SemaphoreSlim _measuring = new(1);
    private volatile ReplicationStatus? _status;
    private DateTimeOffset? _verifyStartedAt;
    private DateTimeOffset? _verifyFinishedAt;
    private DateTimeOffset _splitSince;

    /// <summary>As it was measured last.</summary>
    public ReplicationStatus Status => _status ?? NotOpen();

    /// <summary>The data here is a mixture now, or may be: nobody can tell before the volume is open.</summary>
    public bool IsInconsistent => _status is { Data: DataState.Inconsistent };

    /// <summary>One at a time, so that an older measurement does not replace a newer one.</summary>
    public async Task<ReplicationStatus> MeasureAsync()
    {
        await _measuring.WaitAsync();
        try
        {
            var volume = _volume;
            if (volume is null)
                return _status = NotOpen();
            var status = ToStatus(await volume.GetStateAsync(), volume);
            if (status.Verify is { FinishedAt: { } finished } report && ReferenceEquals(volume, _volume))
                KeepVerify(report, finished);
            return _status = status;
        }
        finally
        {
            _measuring.Release();
        }
    }

    private ReplicationStatus NotOpen()
    {
        var c = _configuration;
        return new ReplicationStatus(
            c.Id, c.TaskName, c.VolumeId, ReplicationConnection.StandAlone, ReplicationRole.Destination, null,
            c.Role == ReplicationRole.Source ? ReplicationProblems.Role(ProblemCodes.VolumeReplicationBusy, c.TaskName) : null,
            DataState.Diskless, DataState.Unknown, 0, 0, false, 0, "", null, null, null,
            _openProblem ?? ReplicationProblems.NotRunning(c.TaskName, "it is being opened"), null, null,
            new ReplicationCounters(0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
    }

    private ReplicationStatus ToStatus(ReplicatedVolumeState s, ReplicatedVolume volume)
    {
        var c = _configuration;
        var connection = _connection;
        var inTouch = s.Phase is "Established" or "SyncSource" or "SyncTarget";
        var refusal = inTouch ? null : ReplicationProblems.Refusal(s.Refusal, c.TaskName);
        var state = !c.Started || refusal is not null ? ReplicationConnection.StandAlone
            : inTouch ? ReplicationConnection.Connected
            : s.Phase is "Down" or "Closing" ? ReplicationConnection.Connecting
            : ReplicationConnection.Negotiating;
        var role = s.IsSource ? ReplicationRole.Source : ReplicationRole.Destination;
        var problem = refusal
            ?? (!c.Started ? ReplicationProblems.Of(ProblemCodes.VolumeReplicationStopped, c.TaskName, "is stopped") : inTouch ? null : _linkProblem)
            ?? _nasProblem;
        return new ReplicationStatus(
            c.Id, c.TaskName, c.VolumeId, state, role,
            inTouch ? s.PeerIsSource ? ReplicationRole.Source : ReplicationRole.Destination : null,
            role == c.Role ? null : _roleProblem,
            DataOf(s, inTouch), PeerDataOf(s), volume.LengthBytes, s.OutOfSyncBytes, s.Frozen, s.Term, s.Generation,
            ResyncOf(s), VerifyOf(s),
            s.Refusal == "SplitBrain" && !inTouch ? new SplitBrainInfo(_splitSince, s.OutOfSyncBytes, s.PeerOutOfSyncBytes, s.RefusalNeedsFull) : null,
            problem,
            inTouch ? connection?.LocalEndPoint.ToString() : null,
            inTouch ? connection?.RemoteEndPoint.ToString() : null,
            new ReplicationCounters(
                s.Writes, s.WrittenBytes, s.SentBytes, s.ReceivedBytes, s.ResyncedBytes, s.Connections, s.LocalWriteMicroseconds, s.PeerWriteMicroseconds,
                s.RoundTripMicroseconds, s.ActivityMisses)
            {
                Stages = _stages.Add(s.Stages),
                Link = new LinkCounters(
                    s.SentFrames, s.ReceivedFrames, s.WaitingFrames, _sentRate.Add(_parts.Time, s.SentBytes), _receivedRate.Add(_parts.Time, s.ReceivedBytes),
                    s.LastClose.Length == 0 ? null : s.LastClose),
            });
    }

    private static DataState DataOf(ReplicatedVolumeState s, bool inTouch) =>
        s.DiskFailed ? DataState.Failed
        : s.Inconsistent ? DataState.Inconsistent
        : s.Outdated ? DataState.Outdated
        : !s.IsUpToDate ? DataState.Unknown
        : s.IsSource || inTouch ? DataState.UpToDate
        // The peer may have gone on.
        : DataState.Consistent;

    private static DataState PeerDataOf(ReplicatedVolumeState s) => s.Phase switch
    {
        "Established" => s.PeerIsUpToDate ? DataState.UpToDate : DataState.Failed,
        "SyncSource" => DataState.Inconsistent,
        "SyncTarget" => DataState.UpToDate,
        _ => s.Peer switch
        {
            null => DataState.Unknown,
            { HasDisk: false } => DataState.Failed,
            { HasData: false } or { Inconsistent: true } => DataState.Inconsistent,
            { Outdated: true } => DataState.Outdated,
            _ => DataState.Consistent,
        },
    };

    private ResyncProgress? ResyncOf(ReplicatedVolumeState s)
    {
        if (s.Phase == "SyncTarget")
            return new ResyncProgress(ResyncState.Target, 0, 0, _resyncRate.Add(_parts.Time, s.ReceivedBytes), null);
        if (s.Phase != "SyncSource")
        {
            _resyncRate.Reset();
            return null;
        }
        var rate = _resyncRate.Add(_parts.Time, s.ResyncedBytes);
        var total = Math.Max(s.ResyncTotalBytes, s.OutOfSyncBytes);
        return new ResyncProgress(ResyncState.Source, total - s.OutOfSyncBytes, total, rate, rate > 0 ? s.OutOfSyncBytes / rate : null);
    }

    private VerifyReport? VerifyOf(ReplicatedVolumeState s)
    {
        if (_verifyStartedAt is not { } started || s.DifferentBytes is not { } different)
            return _keptVerify;
        return new VerifyReport(
            started, s.Verifying ? null : _verifyFinishedAt ?? _parts.Time.GetUtcNow(), s.VerifiedBytes, s.SizeBytes, different,
            [.. s.Different.Select(r => new ByteRange(r.OffsetBytes, r.LengthBytes))], s.VerifyAborted);
    }
}
