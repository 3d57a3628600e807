using System.Diagnostics;
using Futago.Blocks;
using Futago.Blocks.Atomic;
using Futago.Volumes.Linux;
using Futago.Volumes.LogicalVolumes;

namespace Futago.Volumes.Snapshots;

/// <summary>
/// Takes a snapshot of a volume's file at one instant without holding writes for as long as the cloning takes. The kernel clones extent by
/// extent and keeps every write to the file waiting meanwhile, which for a file in many pieces is seconds. So it is done range by range:
/// from the instant on, a write waits only until its own range has been cloned, which is then done next, and lands on top.
/// <para>
/// What is in the snapshot: every write that was acknowledged before the instant; none that was submitted after it; of those in flight at
/// the instant each block as it was or as written, as after a loss of power. Atomic writes are wholly in it or not at all: none is in
/// flight at the instant.
/// </para>
/// </summary>
internal sealed class SnapshotGate
{
    /// <summary>A range that takes longer to clone than this makes the next ones shorter. Sixteen writes wait for about two of them.</summary>
    private static readonly TimeSpan RangeTimeMaximum = TimeSpan.FromMilliseconds(3);
    private static readonly TimeSpan RangeTimeMinimum = TimeSpan.FromMilliseconds(1);

    private volatile SnapshotCut? _cut;

    /// <summary>The atomic writer of the volume while it is open, or null.</summary>
    public AtomicWriteJournal? AtomicWrites { get; set; }

    /// <summary>Called for every changing request. True: it is passed on later, when its range has been cloned.</summary>
    public bool TryHold(GuardedDevice device, BlockRequest request) => _cut is { } cut && cut.TryHold(device, request);

    /// <summary>The device is being closed: what still waits for it ends as offline.</summary>
    public void Abandon(GuardedDevice device) => _cut?.Abandon(device);

    /// <summary>Makes <paramref name="target"/> the same as <paramref name="source"/> is now. One at a time.</summary>
    /// <returns>The longest time that a write was held: by this gate, or by the kernel while it cloned a range.</returns>
    /// <exception cref="System.ComponentModel.Win32Exception">The file system refused; nothing is held any more.</exception>
    public TimeSpan Clone(FileDescriptor source, FileDescriptor target)
    {
        var length = source.Length;
        target.Truncate(length);
        var cut = new SnapshotCut(length);
        using (AtomicWrites?.Hold())
        {
            // The instant.
            _cut = cut;
        }
        try
        {
            // The writes that wait for it would otherwise wait for those that do not as well.
            using var urgent = UrgentThread.Begin();
            return CloneRanges(cut, source, target);
        }
        finally
        {
            _cut = null;
            cut.ReleaseAll();
        }
    }

    private static TimeSpan CloneRanges(SnapshotCut cut, FileDescriptor source, FileDescriptor target)
    {
        var longest = TimeSpan.Zero;
        while (cut.TryNext(out var offset, out var length))
        {
            var start = Stopwatch.GetTimestamp();
            target.CloneRangeFrom(source, offset, length);
            var took = Stopwatch.GetElapsedTime(start);
            cut.Cloned(offset, length);
            if (took > RangeTimeMaximum)
                cut.Shorten();
            else if (took < RangeTimeMinimum)
                cut.Lengthen();
            longest = took > longest ? took : longest;
        }
        return cut.LongestHold > longest ? cut.LongestHold : longest;
    }
}
