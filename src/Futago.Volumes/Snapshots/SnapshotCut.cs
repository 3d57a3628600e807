using System.Diagnostics;
using Futago.Blocks;
using Futago.Volumes.LogicalVolumes;

namespace Futago.Volumes.Snapshots;

/// <summary>
/// One snapshot that is being taken: which granules of the file have been cloned, and which requests wait for the others. A request that
/// waits has its granules cloned before the rest of the file, the longest waiting first; in turn with the rest, which would never come
/// to its end otherwise while somebody writes everywhere.
/// </summary>
internal sealed class SnapshotCut
{
    /// <summary>Small, so that a write waits for few extents: at worst 16 of 4 KiB each. Larger where there would be too many to keep count of.</summary>
    private const long GranuleBytesMinimum = 64 << 10;
    private const int GranulesMaximum = 1 << 24;

    /// <summary>What is cloned at once for a request that waits: what it touches and no more, since the others wait for it too.</summary>
    private const long WantedBytes = 512 << 10;

    /// <summary>A step through the rest of the file, where it is in pieces of 4 KiB: those of some dozens of requests.</summary>
    private const long RangeBytesMinimum = 256 << 10;

    /// <summary>So many steps for requests that wait, then one through the rest.</summary>
    private const int WantedInARow = 8;

    /// <summary>Ranges are this long at most, so that an easy part of the file does not lead into one large step through a hard part.</summary>
    private const long RangeBytesMaximum = 16 << 20;
    private const int RangesMaximum = 1 << 16;

    private readonly Lock _lock = new();
    private readonly List<Held> _held = [];
    private readonly ulong[] _cloned;
    private readonly long _lengthBytes;
    private readonly long _granuleBytes;
    private readonly int _granules;
    private readonly int _wanted;
    private readonly int _rangeMinimum;
    private readonly int _rangeMaximum;
    private int _range;
    private int _next;
    private int _wantedInARow;
    private bool _over;
    private readonly Action<Action> _run;
    private long _longestHold;

    /// <param name="run">Runs what it is given at once, on whatever thread; null: on the thread pool. Whoever clones does not do the writes as well.</param>
    public SnapshotCut(long lengthBytes, Action<Action>? run = null)
    {
        _run = run ?? (work => ThreadPool.UnsafeQueueUserWorkItem(static w => w(), work, preferLocal: false));
        _lengthBytes = lengthBytes;
        _granuleBytes = GranuleBytesMinimum;
        while (Count(lengthBytes, _granuleBytes) > GranulesMaximum)
            _granuleBytes *= 2;
        _granules = (int)Count(lengthBytes, _granuleBytes);
        _cloned = new ulong[(_granules + 63) / 64];
        _rangeMaximum = (int)Math.Max(1, Math.Max(RangeBytesMaximum, lengthBytes / RangesMaximum) / _granuleBytes);
        _range = _rangeMinimum = (int)Math.Max(1, RangeBytesMinimum / _granuleBytes);
        _wanted = (int)Math.Max(1, WantedBytes / _granuleBytes);
    }

    /// <summary>How long the request waited that waited longest.</summary>
    public TimeSpan LongestHold => Stopwatch.GetElapsedTime(0, Interlocked.Read(ref _longestHold));

    /// <summary>True when the request has to wait: it is passed to its device when all that it touches has been cloned.</summary>
    public bool TryHold(GuardedDevice device, BlockRequest request)
    {
        // What the device refuses anyway is none of the snapshot's business.
        if (request.LengthBytes <= 0 || request.OffsetBytes < 0 || request.OffsetBytes >= _lengthBytes)
            return false;
        var first = (int)(request.OffsetBytes / _granuleBytes);
        var last = (int)((Math.Min(request.LengthBytes, _lengthBytes - request.OffsetBytes) + request.OffsetBytes - 1) / _granuleBytes);
        lock (_lock)
        {
            if (_over || FirstUncloned(first, last) < 0)
                return false;
            _held.Add(new Held(device, request, first, last, Stopwatch.GetTimestamp()));
            return true;
        }
    }

