using Futago.Replication.Tests.Simulation;

namespace Futago.Replication.Tests;

/// <summary>
/// Random schedules of two nodes, from seeds. A failure prints its seed: <c>FUTAGO_SIMULATION_SEED=n</c> runs that one alone
/// and prints every event (<c>n,m,…</c> runs several and prints nothing).
/// <c>FUTAGO_SOAK=1</c> runs 1.2 million.
/// </summary>
public sealed class SimulationTests(ITestOutputHelper output)
{
    private static readonly bool Soak = Environment.GetEnvironmentVariable("FUTAGO_SOAK") == "1";

    [Fact]
    public void RandomSchedules_LoseNothingAndConverge()
    {
        if (Environment.GetEnvironmentVariable("FUTAGO_SIMULATION_SEED") is { Length: > 0 } chosen)
        {
            var seeds = chosen.Split(',').Select(int.Parse).ToList();
            Action<string>? trace = seeds.Count == 1 ? output.WriteLine : null;
            Assert.All(seeds, seed => Assert.Null(new SimWorld(new SimSetup(seed) { Trace = trace }).Run()));
            return;
        }
        var schedules = Soak ? 1_200_000 : 20_000;
        var failures = new List<string>();
        long acknowledged = 0;
        Parallel.For(1, schedules + 1, (seed, loop) =>
        {
            var world = new SimWorld(new SimSetup(seed));
            var wrong = world.Run();
            Interlocked.Add(ref acknowledged, world.Acknowledged);
            if (wrong is null)
                return;
            lock (failures)
                failures.Add($"seed {seed}: {wrong}");
            if (failures.Count > 20)
                loop.Stop();
        });
        output.WriteLine($"{schedules} schedules, {acknowledged} acknowledged writes");
        Assert.True(failures.Count == 0, string.Join('\n', failures.Order().Take(20)));
        Assert.True(acknowledged > schedules * 5L, $"only {acknowledged} writes were acknowledged: the schedules test too little");
    }

    /// <summary>Schedules that once went wrong.</summary>
    [Theory]
    // A value was on its way when its node stopped being primary: the node sent it again with every connection, and the new primary ended each of them.
    [InlineData(1171099)]
    // The source's medium failed its flush while it copied to its peer: what the flush was for left the activity log all the same, and after a loss of
    // power nobody knew that the two differed.
    [InlineData(869725)]
    // The primary's medium failed while a write was under way at its peer: the peer's flush, on which it became the only copy, covered the write not, and a
    // loss of its power took what had been acknowledged.
    [InlineData(987501)]
    public void Schedule_ThatOnceFailed_ComesToRest(int seed) => Assert.Null(new SimWorld(new SimSetup(seed)).Run());

    [Fact]
    public void SplitBrain_IsSeenOnBothSides_AndOverwritesNothing()
    {
        for (var seed = 1; seed <= 2000; seed++)
        {
            var wrong = new SimWorld(new SimSetup(seed)).RunSplitBrain();
            Assert.True(wrong is null, $"seed {seed}: {wrong}");
        }
    }

    /// <summary>A simulation that does not notice a broken rule proves nothing about it.</summary>
    [Theory]
    [MemberData(nameof(Mutations))]
    public void BrokenRule_IsNoticed(Mutation mutation)
    {
        const int Most = 60_000;
        var found = 0;
        Parallel.For(1, Most, (seed, loop) =>
        {
            var world = new SimWorld(new SimSetup(seed, mutation));
            // An authority prevents split brains; only people make them.
            if ((mutation == Mutation.I10AutomaticDiscard ? world.RunSplitBrain() : world.Run()) is not { } wrong)
                return;
            if (Interlocked.CompareExchange(ref found, seed, 0) == 0)
                output.WriteLine($"{mutation}: {wrong}");
            loop.Stop();
        });
        output.WriteLine($"{mutation} first noticed by seed {found}");
        Assert.NotEqual(0, found);
    }

    public static TheoryData<Mutation> Mutations => [.. Enum.GetValues<Mutation>().Where(m => m != Mutation.None)];
}
