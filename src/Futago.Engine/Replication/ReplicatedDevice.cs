using System.Collections.Concurrent;
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
    private volatile ConcurrentQueue<BlockRequest>? _held;
    private int _readiness = (int)BlockReadiness.Becoming;

    public event Action? Grown;

    public BlockReadiness Readiness => (BlockReadiness)Volatile.Read(ref _readiness);

    public long LengthBytes => _volume?.LengthBytes ?? _lengthBefore;

    public int AlignmentBytes => _volume?.AlignmentBytes ?? 1;

    public int UnmapGranularityBytes => _volume?.UnmapGranularityBytes ?? 0;

    public BlockSpace? GetSpace() => _space?.GetSpace();

    public void Submit(BlockRequest request)
    {
        if (_held is { } held)
            Wait(held, request);
        else if (Readiness == BlockReadiness.Ready && _volume is { } volume)
            volume.Submit(request);
        else
            request.OnCompleted(BlockStatus.Offline);
    }

    /// <summary>Requests wait from now on. There are no more than the sessions' command windows let in.</summary>
    public void Hold() => _held ??= new ConcurrentQueue<BlockRequest>();

    /// <summary>Those that wait go where requests go now.</summary>
    public void Resume()
    {
        var held = _held;
        _held = null;
        if (held is not null)
            Release(held);
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

    private void Wait(ConcurrentQueue<BlockRequest> held, BlockRequest request)
    {
        held.Enqueue(request);
        // The end of the wait may have come between, and found nothing.
        if (!ReferenceEquals(_held, held))
            Release(held);
    }

    private void Release(ConcurrentQueue<BlockRequest> held)
    {
        while (held.TryDequeue(out var request))
            Submit(request);
    }

    private void OnGrown() => Grown?.Invoke();
}