    /// <summary>What to clone next; false when all has been.</summary>
    public bool TryNext(out long offsetBytes, out long lengthBytes)
    {
        lock (_lock)
        {
            (offsetBytes, lengthBytes) = (0, 0);
            var rest = _next = FirstUncloned(_next, _granules - 1);
            if (rest < 0)
                return false;
            var first = rest;
            var limit = Math.Min(_granules, first + _range);
            if (_held is [var waiting, ..] && _wantedInARow < WantedInARow)
            {
                first = FirstUncloned(waiting.First, waiting.Last);
                limit = Math.Min(waiting.Last + 1, first + _wanted);
                _wantedInARow++;
            }
            else
            {
                _wantedInARow = 0;
            }
            var end = first + 1;
            while (end < limit && !IsCloned(end))
                end++;
            offsetBytes = first * _granuleBytes;
            lengthBytes = Math.Min(end * _granuleBytes, _lengthBytes) - offsetBytes;
            return true;
        }
    }

    /// <summary>The range has been cloned: whoever waited for it alone goes on.</summary>
    public void Cloned(long offsetBytes, long lengthBytes)
    {
        var ready = new List<Held>();
        lock (_lock)
        {
            for (var granule = (int)(offsetBytes / _granuleBytes); granule * _granuleBytes < offsetBytes + lengthBytes; granule++)
                _cloned[granule >> 6] |= 1UL << granule;
            for (var i = 0; i < _held.Count; i++)
            {
                if (FirstUncloned(_held[i].First, _held[i].Last) < 0)
                    ready.Add(_held[i]);
            }
            foreach (var held in ready)
                _held.Remove(held);
        }
        Pass(ready);
    }

    /// <summary>Done, or given up: nothing waits any more, and nothing will.</summary>
    public void ReleaseAll()
    {
        List<Held> all;
        lock (_lock)
        {
            _over = true;
            all = [.. _held];
            _held.Clear();
        }
        Pass(all);
    }

    /// <summary>The device is being closed: what waits for it ends as offline.</summary>
    public void Abandon(GuardedDevice device)
    {
        List<Held> abandoned;
        lock (_lock)
        {
            abandoned = _held.FindAll(h => ReferenceEquals(h.Device, device));
            _held.RemoveAll(h => ReferenceEquals(h.Device, device));
        }
        foreach (var held in abandoned)
            held.Request.OnCompleted(BlockStatus.Offline);
    }

    public void Shorten() => _range = Math.Max(_rangeMinimum, _range / 2);

    public void Lengthen() => _range = Math.Min(_rangeMaximum, _range * 2);

    private void Pass(List<Held> ready)
    {
        foreach (var held in ready)
        {
            _run(() =>
            {
                var waited = Stopwatch.GetTimestamp() - held.Since;
                for (var longest = Interlocked.Read(ref _longestHold); waited > longest;)
                    longest = Interlocked.CompareExchange(ref _longestHold, waited, longest) is var before && before == longest ? waited : before;
                held.Device.Pass(held.Request);
            });
        }
    }

    /// <summary>-1 when all granules from first to last have been cloned, or there are none.</summary>
    private int FirstUncloned(int first, int last)
    {
        if (first < 0)
            return -1;
        for (var granule = first; granule <= last; granule++)
        {
            // Whole words at once: the way through a large volume is long.
            if ((granule & 63) == 0 && _cloned[granule >> 6] == ulong.MaxValue)
                granule += 63;
            else if (!IsCloned(granule))
                return granule;
        }
        return -1;
    }

    private bool IsCloned(int granule) => (_cloned[granule >> 6] & (1UL << granule)) != 0;

    private static long Count(long lengthBytes, long granuleBytes) => (lengthBytes + granuleBytes - 1) / granuleBytes;

    private sealed record Held(GuardedDevice Device, BlockRequest Request, int First, int Last, long Since);
}
