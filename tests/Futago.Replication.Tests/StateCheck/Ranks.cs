using System.Numerics;

namespace Futago.Replication.Tests.StateCheck;

/// <summary>Sets of names that are numbers from 1 on, as bits; the first bit says nothing and is not set where a rank is asked for.</summary>
internal static class Ranks
{
    /// <summary>The n-th of them is n.</summary>
    public static long Of(long name, ulong names) => BitOperations.PopCount(names & ((1UL << (int)name) - 1)) + 1;

    /// <summary>Whether they are 1, 2, … without a gap.</summary>
    public static bool AreDense(ulong names) => ((names >> 1) & ((names >> 1) + 1)) == 0;
}
