namespace Futago.Replication.Tests.StateCheck;

/// <summary>How far the check goes.</summary>
/// <param name="Crashes">Losses of power of either node; each leaves whatever a loss of power may leave.</param>
/// <param name="Partitions">Cuts of the link, besides those that the nodes make themselves.</param>
internal sealed record Bound(int Writes, int Crashes, int Partitions)
{
    public Safeguards Safeguards { get; init; } = Safeguards.All;

    /// <summary>One slot in the activity log: for both blocks, or for one of them at a time, so that slots are given up and used again.</summary>
    public bool ExtentPerBlock { get; init; }

    /// <summary>The second write may begin before the first has ended. (The third is to the block of the first, and waits for that.)</summary>
    public bool Overlapping { get; init; } = true;

    /// <summary>How often the authority may make a node primary, after the first time.</summary>
    public int Promotions { get; init; } = Crashes + Partitions;

    public override string ToString() =>
        $"{Writes} writes{(Overlapping ? ", overlapping" : ", one after the other")}, {Crashes} crashes, {Partitions} partitions, {Promotions} promotions, {(ExtentPerBlock ? "an extent per block" : "one extent")}";
}
