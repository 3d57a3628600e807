using Futago.Blocks;

namespace Futago.Testing.Blocks;

/// <summary>Ends requests with an error of the test's choice, by operation and range, instead of passing them on.</summary>
public sealed class FaultyBlockDevice(IBlockDevice inner) : BlockDeviceDecorator(inner)
{
    private readonly object _gate = new();
    private readonly List<Fault> _faults = [];

    private sealed record Fault(BlockOperation Operation, long OffsetBytes, long LengthBytes, BlockStatus Status, int Times)
    {
        public int Left { get; set; } = Times;
    }

    /// <summary>Fails the next <paramref name="times"/> requests of this kind that touch the range.</summary>
    public void Fail(BlockOperation operation, BlockStatus status, long offsetBytes = 0, long lengthBytes = long.MaxValue, int times = int.MaxValue)
    {
        lock (_gate)
            _faults.Add(new Fault(operation, offsetBytes, lengthBytes, status, times));
    }

    public void Heal()
    {
        lock (_gate)
            _faults.Clear();
    }

    public override void Submit(BlockRequest request)
    {
        BlockStatus? status = null;
        lock (_gate)
        {
            var fault = _faults.Find(f => f.Left > 0 && f.Operation == request.Operation && Touches(f, request));
            if (fault is not null)
            {
                fault.Left--;
                status = fault.Status;
            }
        }
        if (status is { } error)
            request.OnCompleted(error);
        else
            Inner.Submit(request);
    }

    private static bool Touches(Fault fault, BlockRequest request) =>
        request.Operation == BlockOperation.Flush
        || (request.OffsetBytes < (fault.LengthBytes == long.MaxValue ? long.MaxValue : fault.OffsetBytes + fault.LengthBytes)
            && fault.OffsetBytes < request.OffsetBytes + request.LengthBytes);
}
