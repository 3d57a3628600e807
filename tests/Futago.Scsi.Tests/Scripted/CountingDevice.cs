using Futago.Blocks;

namespace Futago.Scsi.Tests.Scripted;

/// <summary>A device of any size without content: counts the bytes that requests ask for.</summary>
internal sealed class CountingDevice(long lengthBytes) : IBlockDevice
{
    private readonly Dictionary<BlockOperation, long> _bytes = [];

    public event Action? Grown
    {
        add { }
        remove { }
    }

    public long LengthBytes => lengthBytes;

    public int AlignmentBytes => 512;

    public int UnmapGranularityBytes => 4096;

    public long FirstOffset { get; private set; } = long.MaxValue;

    public long LastEnd { get; private set; }

    public long Bytes(BlockOperation operation) => _bytes.GetValueOrDefault(operation);

    public void Submit(BlockRequest request)
    {
        _bytes[request.Operation] = Bytes(request.Operation) + request.LengthBytes;
        if (request.Operation != BlockOperation.Flush)
        {
            FirstOffset = Math.Min(FirstOffset, request.OffsetBytes);
            LastEnd = Math.Max(LastEnd, request.OffsetBytes + request.LengthBytes);
        }
        request.OnCompleted(BlockStatus.Ok);
    }

    public long GetAllocation(long offsetBytes, out bool allocated)
    {
        allocated = true;
        return lengthBytes - offsetBytes;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
