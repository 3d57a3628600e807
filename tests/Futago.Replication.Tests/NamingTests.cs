using Futago.Replication.Tests.StateCheck;

namespace Futago.Replication.Tests;

/// <summary>States that differ in names alone are one state for the search; states that differ in more must stay apart.</summary>
public sealed class NamingTests
{
    [Fact]
    public void Generations_AreCalledInTheOrderInWhichTheyComeFirst()
    {
        var first = NamesOf(current: [5], bases: [3]);
        var second = NamesOf(current: [3, 9]);

        var naming = Naming.For([first, second]);

        Assert.Equal([1, 2, 3], [Of(naming, 5), Of(naming, 3), Of(naming, 9)]);
        Assert.False(naming.Keeps(first));
    }

    /// <summary>Otherwise a renamed state would be renamed again, and be another one each time.</summary>
    [Fact]
    public void NamesThatWereGiven_StayTheSame()
    {
        var first = NamesOf(current: [1], bases: [2]);
        var second = NamesOf(current: [2, 3], histories: [1]);

        var naming = Naming.For([first, second]);

        Assert.True(naming.Keeps(first) && naming.Keeps(second));
    }

    [Fact]
    public void History_KeepsWhatIsSomebodysData_AndForgetsTheRest()
    {
        var here = NamesOf(current: [1], bases: [2], histories: [2, 3, 4]);
        var there = NamesOf(current: [4]);

        var naming = Naming.For([here, there]);

        Assert.Equal([false, false, true], [.. new ulong[] { 2, 3, 4 }.Select(g => naming.IsKept(new Generation(g)))]);
        Assert.Equal(0, Of(naming, 3));
        Assert.NotEqual(0, Of(naming, 2));
        Assert.False(naming.Keeps(here));
    }

    [Fact]
    public void Terms_KeepTheirOrder()
    {
        var here = new Names { Terms = 1u << 2 | 1u << 7 };
        var there = new Names { Terms = 1u << 4 | 1u };

        var naming = Naming.For([here, there]);

        Assert.Equal([0, 1, 2, 3], [.. new ulong[] { 0, 2, 4, 7 }.Select(naming.OfTerm)]);
        Assert.False(naming.Keeps(here));
    }

    [Fact]
    public void MoreNamesThanThereAre_AreRefused()
    {
        Assert.Throws<InvalidOperationException>(() => Naming.Unchanged.Of(new Generation(Names.Most + 1)));
        Assert.Throws<InvalidOperationException>(() => Naming.Unchanged.OfTerm(32));
    }

    private static int Of(Naming naming, ulong generation) => naming.Of(new Generation(generation));

    private static Names NamesOf(int[]? current = null, int[]? bases = null, int[]? histories = null)
    {
        var names = new Names { Terms = 1 };
        foreach (var g in current ?? [])
            names.Add(g, FieldRole.None);
        foreach (var g in bases ?? [])
            names.Add(g, FieldRole.Bases);
        foreach (var g in histories ?? [])
            names.Add(g, FieldRole.History);
        return names;
    }
}
