using Futago.Blocks;

namespace Futago.Volumes.Initialisation;

/// <summary>
/// Keeps the zero-initialisation and the initiators' writes apart. The initialisation holds one short range at a time; writes
/// that overlap it wait until it moves on, and it waits for those that are in flight. What was written inside the range before
/// shows as data in the file's extent map, and the initialisation writes only into the holes between.
/// <para>
/// The order makes it safe: (1) the range is held, new writes to it queue; (2) the writes in flight over it have completed, so
/// the extent map tells of all of them; (3) holes are zeroed; (4) the range is let go. A write is thus entirely before (2), and
/// seen, or entirely after (4), and lands on top of the zeros.
/// </para>
/// While nothing is left to initialise the gate is open and costs one volatile read per request.
/// </summary>
internal sealed class RangeGate
{
    private readonly Lock _lock = new();
    private readonly Stack<TrackedWrite> _spare = new();
    private readonly List<TrackedWrite> _inFlight = [];
    private readonly Queue<(IBlockDevice Device, BlockRequest Request)> _waiting = new();
    private volatile bool _open = true;
    private bool _held;
    private long _heldStart;
    private long _heldEnd;
    private TaskCompletionSource? _drained;

    public bool IsOpen => _open;

    /// <summary>From now on writes are tracked. Call before any write can reach a range that is to be initialised.</summary>
    public void Close() => _open = false;

    /// <summary>The initialisation is over; nothing is held.</summary>
    public void Open() => _open = true;

    /// <summary>Holds the range, and waits for the writes in flight over it.</summary>
    public Task HoldAsync(long start, long end)
    {
        lock (_lock)
        {
            if (_held)
                throw new InvalidOperationException("One range is held at a time.");
            _held = true;
            _heldStart = start;
            _heldEnd = end;
            if (!_inFlight.Exists(w => Overlaps(w.OffsetBytes, w.LengthBytes)))
                return Task.CompletedTask;
            _drained = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _drained.Task;
        }
    }

    public void Release()
    {
        (IBlockDevice Device, BlockRequest Request)[] waiting;
        lock (_lock)
        {
            _held = false;
            _drained = null;
            waiting = [.. _waiting];
            _waiting.Clear();
        }
        foreach (var (device, request) in waiting)
            Submit(device, request);
    }

    /// <summary>Passes a changing request to the device, now or when its range is let go.</summary>
    public void Submit(IBlockDevice device, BlockRequest request)
    {
        TrackedWrite tracked;
        lock (_lock)
        {
            if (_held && Overlaps(request.OffsetBytes, request.LengthBytes))
            {
                _waiting.Enqueue((device, request));
                return;
            }
            if (!_spare.TryPop(out tracked!))
                tracked = new TrackedWrite(this);
            tracked.Take(request);
            _inFlight.Add(tracked);
        }
        device.Submit(tracked);
    }

    /// <summary>The device is being closed: what still waits for it ends as offline.</summary>
    public void Abandon(IBlockDevice device)
    {
        var abandoned = new List<BlockRequest>();
        lock (_lock)
        {
            for (var i = _waiting.Count; i > 0; i--)
            {
                var entry = _waiting.Dequeue();
                if (ReferenceEquals(entry.Device, device))
                    abandoned.Add(entry.Request);
                else
                    _waiting.Enqueue(entry);
            }
        }
        foreach (var request in abandoned)
            request.OnCompleted(BlockStatus.Offline);
    }

    private void Completed(TrackedWrite tracked, BlockStatus status)
    {
        var original = tracked.Original!;
        lock (_lock)
        {
            _inFlight.Remove(tracked);
            tracked.Forget();
            _spare.Push(tracked);
            if (_drained is not null && !_inFlight.Exists(w => Overlaps(w.OffsetBytes, w.LengthBytes)))
            {
                _drained.TrySetResult();
                _drained = null;
            }
        }
        original.OnCompleted(status);
    }

    private bool Overlaps(long offset, long length) => offset < _heldEnd && offset + length > _heldStart;

    /// <summary>Stands in for a request at the device, so that its completion is noticed.</summary>
    private sealed class TrackedWrite(RangeGate gate) : BlockRequest
    {
        public BlockRequest? Original { get; private set; }

        public void Take(BlockRequest request)
        {
            Original = request;
            Operation = request.Operation;
            OffsetBytes = request.OffsetBytes;
            LengthBytes = request.LengthBytes;
            Buffer = request.Buffer;
            BufferOffset = request.BufferOffset;
            Durable = request.Durable;
            CloneSource = request.CloneSource;
            CloneSourceOffset = request.CloneSourceOffset;
        }

        public void Forget()
        {
            Original = null;
            Buffer = null;
            CloneSource = null;
        }

        public override void OnCompleted(BlockStatus status) => gate.Completed(this, status);
    }
}
