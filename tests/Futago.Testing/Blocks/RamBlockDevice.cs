using Futago.Blocks;

namespace Futago.Testing.Blocks;

/// <summary>A device in memory that completes every request before <see cref="Submit"/> returns. Allocation is kept per 4 KiB page.</summary>
public sealed class RamBlockDevice : IBlockDevice
{
    public const int PageBytes = 4096;

    private readonly object _gate = new();
    private byte[] _data;
    private bool[] _allocated;
    private bool _closed;

    public RamBlockDevice(long lengthBytes, int alignmentBytes = 512, int unmapGranularityBytes = PageBytes)
    {
        _data = new byte[lengthBytes];
        _allocated = new bool[(lengthBytes + PageBytes - 1) / PageBytes];
        AlignmentBytes = alignmentBytes;
        UnmapGranularityBytes = unmapGranularityBytes;
    }

    public event Action? Grown;

    public long LengthBytes => _data.LongLength;

    public int AlignmentBytes { get; }

    public int UnmapGranularityBytes { get; }

    /// <summary>What the device holds; for looking and for preparing, while nothing is submitted.</summary>
    public Span<byte> Data => _data;

    public int FlushCount { get; private set; }

    public int DurableWriteCount { get; private set; }

    public int UnmapCount { get; private set; }

    public int WriteZeroesCount { get; private set; }

    public void Submit(BlockRequest request) => request.OnCompleted(Run(request));

    public long GetAllocation(long offsetBytes, out bool allocated)
    {
        lock (_gate)
        {
            var page = offsetBytes / PageBytes;
            allocated = _allocated[page];
            var end = page;
            while (end < _allocated.Length && _allocated[end] == allocated)
                end++;
            return Math.Min(end * PageBytes, LengthBytes) - offsetBytes;
        }
    }

    public void GrowTo(long newLengthBytes)
    {
        lock (_gate)
        {
            Array.Resize(ref _data, checked((int)newLengthBytes));
            Array.Resize(ref _allocated, checked((int)((newLengthBytes + PageBytes - 1) / PageBytes)));
        }
        Grown?.Invoke();
    }

    public ValueTask DisposeAsync()
    {
        lock (_gate)
            _closed = true;
        return ValueTask.CompletedTask;
    }

    private BlockStatus Run(BlockRequest request)
    {
        lock (_gate)
        {
            if (_closed)
                return BlockStatus.Offline;
            if (request.Operation == BlockOperation.Flush)
            {
                FlushCount++;
                return BlockStatus.Ok;
            }
            var (offset, length) = (request.OffsetBytes, request.LengthBytes);
            if (offset < 0 || length <= 0 || offset > LengthBytes - length || (offset | length) % AlignmentBytes != 0)
                return BlockStatus.OutOfRange;
            Apply(request, _data.AsSpan((int)offset, (int)length));
            return BlockStatus.Ok;
        }
    }

    private void Apply(BlockRequest request, Span<byte> range)
    {
        switch (request.Operation)
        {
            case BlockOperation.Read:
                range.CopyTo(request.Buffer!.Slice(request.BufferOffset, range.Length));
                break;
            case BlockOperation.Write:
                request.Buffer!.Slice(request.BufferOffset, range.Length).CopyTo(range);
                MarkAllocated(request, true, wholePagesOnly: false);
                DurableWriteCount += request.Durable ? 1 : 0;
                break;
            case BlockOperation.WriteZeroes:
                range.Clear();
                MarkAllocated(request, true, wholePagesOnly: false);
                WriteZeroesCount++;
                break;
            case BlockOperation.Unmap:
                range.Clear();
                MarkAllocated(request, false, wholePagesOnly: true);
                UnmapCount++;
                break;
        }
    }

    private void MarkAllocated(BlockRequest request, bool allocated, bool wholePagesOnly)
    {
        var (offset, end) = (request.OffsetBytes, request.OffsetBytes + request.LengthBytes);
        var first = wholePagesOnly ? (offset + PageBytes - 1) / PageBytes : offset / PageBytes;
        var last = wholePagesOnly ? (end == LengthBytes ? _allocated.Length : end / PageBytes) : (end + PageBytes - 1) / PageBytes;
        for (var page = first; page < last; page++)
            _allocated[page] = allocated;
    }
}
