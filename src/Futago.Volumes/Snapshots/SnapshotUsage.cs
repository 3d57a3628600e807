using System.ComponentModel;
using Futago.Volumes.Linux;

namespace Futago.Volumes.Snapshots;

/// <summary>Which blocks a volume's snapshots hold, measured from the extent maps of all its files.</summary>
/// <param name="SnapshotBytes">Blocks that snapshots have and the volume has no longer, each counted once.</param>
/// <param name="SharedBytes">Blocks of the volume that another file has too: overwriting them takes new space.</param>
internal sealed record SnapshotUsage(long SnapshotBytes, long SharedBytes)
{
    /// <summary>The pieces are merged when there are this many, so that memory stays bounded by what is really different.</summary>
    private const int PiecesMaximum = 1 << 20;

    /// <summary>Also tells each snapshot what it alone holds.</summary>
    /// <exception cref="Win32Exception">A file went away meanwhile.</exception>
    public static SnapshotUsage Measure(string dataPath, IReadOnlyList<Snapshot> snapshots)
    {
        var live = new List<(long Start, long End)>();
        long shared = 0;
        FileExtents.Read(dataPath, (start, length, isShared) =>
        {
            if (!isShared)
                return;
            shared += length;
            live.Add((start, start + length));
        });
        Merge(live);
        var others = new List<(long Start, long End)>();
        long alone = 0;
        foreach (var snapshot in snapshots)
        {
            long own = 0;
            FileExtents.Read(snapshot.DataPath, (start, length, isShared) =>
            {
                if (isShared)
                    Subtract(live, start, start + length, others);
                else
                    own += length;
            });
            snapshot.UsedBytes = own;
            alone += own;
            if (others.Count > PiecesMaximum)
                Merge(others);
        }
        Merge(others);
        return new SnapshotUsage(alone + others.Sum(p => p.End - p.Start), shared);
    }

    /// <summary>Sorts, and joins what touches or overlaps.</summary>
    internal static void Merge(List<(long Start, long End)> pieces)
    {
        pieces.Sort();
        var kept = 0;
        for (var i = 1; i < pieces.Count; i++)
        {
            if (pieces[i].Start <= pieces[kept].End)
                pieces[kept] = (pieces[kept].Start, Math.Max(pieces[kept].End, pieces[i].End));
            else
                pieces[++kept] = pieces[i];
        }
        if (pieces.Count > 0)
            pieces.RemoveRange(kept + 1, pieces.Count - kept - 1);
    }

    /// <summary>Adds to <paramref name="rest"/> the parts of a range that are in none of the merged pieces.</summary>
    internal static void Subtract(List<(long Start, long End)> pieces, long start, long end, List<(long Start, long End)> rest)
    {
        var low = 0;
        var high = pieces.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (pieces[middle].End <= start)
                low = middle + 1;
            else
                high = middle;
        }
        for (; start < end && low < pieces.Count && pieces[low].Start < end; low++)
        {
            if (pieces[low].Start > start)
                rest.Add((start, pieces[low].Start));
            start = pieces[low].End;
        }
        if (start < end)
            rest.Add((start, end));
    }
}
