using Futago.Console.Client.Node;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.DataReplication;
using Futago.Engine.Contracts.Failover;
using Futago.Engine.Contracts.Iscsi;
using Futago.Engine.Contracts.Network;
using Futago.Engine.Contracts.Node;
using Futago.Engine.Contracts.Replication;
using Futago.Engine.Contracts.Shares;
using Futago.Engine.Contracts.Snapshots;
using Futago.Engine.Contracts.Volumes;

namespace Futago.Management.Engine;

/// <summary>Holds what the engine streamed last, and tells pages about changes no more than twice a second.</summary>
public sealed class LiveStatus : ILiveStatus, IDisposable
{
    private static readonly TimeSpan NotificationInterval = TimeSpan.FromMilliseconds(500);

    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private readonly Lock _lock = new();
    private Snapshot _snapshot;
    private DateTimeOffset _lastNotification = DateTimeOffset.MinValue;
    private bool _pending;

    public LiveStatus(TimeProvider time)
    {
        _time = time;
        _timer = time.CreateTimer(_ => Notify(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _snapshot = new Snapshot(false, time.GetUtcNow(), new Problem(ProblemCodes.EngineUnreachable, "The engine has not answered yet."), null, [], [], [], [], [], [], [], [], [], null, []);
    }

    public event Action? Changed;

    public bool Connected => Current.Connected;

    public DateTimeOffset Since => Current.Since;

    public Problem? Problem => Current.Problem;

    public NodeStatus? Node => Current.Node;

    public IReadOnlyList<UnitInfo> Units => Current.Units;

    public IReadOnlyList<GroupInfo> Groups => Current.Groups;

    public IReadOnlyList<VolumeInfo> Volumes => Current.Volumes;

    public IReadOnlyList<TargetStatus> Targets => Current.Targets;

    public IReadOnlyList<RefusedLogin> RefusedLogins => Current.RefusedLogins;

    public IReadOnlyList<SnapshotInfo> Snapshots => Current.Snapshots;

    public IReadOnlyList<ShareInfo> Shares => Current.Shares;

    public IReadOnlyList<ReplicationRunStatus> Runs => Current.Runs;

    public IReadOnlyList<ReplicationStatus> Replications => Current.Replications;

    public FailoverStatus? Failover => Current.Failover;

    public IReadOnlyList<NicInfo> Nics => Current.Nics;

    /// <summary>What is known now, for <see cref="TryRefresh"/>.</summary>
    internal Snapshot Current => Volatile.Read(ref _snapshot);

    /// <summary>Takes over the sections that the engine sent; the first call after a loss makes the status connected again.</summary>
    public void Apply(StatusUpdate update) => Replace(s => Merge(s, update) with
    {
        Connected = true,
        Since = s.Connected ? s.Since : _time.GetUtcNow(),
        Problem = null,
    });

    /// <summary>
    /// Takes over sections that were asked for, unless the engine streamed one of them since <paramref name="seen"/> was the
    /// <see cref="Current"/> one: what was asked for might then be the older of the two, and would stay. Other sections, some of which
    /// come every second, are no reason.
    /// </summary>
    /// <returns>False when it was not taken over.</returns>
    internal bool TryRefresh(Snapshot seen, StatusUpdate update)
    {
        lock (_lock)
        {
            if (!SameIn(update, seen, _snapshot))
                return false;
            Replace(s => Merge(s, update));
            return true;
        }
    }

    public void Disconnect(Problem problem) => Replace(s => s with
    {
        Connected = false,
        Since = s.Connected ? _time.GetUtcNow() : s.Since,
        // Each further try fails with the same sentence in a new object: no change to tell pages about.
        Problem = s.Problem is { } before && before.Code == problem.Code && before.Detail == problem.Detail ? before : problem,
    });

    public void Dispose() => _timer.Dispose();

    private static Snapshot Merge(Snapshot snapshot, StatusUpdate update) => snapshot with
    {
        Node = update.Node ?? snapshot.Node,
        Units = update.Units ?? snapshot.Units,
        Groups = update.Groups ?? snapshot.Groups,
        Volumes = update.Volumes ?? snapshot.Volumes,
        Targets = update.Targets ?? snapshot.Targets,
        RefusedLogins = update.RefusedLogins ?? snapshot.RefusedLogins,
        Snapshots = update.Snapshots ?? snapshot.Snapshots,
        Shares = update.Shares ?? snapshot.Shares,
        Runs = update.Runs ?? snapshot.Runs,
        Replications = update.Replications ?? snapshot.Replications,
        Failover = update.Failover is { } section ? section.Status : snapshot.Failover,
        Nics = update.Nics ?? snapshot.Nics,
    };

    /// <summary>Whether the sections of the update are the very same ones in both.</summary>
    private static bool SameIn(StatusUpdate update, Snapshot one, Snapshot other)
    {
        bool Same(object? section, Func<Snapshot, object?> of) => section is null || ReferenceEquals(of(one), of(other));
        return Same(update.Node, s => s.Node)
            && Same(update.Units, s => s.Units)
            && Same(update.Groups, s => s.Groups)
            && Same(update.Volumes, s => s.Volumes)
            && Same(update.Targets, s => s.Targets)
            && Same(update.RefusedLogins, s => s.RefusedLogins)
            && Same(update.Snapshots, s => s.Snapshots)
            && Same(update.Shares, s => s.Shares)
            && Same(update.Runs, s => s.Runs)
            && Same(update.Replications, s => s.Replications)
            && Same(update.Failover, s => s.Failover)
            && Same(update.Nics, s => s.Nics);
    }

    private void Replace(Func<Snapshot, Snapshot> change)
    {
        lock (_lock)
        {
            var next = change(_snapshot);
            if (next == _snapshot)
                return;
            Volatile.Write(ref _snapshot, next);
            if (_pending)
                return;
            _pending = true;
            var wait = _lastNotification + NotificationInterval - _time.GetUtcNow();
            _timer.Change(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }
    }

    private void Notify()
    {
        lock (_lock)
        {
            _pending = false;
            _lastNotification = _time.GetUtcNow();
        }
        Changed?.Invoke();
    }

    // Heartbeats leave every member as it was, so that record equality (of references) filters them out.
    internal sealed record Snapshot(
        bool Connected,
        DateTimeOffset Since,
        Problem? Problem,
        NodeStatus? Node,
        IReadOnlyList<UnitInfo> Units,
        IReadOnlyList<GroupInfo> Groups,
        IReadOnlyList<VolumeInfo> Volumes,
        IReadOnlyList<TargetStatus> Targets,
        IReadOnlyList<RefusedLogin> RefusedLogins,
        IReadOnlyList<SnapshotInfo> Snapshots,
        IReadOnlyList<ShareInfo> Shares,
        IReadOnlyList<ReplicationRunStatus> Runs,
        IReadOnlyList<ReplicationStatus> Replications,
        FailoverStatus? Failover,
        IReadOnlyList<NicInfo> Nics);
}
