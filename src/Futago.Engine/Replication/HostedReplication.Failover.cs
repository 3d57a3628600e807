using Futago.Blocks;
using Futago.Engine.Contracts;
using Futago.Failover;
using Futago.Replication;

namespace Futago.Engine.Replication;

/// <summary>What the failover manager has this volume do. While it runs, nobody else decides who is source.</summary>
internal sealed partial class HostedReplication
{
    private static readonly TimeSpan RolePause = TimeSpan.FromMilliseconds(20);

    private volatile bool _serves;

    private bool IsManaged => _parts.Failover.IsManaged(_configuration.Id);

    public async Task<MirrorView> ViewAsync()
    {
        if (_volume is not { } volume)
            return MirrorView.NotOpen;
        var s = await volume.GetStateAsync();
        var link = s.Phase switch
        {
            "Established" => MirrorLink.InSync,
            "SyncSource" or "SyncTarget" => MirrorLink.Syncing,
            _ => MirrorLink.Down,
        };
        var data = s.DiskFailed ? DataState.Failed
            : s.Inconsistent ? DataState.Inconsistent
            : s.Outdated ? DataState.Outdated
            : s.IsUpToDate ? DataState.UpToDate
            : DataState.Diskless;
        return new MirrorView(link, data, s.Refusal == "SplitBrain" && link == MirrorLink.Down, s.Term, s.Connections);
    }

    /// <summary>Becomes source in this term.</summary>
    /// <param name="alone">Without the peer.</param>
    /// <param name="force">A person's word: also with data that is not up to date.</param>
    /// <returns>Why not; null when it is.</returns>
    /// <exception cref="OperationCanceledException">Not in time.</exception>
    public async Task<string?> TakeRoleAsync(ulong term, bool alone, bool force, CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation);
        try
        {
            while (true)
            {
                if (_volume is not { } volume)
                    return $"{TaskName} has no open volume";
                // The failover manager moves the service to the peer; what was acknowledged by the peer's medium alone, a node whose own
                // comes back could not know that it lacks.
                await volume.HoldOnDiskFailureAsync(true);
                var state = await volume.GetStateAsync();
                if (state.IsSource && state.Term != term)
                    await volume.DemoteAsync().WaitAsync(cancellation);
                var result = await volume.PromoteAsync(term, alone, force).WaitAsync(cancellation);
                if (result == ReplicationResult.Done)
                {
                    _serves = true;
                    _roleProblem = null;
                    return null;
                }
                // What the last source had under way, and the end of a connection, take their moment.
                if (result is not (ReplicationResult.Busy or ReplicationResult.LinkLost or ReplicationResult.NotConnected or ReplicationResult.PeerIsPrimary))
                    return $"{TaskName} cannot become source: {result}";
                await Task.Delay(RolePause, _parts.Time, cancellation);
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>What belongs to the LUN is brought to where the last source left it.</summary>
    /// <returns>Why not; null when it is.</returns>
    public async Task<string?> LoadLunAsync(CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation);
        try
        {
            return _volume is { } volume ? (await LoadLunAsync(volume).WaitAsync(cancellation))?.Detail : $"{TaskName} has no open volume";
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Requests may come.</summary>
    public void Open()
    {
        if (_serves)
            _device?.Set(BlockReadiness.Ready);
    }

    /// <summary>New requests wait until <see cref="Resume"/>.</summary>
    public void Hold() => _device?.Hold();

    public void Resume() => _device?.Resume();

    /// <summary>Ends when no request is under way.</summary>
    /// <exception cref="OperationCanceledException">Not in time.</exception>
    public async Task DrainAsync(CancellationToken cancellation)
    {
        while (_volume is { } volume && await volume.CountOutstandingAsync() > 0)
            await Task.Delay(1, cancellation);
    }

    /// <returns>Why not; null when both nodes have flushed.</returns>
    public async Task<string?> FlushAsync(CancellationToken cancellation) =>
        _volume is not { } volume ? $"{TaskName} has no open volume"
        : await volume.RunAsync(BlockOperation.Flush, 0, 0).WaitAsync(cancellation) is var status && status == BlockStatus.Ok ? null
        : $"{TaskName} cannot be flushed: {status}";

    /// <summary>Stops being source. Nothing is acknowledged any more when it returns without an exception.</summary>
    /// <exception cref="OperationCanceledException">Not in time: whether it has stopped is not known.</exception>
    public async Task GiveRoleAsync(CancellationToken cancellation)
    {
        _serves = false;
        _device?.Set(BlockReadiness.Standby);
        await _gate.WaitAsync(cancellation);
        try
        {
            while (_volume is { } volume && (await volume.GetStateAsync()).IsSource)
            {
                _device?.Set(BlockReadiness.Standby);
                if (await volume.DemoteAsync().WaitAsync(cancellation) == ReplicationResult.Busy)
                    await Task.Delay(RolePause, _parts.Time, cancellation);
            }
        }
        finally
        {
            _gate.Release();
        }
        _device?.Resume();
    }

    /// <summary>Goes on without the peer, as far as one loss of the connection is concerned.</summary>
    /// <param name="connections">Of the <see cref="MirrorView"/> in which it was seen.</param>
    /// <returns>False: that loss is over, or this node is not source.</returns>
    public async Task<bool> GoOnAloneAsync(long connections) =>
        _volume is { } volume && await volume.GoOnAloneAsync(connections) == ReplicationResult.Done;

    /// <returns>Why not; null when it is durable.</returns>
    public async Task<string?> OutdateAsync(ulong term, CancellationToken cancellation)
    {
        if (_volume is not { } volume)
            return $"{TaskName} has no open volume";
        var result = await volume.OutdateAsync(term).WaitAsync(cancellation);
        return result == ReplicationResult.Done ? null : $"{TaskName} cannot be outdated: {result}";
    }

    /// <summary>Keeps a value on both nodes, if that is possible now.</summary>
    public async Task SaveValueAsync(string name, byte[] value)
    {
        if (_volume is { } volume)
            await volume.PutValueAsync(name, value);
    }

    /// <summary>Null: there is none.</summary>
    public async Task<byte[]?> LoadValueAsync(string name) => _volume is { } volume ? (await volume.GetValueAsync(name))?.ToArray() : null;

    /// <summary>Looks for the peer at once.</summary>
    public void LookForPeer() => Changed();

    private async Task FollowFailoverAsync(ReplicatedVolume volume)
    {
        _roleProblem = null;
        if (_serves)
            return;
        _device!.Set(BlockReadiness.Standby);
        if ((await volume.GetStateAsync()).IsSource)
            await volume.DemoteAsync();
    }

    private void CheckNotManaged()
    {
        if (IsManaged)
            throw new ProblemException(
                ReplicationProblems.Of(ProblemCodes.FailoverBusy, TaskName, "is in the hands of the failover manager, which decides which node is source. Stop it first"), 409);
    }
}
