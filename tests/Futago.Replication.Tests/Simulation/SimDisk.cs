namespace Futago.Replication.Tests.Simulation;

/// <summary>
/// A medium with a volatile cache, in sectors of half a block. Each sector holds the number of the write that it got last. What
/// is not flushed survives a power failure by chance, sector by sector.
/// </summary>
internal sealed class SimDisk(int sectors)
{
    public const int SectorBytes = DirtyMap.BlockBytes / 2;

    private readonly int[] _cache = new int[sectors];
    private readonly int[] _medium = new int[sectors];
    private readonly List<(int First, int[] Values)> _unflushed = [];

    public int Sectors => sectors;

    public ReadOnlySpan<int> Cache => _cache;

    /// <summary>Every later operation fails, until the machine is restarted.</summary>
    public bool Failed { get; set; }

    /// <summary>What lies beside the data can still be written: a bad area of the volume, not of its metadata.</summary>
    public bool MetadataSurvives { get; set; }

    public bool MetadataFails => Failed && !MetadataSurvives;

    /// <summary>How many changes have been made; a flush that starts now covers them.</summary>
    public int Changes => _unflushed.Count;

    public int[] Read(int first, int count) => _cache.AsSpan(first, count).ToArray();

    public void Write(int first, ReadOnlySpan<int> values, bool durable)
    {
        values.CopyTo(_cache.AsSpan(first));
        if (durable)
        {
            // Only what was asked for; the rest of the cache stays volatile. What was there before is covered by this.
            foreach (var (start, old) in _unflushed)
            {
                for (var i = 0; i < old.Length; i++)
                {
                    if (start + i >= first && start + i < first + values.Length)
                        old[i] = values[start + i - first];
                }
            }
            values.CopyTo(_medium.AsSpan(first));
        }
        else
        {
            _unflushed.Add((first, values.ToArray()));
        }
    }

    public void Flush(int changes)
    {
        changes = Math.Min(changes, _unflushed.Count);
        for (var i = 0; i < changes; i++)
            _unflushed[i].Values.CopyTo(_medium.AsSpan(_unflushed[i].First));
        _unflushed.RemoveRange(0, changes);
    }

    public void FailPower(Random random)
    {
        foreach (var (first, values) in _unflushed)
        {
            var fate = random.Next(3);
            for (var i = 0; i < values.Length; i++)
            {
                // Lost, whole, or torn.
                if (fate == 1 || (fate == 2 && random.Next(2) == 0))
                    _medium[first + i] = values[i];
            }
        }
        _unflushed.Clear();
        _medium.CopyTo(_cache, 0);
    }
}
