using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Futago.Replication.Tests.StateCheck;

/// <summary>
/// The states that were seen, whole, in 12 bytes each. What a state is but for what is used up (106 bits) is mixed reversibly: a part of the outcome says in
/// which bucket it is, and the bucket holds the rest, so that nothing is lost and no two states are ever taken for one. For several threads.
/// </summary>
internal sealed unsafe class StateSet : IDisposable
{
    private const int HalfBits = World.KeyBits / 2;
    private const ulong HalfMask = (1UL << HalfBits) - 1;
    private const ulong UsedMask = ((1UL << World.UsedBits) - 1) << HalfBits;
    private const int FirstRestBits = 64 - HalfBits - World.UsedBits;
    private const int BucketSize = 88;

    /// <summary>Of <see cref="BucketSize"/>, on average, when there is room for more buckets: one level of the search may double them.</summary>
    private const int GrowsAt = 40;

    /// <summary>For the last time, late: by then a level adds little, and there is no more memory than that.</summary>
    private const int GrowsLastAt = 68;

    /// <summary>With fewer an entry would have to hold more than it has room for; with more, more than the machines that this runs on have.</summary>
    private const int FirstBucketBits = 17, MostBucketBits = 24;

    private const int Stripes = 1 << 12;

    private readonly object[] _gates = [.. Enumerable.Range(0, Stripes).Select(_ => new object())];

    /// <summary>What came to full buckets: by key, a bit for each combination of what may be used up.</summary>
    private readonly Dictionary<UInt128, UInt128> _overflow = [];

    private int _bucketBits = FirstBucketBits;
    private ulong* _words = (ulong*)NativeMemory.Alloc(BucketSize << FirstBucketBits, sizeof(ulong));
    private uint* _rests = (uint*)NativeMemory.Alloc(BucketSize << FirstBucketBits, sizeof(uint));
    private byte* _counts = (byte*)NativeMemory.AllocZeroed(1 << FirstBucketBits);

    /// <summary>More buckets, when there are many states for those that there are. Nobody else may use it meanwhile.</summary>
    public void MakeRoom(long states)
    {
        while (_bucketBits < MostBucketBits && states > (long)(_bucketBits == MostBucketBits - 1 ? GrowsLastAt : GrowsAt) << _bucketBits)
            Split();
    }

    /// <summary>Unless it, or the same with no more used up, is there already: whatever can still happen from this one can happen from that.</summary>
    public bool TryAdd(UInt128 state)
    {
        var used = (int)(state >> World.KeyBits);
        var (left, right) = Mix((ulong)(state >> HalfBits) & HalfMask, (ulong)state & HalfMask);
        var bucket = left & ((1UL << _bucketBits) - 1);
        left >>= _bucketBits;
        var word = right | (ulong)used << HalfBits | left << (HalfBits + World.UsedBits);
        var rest = (uint)(left >> FirstRestBits);
        var words = _words + bucket * BucketSize;
        var rests = _rests + bucket * BucketSize;
        lock (_gates[bucket % Stripes])
        {
            int count = _counts[bucket];
            if (IsCovered(words, rests, count, word, rest, used))
                return false;
            if (count == BucketSize)
                return TryAddToOverflow(state, used);
            (words[count], rests[count]) = (word, rest);
            _counts[bucket]++;
            return true;
        }
    }

    public void Dispose()
    {
        NativeMemory.Free(_words);
        NativeMemory.Free(_rests);
        NativeMemory.Free(_counts);
    }

    /// <summary>Each bucket becomes two: the next bit of the rest says which of them has an entry.</summary>
    private void Split()
    {
        var buckets = (nuint)1 << _bucketBits;
        _words = (ulong*)NativeMemory.Realloc(_words, 2 * buckets * BucketSize * sizeof(ulong));
        _rests = (uint*)NativeMemory.Realloc(_rests, 2 * buckets * BucketSize * sizeof(uint));
        var counts = (byte*)NativeMemory.AllocZeroed(2 * buckets);
        Parallel.For(0, (long)buckets, bucket =>
        {
            var (low, high) = ((nuint)bucket, (nuint)bucket + buckets);
            for (nuint i = 0; i < _counts[low]; i++)
            {
                var (word, rest) = (_words[low * BucketSize + i], _rests[low * BucketSize + i]);
                var left = (ulong)rest << FirstRestBits | word >> (HalfBits + World.UsedBits);
                var to = (left & 1) == 0 ? low : high;
                left >>= 1;
                var at = to * BucketSize + counts[to]++;
                _words[at] = (word & (HalfMask | UsedMask)) | left << (HalfBits + World.UsedBits);
                _rests[at] = (uint)(left >> FirstRestBits);
            }
        });
        NativeMemory.Free(_counts);
        _counts = counts;
        _bucketBits++;
        var overflow = _overflow.ToList();
        _overflow.Clear();
        foreach (var (key, seen) in overflow)
        {
            for (var used = 0; used < 1 << World.UsedBits; used++)
            {
                if ((seen >> used & 1) != 0)
                    TryAdd(key | (UInt128)used << World.KeyBits);
            }
        }
    }

    private static bool IsCovered(ulong* words, uint* rests, int count, ulong word, uint rest, int used)
    {
        var (wanted, mask) = (Vector256.Create(word & ~UsedMask), Vector256.Create(~UsedMask));
        // A bucket's length is a multiple of four; what is behind the count is no state that was seen.
        for (var i = 0; i < count; i += Vector256<ulong>.Count)
        {
            var found = Vector256.Equals(Vector256.Load(words + i) & mask, wanted).ExtractMostSignificantBits();
            for (; found != 0; found &= found - 1)
            {
                var at = i + System.Numerics.BitOperations.TrailingZeroCount(found);
                if (at < count && rests[at] == rest && Covers((int)((words[at] & UsedMask) >> HalfBits), used))
                    return true;
            }
        }
        return false;
    }

    private bool TryAddToOverflow(UInt128 state, int used)
    {
        lock (_overflow)
        {
            ref var seen = ref CollectionsMarshal.GetValueRefOrAddDefault(_overflow, state & ((UInt128.One << World.KeyBits) - 1), out _);
            for (var other = 0; other < 1 << World.UsedBits; other++)
            {
                if ((seen >> other & 1) != 0 && Covers(other, used))
                    return false;
            }
            seen |= UInt128.One << used;
            return true;
        }
    }

    /// <summary>No more crashes, no more partitions, and no more promotions.</summary>
    private static bool Covers(int seen, int used) => (seen & 0b11) <= (used & 0b11) && (seen & 0b1100) <= (used & 0b1100) && seen >> 4 <= used >> 4;

    /// <summary>A Feistel network: every outcome comes from one key only.</summary>
    private static (ulong Left, ulong Right) Mix(ulong left, ulong right)
    {
        for (var round = 1UL; round <= 4; round++)
        {
            var mixed = (right + round) * 0x9E3779B97F4A7C15;
            mixed = (mixed ^ mixed >> 32) * 0xBF58476D1CE4E5B9;
            (left, right) = (right, (left ^ mixed ^ mixed >> 29) & HalfMask);
        }
        return (left, right);
    }
}
