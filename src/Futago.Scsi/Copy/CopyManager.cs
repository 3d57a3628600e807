using System.Collections.Immutable;
using Futago.Scsi.Inquiry;
using Futago.Scsi.LogicalUnits;
using Futago.Scsi.Transport;

namespace Futago.Scsi.Copy;

/// <summary>
/// The third-party copy of a node, SPC-4 section 5.17: one for all targets, so that data can go from LUN to LUN across them.
/// Bounds how much is copied at once, and keeps the ROD tokens.
/// </summary>
public sealed class CopyManager
{
    /// <summary>Pieces that are moved at once, over all copies: the rest of the I/O must get through.</summary>
    private const int MaximumPieces = 4;

    private ImmutableArray<ScsiTarget> _targets = [];

    public CopyManager(TimeProvider clock) => Tokens = new RodTokens(clock);

    internal SemaphoreSlim Pieces { get; } = new(MaximumPieces);

    internal RodTokens Tokens { get; }

    internal void Add(ScsiTarget target) => ImmutableInterlocked.Update(ref _targets, targets => targets.Add(target));

    /// <summary>The target is gone; what was copied through it has ended.</summary>
    public void Remove(ScsiTarget target) => ImmutableInterlocked.Update(ref _targets, targets => targets.Remove(target));

    /// <summary>
    /// The unit with this designator, if the initiator could reach it by itself: on the target of its nexus, or on another one
    /// where it is logged in too, from the same place and with the same credentials. A copy opens no door that is closed.
    /// </summary>
    internal CopyUnit? Find(ScsiTarget target, Nexus nexus, ReadOnlySpan<byte> designator)
    {
        foreach (var (candidate, own) in Reachable(target, nexus))
        {
            foreach (var unit in candidate.Disks)
            {
                if (Designators.Identify(unit, designator))
                    return new CopyUnit(candidate, unit, own);
            }
        }
        return null;
    }

    /// <summary>The same for a unit that a token stands for.</summary>
    internal CopyUnit? Find(ScsiTarget target, Nexus nexus, LogicalUnit unit)
    {
        foreach (var (candidate, own) in Reachable(target, nexus))
        {
            if (candidate.Disks.Contains(unit))
                return new CopyUnit(candidate, unit, own);
        }
        return null;
    }

    private IEnumerable<(ScsiTarget Target, Nexus Nexus)> Reachable(ScsiTarget target, Nexus nexus)
    {
        yield return (target, nexus);
        foreach (var other in _targets)
        {
            if (other != target && other.FindNexusLike(nexus) is { } own)
                yield return (other, own);
        }
    }
}

/// <summary>A logical unit that takes part in a copy, and the nexus that the initiator could use it through.</summary>
internal sealed record CopyUnit(ScsiTarget Target, LogicalUnit Unit, Nexus Nexus);
