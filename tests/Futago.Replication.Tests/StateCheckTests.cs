using Futago.Replication.Tests.StateCheck;

namespace Futago.Replication.Tests;

/// <summary>
/// Every order of events within a bound, breadth first, over the core itself: NoAckedLoss, NoSilentDivergence, nothing gets stuck.
/// What that proves, and what not: docs/protocol/replication-check.md. <c>scripts/prove-mirror.sh</c> goes to the large bound;
/// <c>FUTAGO_BOUND=writes,crashes,partitions</c> chooses one.
/// </summary>
public sealed class StateCheckTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(2, 1, 0, false)]
    [InlineData(1, 1, 1, true)]
    public void EveryOrderOfEvents_LosesNothing(int writes, int crashes, int partitions, bool extentPerBlock)
    {
        var explored = Explore(new Bound(writes, crashes, partitions) { ExtentPerBlock = extentPerBlock });

        Assert.True(explored.Wrong is null, explored.Wrong);
        Assert.True(explored.Complete);
        Assert.True(explored.States > 1000, $"only {explored.States} states: the check sees too little");
    }

    /// <summary>Named by the environment: hours and gigabytes.</summary>
    [Fact]
    public void ChosenBound_LosesNothing()
    {
        if (Environment.GetEnvironmentVariable("FUTAGO_BOUND") is not { Length: > 0 } chosen)
            return;
        var numbers = chosen.Split(',').Select(int.Parse).ToList();
        var bound = new Bound(numbers[0], numbers[1], numbers[2])
        {
            ExtentPerBlock = Environment.GetEnvironmentVariable("FUTAGO_BOUND_EXTENT_PER_BLOCK") == "1",
            Overlapping = Environment.GetEnvironmentVariable("FUTAGO_BOUND_OVERLAPPING") != "0",
        };
        if (int.TryParse(Environment.GetEnvironmentVariable("FUTAGO_BOUND_PROMOTIONS"), out var promotions))
            bound = bound with { Promotions = promotions };
        var most = long.TryParse(Environment.GetEnvironmentVariable("FUTAGO_STATES"), out var states) ? states : 1_400_000_000;

        var explored = new Explorer(bound, most, Console.Error.WriteLine).Run();

        Assert.True(explored.Wrong is null, explored.Wrong);
        Assert.True(explored.Complete, $"{bound}: not every state was seen, {explored.States} were");
    }

    /// <summary>A check that does not notice a broken rule proves nothing about it.</summary>
    [Theory]
    [InlineData(nameof(Safeguards.BothBeforeAck), 1, 1, 0, false)]
    [InlineData(nameof(Safeguards.ActivityFirst), 1, 1, 0, false)]
    [InlineData(nameof(Safeguards.DirtyAfterCrash), 1, 1, 0, false)]
    [InlineData(nameof(Safeguards.EvictedBitsFirst), 2, 1, 1, true)]
    [InlineData(nameof(Safeguards.FlushBeforeClear), 1, 1, 1, false)]
    [InlineData(nameof(Safeguards.InconsistentFirst), 2, 1, 1, true)]
    [InlineData(nameof(Safeguards.RefuseLowerTerm), 2, 1, 1, false)]
    public void BrokenRule_IsNoticed(string rule, int writes, int crashes, int partitions, bool extentPerBlock)
    {
        var safeguards = new Safeguards();
        typeof(Safeguards).GetProperty(rule)!.SetValue(safeguards, false);

        var explored = Explore(new Bound(writes, crashes, partitions) { Safeguards = safeguards, ExtentPerBlock = extentPerBlock });

        Assert.NotNull(explored.Wrong);
        output.WriteLine(explored.Wrong);
    }

    private Explored Explore(Bound bound) => new Explorer(bound, 5_000_000, output.WriteLine).Run();
}
