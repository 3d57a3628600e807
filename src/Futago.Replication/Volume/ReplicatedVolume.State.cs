using System.Collections.Immutable;

namespace Futago.Replication;

/// <summary>What can be seen of it.</summary>
public sealed partial class ReplicatedVolume
{
    private const int RangesMaximum = 1000;

    private readonly LatencyMeter _localWrite = new();
    private long _writes;
    private long _writtenBytes;
    private long _sentBytes;
    private long _receivedBytes;
    private long _sentFrames;
    private long _receivedFrames;
    private long _connections;
    private string _lastClose = "";

    /// <summary>Why the last connection was ended by this side; empty if it never did.</summary>
    public string LastClose => _lastClose;

    public Task<ReplicatedVolumeState> GetStateAsync() => QueryAsync(core =>
    {
        var session = _session;
        var lineage = core.Lineage;
        return new ReplicatedVolumeState(
            core.IsPrimary,
            core.PeerIsPrimary,
            core.Phase.ToString(),
            core.IsUpToDate,
            core.PeerIsUpToDate,
            lineage.Inconsistent,
            lineage.Outdated,
            core.Disk == DiskState.Failed,
            !lineage.Current.IsNone,
            core.IsPrimary && core.CurrentMode == Mode.Hold,
            lineage.Term,
            lineage.Current.ToString(),
            core.SizeBytes,
            core.DirtyBlocks * DirtyMap.BlockBytes,
            core.ResyncTotalBlocks * DirtyMap.BlockBytes,
            core.ResyncedBlocks * DirtyMap.BlockBytes,
            core.LastRefusal.ToString(),
            core.LastRefusalNeedsFull,
            (core.LastPeer?.DirtyBlocks ?? 0) * DirtyMap.BlockBytes,
            core.IsVerifying,
            core.VerifyAborted,
            core.VerifiedBlocks * DirtyMap.BlockBytes,
            core.Different?.Count * DirtyMap.BlockBytes,
            Ranges(core.Different),
            _writes,
            _writtenBytes,
            Interlocked.Read(ref _sentBytes) + (session?.SentBytes ?? 0),
            Interlocked.Read(ref _receivedBytes) + (session?.ReceivedBytes ?? 0),
            _connections,
            _localWrite.Microseconds,
            _stages.PeerWriteMicroseconds,
            _stages.RoundTripMicroseconds,
            core.ActivityMisses,
            lineage.PeerMayHoldCurrent,
            core.LastPeer is { } peer
                ? new ReplicatedPeerState(
                    peer.Primary, !peer.Current.IsNone, peer.HasDisk, peer.Inconsistent, peer.Outdated, peer.DirtyBlocks * DirtyMap.BlockBytes)
                : null)
        {
            Stages = [.. Enum.GetValues<WriteStage>().Select(_stages.BucketsOf)],
            SentFrames = Interlocked.Read(ref _sentFrames) + (session?.SentFrames ?? 0),
            ReceivedFrames = Interlocked.Read(ref _receivedFrames) + (session?.ReceivedFrames ?? 0),
            WaitingFrames = session?.WaitingFrames ?? 0,
            BehindPeer = core.IsBehindPeer,
            LastClose = _lastClose,
        };
    });

    /// <summary>How many bytes of each part of the volume may differ from the peer's, in whole blocks.</summary>
    public Task<long[]> GetChangesAsync(int parts) => QueryAsync(core => core.DirtyByPart(parts).Select(blocks => blocks * DirtyMap.BlockBytes).ToArray());

    private static ImmutableArray<(long OffsetBytes, long LengthBytes)> Ranges(DirtyMap? map)
    {
        var ranges = ImmutableArray.CreateBuilder<(long, long)>();
        for (var at = map?.NextSet(0) ?? -1; at >= 0 && ranges.Count < RangesMaximum; at = map!.NextSet(at))
        {
            var length = map!.RunLength(at, int.MaxValue);
            ranges.Add((at * DirtyMap.BlockBytes, (long)length * DirtyMap.BlockBytes));
            at += length;
        }
        return ranges.ToImmutable();
    }
}
