using System.Collections.Concurrent;
using Futago.Replication.Tests.StateCheck;

namespace Futago.Replication.Tests;

/// <summary>
/// Every order of events within a bound, breadth first, over the core itself: NoAckedLoss and NoSilentDivergence.
/// <c>FUTAGO_SOAK=1</c> goes to two crashes, two partitions and three writes, or as far as <c>FUTAGO_STATES</c> states;
/// <c>FUTAGO_PATH</c> prints the way that a failure names.
/// </summary>
public sealed class StateCheckTests(ITestOutputHelper output)
{
    private static readonly bool Soak = Environment.GetEnvironmentVariable("FUTAGO_SOAK") == "1";

    [Fact]
    public void EveryOrderOfEvents_LosesNothing()
    {
        var bound = Soak ? new Bound(Writes: 3, Crashes: 2, Partitions: 2) : new Bound(Writes: 2, Crashes: 1, Partitions: 0);
        var most = int.TryParse(Environment.GetEnvironmentVariable("FUTAGO_STATES"), out var states) ? states : Soak ? 3_000_000 : 20_000;

        if (Environment.GetEnvironmentVariable("FUTAGO_PATH") is { Length: > 0 } path)
        {
            CheckedWorld.Trace = output.WriteLine;
            Assert.Null(Replay(bound, [.. path.Split(',').Select(byte.Parse)]).Violation);
        }

        var (wrong, seen) = Explore(bound, most);

        Assert.True(wrong is null, wrong);
        Assert.True(seen > 1000, $"only {seen} states: the check sees too little");
    }

    /// <summary>A check that cannot fail proves nothing.</summary>
    [Fact]
    public void AcknowledgementWithoutThePeer_IsNoticed() =>
        Assert.StartsWith("NoAckedLoss", Explore(new Bound(1, 1, 0) { Safeguards = new Safeguards { BothBeforeAck = false } }, 20_000).Wrong, StringComparison.Ordinal);

    [Fact]
    public void ForgottenActivity_IsNoticed() =>
        Assert.StartsWith("No", Explore(new Bound(1, 1, 0) { Safeguards = new Safeguards { DirtyAfterCrash = false } }, 20_000).Wrong, StringComparison.Ordinal);

    private (string? Wrong, int Seen) Explore(Bound bound, int most)
    {
        var seen = new ConcurrentDictionary<(ulong, ulong), bool> { [new CheckedWorld(bound).Print()] = true };
        List<byte[]> frontier = [[]];
        var deepest = 0;
        string? found = null;
        // Level by level, each on all processors: which way to a state is found first does not matter, only how long it is.
        while (frontier.Count > 0 && seen.Count < most && found is null)
        {
            var next = new ConcurrentBag<byte[]>();
            Parallel.ForEach(frontier, (path, loop) =>
            {
                var choices = Replay(bound, path).Choices().Count;
                for (var choice = 0; choice < choices; choice++)
                {
                    byte[] longer = [.. path, (byte)choice];
                    var world = Replay(bound, longer);
                    if (world.Violation is { } wrong)
                        Interlocked.CompareExchange(ref found, $"{wrong}, after {string.Join(',', longer)}", null);
                    else if (seen.TryAdd(world.Print(), true))
                        next.Add(longer);
                }
                if (found is not null || seen.Count >= most)
                    loop.Stop();
            });
            deepest++;
            frontier = [.. next];
        }
        output.WriteLine($"{bound.Writes} writes, {bound.Crashes} crashes, {bound.Partitions} partitions: {seen.Count} states, {(seen.Count < most && found is null ? "all" : "not all")} of them, {deepest} steps deep");
        return (found, seen.Count);
    }

    private static CheckedWorld Replay(Bound bound, byte[] path)
    {
        var world = new CheckedWorld(bound);
        foreach (var choice in path)
            world.Choices()[choice]();
        return world;
    }
}
