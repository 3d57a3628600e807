using System.Numerics;

namespace Futago.Replication.Tests.StateCheck;

/// <summary>The generations and terms that something speaks of, by the names that they have between two events: 1, 2, …</summary>
internal struct Names
{
    public const int Most = 15;

    /// <summary>Bit g: generation g is somebody's data, or is said to be; somebody's bits are relative to it; a history knows it.</summary>
    public ushort Current, Bases, Histories;

    /// <summary>The names of generations in the order in which they come first, four bits each.</summary>
    public ulong Order;

    /// <summary>Bit t: term t. The first bit says nothing.</summary>
    public uint Terms;

    public readonly int Alive => Current | Bases;

    public void Add(int generation, FieldRole role)
    {
        var bit = (ushort)(1 << generation);
        if (((Current | Bases | Histories) & bit) == 0)
            Order |= (ulong)generation << 4 * BitOperations.PopCount((uint)(Current | Bases | Histories));
        if (role == FieldRole.History)
            Histories |= bit;
        else if (role == FieldRole.Bases)
            Bases |= bit;
        else
            Current |= bit;
    }

    public void Add(in Names others)
    {
        Terms |= others.Terms;
        for (var order = others.Order; order != 0; order >>= 4)
        {
            var generation = (int)order & 0xF;
            if ((others.Histories >> generation & 1) != 0)
                Add(generation, FieldRole.History);
            if ((others.Bases >> generation & 1) != 0)
                Add(generation, FieldRole.Bases);
            if ((others.Current >> generation & 1) != 0)
                Add(generation, FieldRole.None);
        }
    }
}

/// <summary>
/// New names: generations are called in the order in which they come first, because they are only ever compared for equality; terms keep
/// their order. A history is asked whether it knows what is somebody's data now, so that it may forget everything else.
/// </summary>
/// <param name="Generations">Four bits for each old name: the new one; 0 for none.</param>
/// <param name="Current">Bit g: histories keep what was called g.</param>
/// <param name="Terms">The terms that there are; the n-th becomes n.</param>
internal readonly record struct Naming(ulong Generations, ushort Current, uint Terms)
{
    public static Naming Unchanged { get; } = new(0xFEDCBA9876543210, ushort.MaxValue, ~1u);

    public int Of(Generation generation) => generation.Value <= Names.Most
        ? (int)(Generations >> 4 * (int)generation.Value) & 0xF
        : throw new InvalidOperationException("More generations at once than there are names for");

    public bool IsKept(Generation generation) => (Current >> (int)generation.Value & 1) != 0;

    public int OfTerm(ulong term) => term is 0 or > 31
        ? term == 0 ? 0 : throw new InvalidOperationException("More terms at once than there are names for")
        : (int)Ranks.Of((long)term, Terms);

    /// <summary>For all that is in a world at once.</summary>
    public static Naming For(ReadOnlySpan<Names> parts)
    {
        var (alive, current, terms) = (0, 0, 0u);
        foreach (ref readonly var part in parts)
            (alive, current, terms) = (alive | part.Alive, current | part.Current, terms | part.Terms);
        var (generations, named, next) = (0UL, 0, 1UL);
        foreach (ref readonly var part in parts)
        {
            for (var order = part.Order; order != 0; order >>= 4)
            {
                var old = (int)order & 0xF;
                if ((alive >> old & 1) == 0 || (named >> old & 1) != 0)
                    continue;
                named |= 1 << old;
                generations |= next++ << 4 * old;
            }
        }
        return new Naming(generations, (ushort)current, terms & ~1u);
    }

    /// <summary>Whether everything in <paramref name="names"/> keeps its name.</summary>
    public bool Keeps(in Names names)
    {
        if ((names.Histories & ~Current) != 0)
            return false;
        for (var order = names.Order; order != 0; order >>= 4)
        {
            if ((Generations >> 4 * (int)(order & 0xF) & 0xF) != (order & 0xF))
                return false;
        }
        return Ranks.AreDense(Terms);
    }
}
