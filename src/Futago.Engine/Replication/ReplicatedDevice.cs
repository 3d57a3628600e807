using Futago.Blocks;
using Futago.Replication;

namespace Futago.Engine.Replication;

/// <summary>
/// What initiators' requests for a replicated volume go through, whatever role the node has: the same object while the mirror under it
/// is opened, becomes source, stops being it and is closed. Cloning ranges and everything else that would go past the mirror is not
/// offered.
/// </summary>
internal sealed class ReplicatedDevice(long lengthBytes) : IBlockDevice, IBlockReadiness, IBlockSpace
{
    private readonly long _lengthBefore = lengthBytes;
    private volatile ReplicatedVolume? _volume;
    private volatile IBlockSpace? _space;
    private int _readiness = (int)BlockReadiness.Becoming;

    public event Action? Grown;

    public BlockReadiness Readiness => (BlockReadiness)Volatile.Read(ref _readiness);

    public long LengthBytes => _volume?.LengthBytes ?? _lengthBefore;

    public int AlignmentBytes => _volume?.AlignmentBytes ?? 1;

    public int UnmapGranularityBytes => _volume?.UnmapGranularityBytes ?? 0;

    public BlockSpace? GetSpace() => _space?.GetSpace();

    public void Submit(BlockRequest request)
    {
        if (Readiness == BlockReadiness.Ready && _volume is { } volume)
            volume.Submit(request);
        else
            request.OnCompleted(BlockStatus.Offline);
    }

    public long GetAllocation(long offsetBytes, out bool allocated)
    {
        if (_volume is { } volume)
            return volume.GetAllocation(offsetBytes, out allocated);
        allocated = true;
        return LengthBytes - offsetBytes;
    }

    /// <summary>The mirror is open; nothing is served before <see cref="Set"/> says so.</summary>
    public void Attach(ReplicatedVolume volume, IBlockSpace? space)
    {
        _space = space;
        _volume = volume;
        volume.Grown += OnGrown;
        if (volume.LengthBytes > _lengthBefore)
            OnGrown();
    }

    /// <summary>Requests that the mirror has already are its own business; no new ones get there.</summary>
    public void Detach()
    {
        Set(BlockReadiness.Becoming);
        if (_volume is { } volume)
            volume.Grown -= OnGrown;
        _volume = null;
        _space = null;
    }

    public void Set(BlockReadiness readiness) => Volatile.Write(ref _readiness, (int)readiness);

    /// <summary>The mirror belongs to the replication, not to whoever serves it.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void OnGrown() => Grown?.Invoke();
}
