using Futago.Blocks;

namespace Futago.Testing.Blocks;

/// <summary>
/// A device with a volatile cache, whose power can fail. Reads see the cache. What was changed since the last flush survives a
/// power failure by chance: each change, and within a change each 512-byte sector, may be there, or not (a torn write).
/// </summary>
/// <param name="seed">Decides what survives; the same seed and requests give the same medium.</param>
public sealed class PowerFailBlockDevice(long lengthBytes, int seed, int alignmentBytes = 512) : IBlockDevice
{
    private const int SectorBytes = 512;

    private readonly object _gate = new();
    private readonly byte[] _cache = new byte[lengthBytes];
    private readonly byte[] _medium = new byte[lengthBytes];
    private readonly List<(long Offset, byte[] Data)> _unflushed = [];
    private readonly Random _random = new(seed);
    private bool _off;

    /// <summary>The device keeps its size.</summary>
    public event Action? Grown
    {
        add { }
        remove { }
    }

    public long LengthBytes => lengthBytes;

    public int AlignmentBytes => alignmentBytes;

    public int UnmapGranularityBytes => 4096;

    public int UnflushedCount
    {
        get
        {
            lock (_gate)
                return _unflushed.Count;
        }
    }

    public void Submit(BlockRequest request)
    {
        BlockStatus status;
        lock (_gate)
            status = Run(request);
        request.OnCompleted(status);
    }

    public long GetAllocation(long offsetBytes, out bool allocated)
    {
        allocated = true;
        return LengthBytes - offsetBytes;
    }

    /// <summary>Cuts the power: requests end with Offline from now on. Returns what the medium holds.</summary>
    public byte[] FailPower()
    {
        lock (_gate)
        {
            _off = true;
            foreach (var (offset, data) in _unflushed)
                Survive(offset, data);
            _unflushed.Clear();
            return (byte[])_medium.Clone();
        }
    }

    public ValueTask DisposeAsync()
    {
        lock (_gate)
            _off = true;
        return ValueTask.CompletedTask;
    }

    private BlockStatus Run(BlockRequest request)
    {
        if (_off)
            return BlockStatus.Offline;
        if (request.Operation == BlockOperation.Flush)
        {
            Flush();
            return BlockStatus.Ok;
        }
        var (offset, length) = (request.OffsetBytes, request.LengthBytes);
        if (offset < 0 || length <= 0 || offset > LengthBytes - length || (offset | length) % alignmentBytes != 0)
            return BlockStatus.OutOfRange;
        var range = _cache.AsSpan((int)offset, (int)length);
        if (request.Operation == BlockOperation.Read)
        {
            range.CopyTo(request.Buffer!.Slice(request.BufferOffset, range.Length));
            return BlockStatus.Ok;
        }
        if (request.Operation == BlockOperation.Write)
            request.Buffer!.Slice(request.BufferOffset, range.Length).CopyTo(range);
        else
            range.Clear();
        _unflushed.Add((offset, range.ToArray()));
        if (request.Durable)
            Flush();
        return BlockStatus.Ok;
    }

    private void Flush()
    {
        foreach (var (offset, data) in _unflushed)
            data.CopyTo(_medium, offset);
        _unflushed.Clear();
    }

    private void Survive(long offset, byte[] data)
    {
        var fate = _random.Next(3);
        for (var at = 0; at < data.Length; at += SectorBytes)
        {
            // 0: lost. 1: whole. 2: torn, sector by sector.
            if (fate == 1 || (fate == 2 && _random.Next(2) == 0))
                data.AsSpan(at, Math.Min(SectorBytes, data.Length - at)).CopyTo(_medium.AsSpan((int)offset + at));
        }
    }
}
