using System.Numerics;

namespace Futago.Replication;

/// <summary>
/// The extents in which writes are, or were lately, under way. An extent is durable here before the first write to it goes
/// anywhere (I1), and stays while a write is in flight or not yet flushed on both sides: after a crash, whatever is in it counts
/// as different (I5).
/// </summary>
internal sealed class ActivityLog(int slots, int blocksPerExtent)
{
    private readonly Dictionary<int, Extent> _extents = [];
    private long _clock;

    private sealed class Extent
    {
        public int Users;
        public bool Durable;
        public long LastUse;
        /// <summary>Blocks written on both sides and flushed on neither, one bit each.</summary>
        public ulong[]? Unflushed;
        /// <summary>Those among them that the flush under way covers.</summary>
        public ulong[]? Flushing;

        public bool IsEvictable => Users == 0 && Unflushed is null && Flushing is null;
    }

    public int Slots => slots;

    /// <summary>Every extent that the log on the medium has to name.</summary>
    public int[] Active => [.. _extents.Keys.Order()];

    public int Count => _extents.Count;

    public bool HasUnflushed => _extents.Values.Any(e => e.Unflushed is not null);

    public int ExtentOf(long block) => (int)(block / blocksPerExtent);

    /// <summary>Counts a user of each extent of the range, if all of them are durable.</summary>
    public bool TryAcquire(long first, long last)
    {
        for (var e = ExtentOf(first); e <= ExtentOf(last); e++)
        {
            if (!_extents.TryGetValue(e, out var extent) || !extent.Durable)
                return false;
        }
        for (var e = ExtentOf(first); e <= ExtentOf(last); e++)
        {
            var extent = _extents[e];
            extent.Users++;
            extent.LastUse = ++_clock;
        }
        return true;
    }

    /// <param name="unflushed">The range was written on both sides and is not yet known to be durable on either.</param>
    public void Release(long first, long last, bool unflushed)
    {
        for (var e = ExtentOf(first); e <= ExtentOf(last); e++)
            _extents[e].Users--;
        if (!unflushed)
            return;
        for (var block = first; block <= last; block++)
        {
            var bits = _extents[ExtentOf(block)].Unflushed ??= new ulong[(blocksPerExtent + 63) / 64];
            var at = (int)(block % blocksPerExtent);
            bits[at >> 6] |= 1UL << (at & 63);
        }
    }

    /// <summary>
    /// Makes room for the extents of a range and adds them, to be committed. Extents of <paramref name="evicted"/> leave; their
    /// bits have to be durable before, or with, the next state of the log (I3).
    /// </summary>
    /// <param name="reserved">Extents that others, who came before, wait for; those of the range are added.</param>
    /// <returns>False when not enough slots can be given up now.</returns>
    public bool TryActivate(long first, long last, HashSet<int> reserved, List<int> evicted)
    {
        var missing = 0;
        for (var e = ExtentOf(first); e <= ExtentOf(last); e++)
            reserved.Add(e);
        for (var e = ExtentOf(first); e <= ExtentOf(last); e++)
            missing += _extents.ContainsKey(e) ? 0 : 1;
        var surplus = _extents.Count + missing - slots;
        if (surplus > 0)
        {
            // Never one that somebody has asked for and not got yet.
            var victims = _extents.Where(e => e.Value.IsEvictable && e.Value.Durable && !reserved.Contains(e.Key))
                .OrderBy(e => e.Value.LastUse).Take(Math.Max(surplus, Math.Min(slots / 16, surplus + 8))).Select(e => e.Key).ToList();
            if (victims.Count < surplus)
                return false;
            foreach (var victim in victims)
                _extents.Remove(victim);
            evicted.AddRange(victims);
        }
        for (var e = ExtentOf(first); e <= ExtentOf(last); e++)
        {
            if (!_extents.ContainsKey(e))
                _extents.Add(e, new Extent { LastUse = ++_clock });
        }
        return true;
    }

    /// <summary>The log on the medium names these.</summary>
    public void MarkDurable(ReadOnlySpan<int> active)
    {
        foreach (var e in active)
        {
            if (_extents.TryGetValue(e, out var extent))
                extent.Durable = true;
        }
    }

    public void BeginFlush()
    {
        foreach (var extent in _extents.Values)
        {
            (extent.Flushing, extent.Unflushed) = (extent.Unflushed, null);
        }
    }

    public void EndFlush()
    {
        foreach (var extent in _extents.Values)
            extent.Flushing = null;
    }

    /// <summary>What the flush was to cover may be lost here, now or later: it is out of sync now.</summary>
    public void FailFlush(DirtyMap dirty)
    {
        foreach (var (e, extent) in _extents)
        {
            Move(e, extent.Flushing, dirty);
            extent.Flushing = null;
        }
    }

    /// <summary>The peer may have lost everything that was not flushed: it is out of sync now.</summary>
    public void MoveUnflushedTo(DirtyMap dirty)
    {
        foreach (var (e, extent) in _extents)
        {
            Move(e, extent.Unflushed, dirty);
            Move(e, extent.Flushing, dirty);
            extent.Unflushed = extent.Flushing = null;
        }
    }

    /// <summary>Nothing is under way any more. The caller has seen to it that everything is flushed and every bit durable.</summary>
    public bool TryClear()
    {
        if (_extents.Values.Any(e => !e.IsEvictable))
            return false;
        _extents.Clear();
        return true;
    }

    private void Move(int extent, ulong[]? bits, DirtyMap dirty)
    {
        for (var i = 0; bits is not null && i < bits.Length; i++)
        {
            for (var word = bits[i]; word != 0; word &= word - 1)
            {
                var block = (long)extent * blocksPerExtent + i * 64 + BitOperations.TrailingZeroCount(word);
                dirty.Set(block, block);
            }
        }
    }
}
