using System.Buffers.Binary;
using Futago.Blocks;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Replication;
using Futago.Engine.Reservations;
using Futago.Replication;

namespace Futago.Engine.Replication;

/// <summary>
/// Becoming source and stopping to be it. The core's rules say what is safe (I8, I9). Without a failover manager the configured role
/// is the authority to go on alone, and only for the node that was source last: a value that both nodes keep says who that was, and
/// in which term. A node that hears of a higher term is not the last one.
/// </summary>
internal sealed partial class HostedReplication
{
    private const string SourceValue = "source";
    private const string ReservationsValue = "reservations";
    private const int SourceValueBytes = 24;

    private volatile Problem? _roleProblem;
    private volatile byte[]? _reservations;

    public byte[]? Reservations => _reservations;

    public async Task SaveReservationsAsync(byte[] value)
    {
        if (_volume is not { } volume || await volume.PutValueAsync(ReservationsValue, value) != ReplicationResult.Done)
            throw new IOException("The reservation could not be stored on both nodes.");
        _reservations = value;
    }

    private async Task AdjustRoleAsync(ReplicatedVolume volume)
    {
        if (IsManaged)
        {
            await FollowFailoverAsync(volume);
            return;
        }
        _serves = false;
        await volume.HoldOnDiskFailureAsync(false);
        var state = await volume.GetStateAsync();
        if (_configuration.Role == ReplicationRole.Destination)
        {
            if (!state.IsSource)
            {
                await CutOffNasAsync();
            }
            else if (await WithdrawNasAsync() is { } inUse)
            {
                _roleProblem = inUse;
                return;
            }
            _device!.Set(BlockReadiness.Standby);
            if (state.IsSource)
            {
                _roleProblem = ReplicationProblems.Role(ProblemCodes.VolumeReplicationDemoting, TaskName);
                await volume.DemoteAsync();
            }
            _roleProblem = null;
            return;
        }
        if (!state.IsSource)
        {
            _device!.Set(BlockReadiness.Becoming);
            await CutOffNasAsync();
            _roleProblem = await TryPromoteAsync(volume, state);
            if (_roleProblem is not null)
                return;
        }
        if (_device!.Readiness != BlockReadiness.Ready)
            _roleProblem = await BeginServingAsync(volume);
        if (_device.Readiness == BlockReadiness.Ready)
            await ServeNasAsync();
    }

    /// <returns>Why not, or null.</returns>
    private async Task<Problem?> TryPromoteAsync(ReplicatedVolume volume, ReplicatedVolumeState state)
    {
        // Never in sync, never source: it has what the volume holds, and a person has said that this is the truth.
        var isFresh = state is { HasData: false, Term: 0, BehindPeer: false };
        var alone = isFresh || await MayGoAloneAsync(volume, state);
        if (!alone && state.Phase == "Down" && ReplicationProblems.Refusal(state.Refusal, TaskName) is { } refusal)
            return refusal;
        if (!alone && state.Phase == "Down")
            return ReplicationProblems.Role(state.IsUpToDate ? ProblemCodes.VolumeReplicationPeerNotAsked : BehindCode(state), TaskName);
        if (alone && !isFresh && state is { Phase: "Down", PeerMayHoldCurrent: true } && LooksForPeer())
            return ReplicationProblems.Role(ProblemCodes.VolumeReplicationReconnecting, TaskName);
        var result = await volume.PromoteAsync(alone: alone, force: isFresh);
        return result switch
        {
            ReplicationResult.Done => null,
            ReplicationResult.NotUpToDate => ReplicationProblems.Role(BehindCode(state), TaskName),
            ReplicationResult.PeerIsPrimary => ReplicationProblems.Role(ProblemCodes.VolumeReplicationPeerIsSource, TaskName),
            ReplicationResult.DiskFailed => ReplicationProblems.Role(ProblemCodes.VolumeReplicationDiskFailed, TaskName),
            ReplicationResult.NotConnected => ReplicationProblems.Role(ProblemCodes.VolumeReplicationPeerNotAsked, TaskName),
            _ => ReplicationProblems.Role(ProblemCodes.VolumeReplicationBusy, TaskName),
        };
    }

    private static string BehindCode(ReplicatedVolumeState state) =>
        state.BehindPeer ? ProblemCodes.VolumeReplicationBehindPeer : ProblemCodes.VolumeReplicationBehind;

    private async Task<bool> MayGoAloneAsync(ReplicatedVolume volume, ReplicatedVolumeState state) =>
        state is { IsUpToDate: true, Refusal: "None", Peer: not { IsSource: true } }
        && await volume.GetValueAsync(SourceValue) is { Length: SourceValueBytes } value
        && value.AsSpan().SequenceEqual(SourceOf(state.Term));

    /// <summary>What was acknowledged to initiators is on the peer too; it may have more, or be wanted as source by now.</summary>
    private bool LooksForPeer() =>
        _configuration.Started && _parts.Link.Status.Peer is not null && _parts.Time.GetElapsedTime(_openedAt) < _parts.ReconnectFirst;

    private byte[] SourceOf(ulong term)
    {
        var value = new byte[SourceValueBytes];
        _parts.Link.Identity.NodeId.TryWriteBytes(value, bigEndian: true, out _);
        BinaryPrimitives.WriteUInt64BigEndian(value.AsSpan(16), term);
        return value;
    }

    /// <summary>This node is source; everything that belongs to a LUN is brought to where the last source left it, then requests may come.</summary>
    private async Task<Problem?> BeginServingAsync(ReplicatedVolume volume)
    {
        if (await LoadLunAsync(volume) is { } problem)
            return problem;
        // The role may have been lost meanwhile; then requests end with Offline, and the next step says so.
        _device!.Set(BlockReadiness.Ready);
        return null;
    }

    private async Task<Problem?> LoadLunAsync(ReplicatedVolume volume)
    {
        var term = (await volume.GetStateAsync()).Term;
        var before = await volume.GetValueAsync(SourceValue);
        var mine = SourceOf(term);
        var wasMine = before is { Length: SourceValueBytes } value && value.AsSpan(0, 16).SequenceEqual(mine.AsSpan(0, 16));
        var served = _served!;
        await Task.Run(() =>
        {
            // An atomic write that was cut off belongs to the data only if no other node was source since.
            if (wasMine)
                served.Journal.Replay(volume);
            else
                served.Journal.Discard();
        });
        var stored = (await volume.GetValueAsync(ReservationsValue))?.ToArray();
        if (stored is not null && wasMine && !_reservationsKept && !IsManaged)
        {
            // As on any disk, a restart ends what was not to outlive it. (A pair with failover is a disk that does not restart.)
            var left = MirroredReservations.AfterPowerLoss(stored);
            if (!left.AsSpan().SequenceEqual(stored) && await volume.PutValueAsync(ReservationsValue, left) != ReplicationResult.Done)
                return ReplicationProblems.Role(ProblemCodes.VolumeReplicationBusy, TaskName);
            stored = left;
        }
        _reservations = stored;
        if (before is not { Length: SourceValueBytes } last || !last.AsSpan().SequenceEqual(mine))
        {
            if (await volume.PutValueAsync(SourceValue, mine) != ReplicationResult.Done)
                return ReplicationProblems.Role(ProblemCodes.VolumeReplicationBusy, TaskName);
        }
        await _parts.Targets.ReloadReservationsAsync(_configuration.VolumeId);
        _reservationsKept = true;
        return null;
    }

    /// <summary>This run of the engine has had them: nothing was lost since.</summary>
    private bool _reservationsKept;
}
