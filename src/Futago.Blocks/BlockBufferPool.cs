using System.Collections.Concurrent;
using System.Numerics;

namespace Futago.Blocks;

/// <summary>
/// Buffers by power-of-two size (4 KiB to 16 MiB) under one budget. When the budget is used up, <see cref="TryRent"/> says no
/// and the caller answers with back-pressure (TASK SET FULL, an R2T held back) instead of growing.
/// </summary>
public sealed class BlockBufferPool(long budgetBytes)
{
    public const int MinimumBytes = 4096;
    public const int MaximumBytes = 16 << 20;

    /// <summary>Calls of <see cref="Trim"/> that a buffer must have lain unused at before it is freed.</summary>
    public const int CallsUntilTrimmed = 10;

    private readonly ConcurrentBag<BlockBuffer>[] _free = CreateBags();

    /// <summary>Of each size, the fewest that lay unused at any of the last calls of <see cref="Trim"/>. Guarded by itself.</summary>
    private readonly int[] _fewestUnused = new int[IndexOf(MaximumBytes) + 1];
    private int _trimCalls;
    private long _allocatedBytes;

    /// <summary>Bytes taken from the system, rented or kept for reuse.</summary>
    public long AllocatedBytes => Interlocked.Read(ref _allocatedBytes);

    /// <param name="length">1 to <see cref="MaximumBytes"/>.</param>
    /// <returns>A buffer with at least that capacity and arbitrary content, or null when the budget does not allow it.</returns>
    public BlockBuffer? TryRent(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, MaximumBytes);
        var index = IndexOf(length);
        if (_free[index].TryTake(out var buffer))
            return buffer;
        var capacity = MinimumBytes << index;
        if (!Reserve(capacity) && !(ReleaseUnused(capacity) && Reserve(capacity)))
            return null;
        try
        {
            return new BlockBuffer(capacity);
        }
        catch (InsufficientMemoryException)
        {
            Interlocked.Add(ref _allocatedBytes, -capacity);
            return null;
        }
    }

    public void Return(BlockBuffer buffer) => _free[IndexOf(buffer.Capacity)].Add(buffer);

    /// <summary>Frees every buffer that is kept for reuse; the pool can be used on.</summary>
    public void ReleaseAll() => ReleaseUnused(int.MaxValue);

    /// <summary>To be called about once a second: frees what nobody has needed for some calls.</summary>
    public void Trim()
    {
        lock (_fewestUnused)
        {
            var first = _trimCalls == 0;
            _trimCalls = (_trimCalls + 1) % CallsUntilTrimmed;
            for (var i = 0; i < _free.Length; i++)
            {
                var unused = _free[i].Count;
                _fewestUnused[i] = first ? unused : Math.Min(_fewestUnused[i], unused);
                if (_trimCalls == 0)
                    Free(_free[i], _fewestUnused[i]);
            }
        }
    }

    private void Free(ConcurrentBag<BlockBuffer> bag, int count)
    {
        for (; count > 0 && bag.TryTake(out var buffer); count--)
        {
            Interlocked.Add(ref _allocatedBytes, -buffer.Capacity);
            buffer.Free();
        }
    }

    private bool Reserve(int capacity)
    {
        if (Interlocked.Add(ref _allocatedBytes, capacity) <= budgetBytes)
            return true;
        Interlocked.Add(ref _allocatedBytes, -capacity);
        return false;
    }

    /// <summary>Frees kept buffers of other sizes until <paramref name="wanted"/> bytes are back in the budget.</summary>
    private bool ReleaseUnused(int wanted)
    {
        long released = 0;
        for (var i = _free.Length - 1; i >= 0 && released < wanted; i--)
        {
            while (released < wanted && _free[i].TryTake(out var buffer))
            {
                released += buffer.Capacity;
                Interlocked.Add(ref _allocatedBytes, -buffer.Capacity);
                buffer.Free();
            }
        }
        return released > 0;
    }

    private static int IndexOf(int length) =>
        BitOperations.Log2(BitOperations.RoundUpToPowerOf2((uint)Math.Max(length, MinimumBytes))) - BitOperations.Log2(MinimumBytes);

    private static ConcurrentBag<BlockBuffer>[] CreateBags()
    {
        var bags = new ConcurrentBag<BlockBuffer>[IndexOf(MaximumBytes) + 1];
        for (var i = 0; i < bags.Length; i++)
            bags[i] = [];
        return bags;
    }
}
