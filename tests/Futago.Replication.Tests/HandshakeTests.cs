using System.Collections.Immutable;

namespace Futago.Replication.Tests;

public sealed class HandshakeTests
{
    private static readonly Guid Replication = Guid.NewGuid();
    private static readonly Guid[] Nodes = [new(1, 0, 0, new byte[8]), new(2, 0, 0, new byte[8])];

    private static Hello Node(int index, ulong current, ulong[]? bases = null, ulong[]? history = null) => new(
        Replication, Nodes[index], Term: 1, Primary: false, DeviceBytes: 1 << 20, SizeBytes: 1 << 20, new Generation(current),
        [.. (bases ?? []).Select(g => new Generation(g))], [.. (history ?? []).Select(g => new Generation(g))],
        Inconsistent: current == 0, Outdated: false, HasDisk: true, Crashed: false, KeptRunning: false, DirtyBlocks: 0, Yields: false);

    [Fact]
    public void BothNew_APersonStarts() => Assert.Equal(Refusal.NobodyHasData, Handshake.Decide(Node(0, 0), Node(1, 0)).Refusal);

    [Fact]
    public void OneNew_FullToIt() => Assert.Equal(new Verdict(Outcome.Source, Full: true), Handshake.Decide(Node(0, 5), Node(1, 0)));

    [Fact]
    public void SameGeneration_NoBits_InSync() => Assert.Equal(Outcome.InSync, Handshake.Decide(Node(0, 5), Node(1, 5)).Outcome);

    /// <summary>Equal generations do not imply equal data: bits are never dropped.</summary>
    [Fact]
    public void SameGeneration_Bits_AreResynced() =>
        Assert.Equal(new Verdict(Outcome.Target), Handshake.Decide(Node(0, 5), Node(1, 5) with { DirtyBlocks = 1, Crashed = true }));

    [Fact]
    public void SameGeneration_CrashedPrimary_AndSurvivor_SurvivorIsSource() =>
        Assert.Equal(new Verdict(Outcome.Target), Handshake.Decide(Node(0, 5) with { DirtyBlocks = 9, Crashed = true }, Node(1, 5) with { KeptRunning = true }));

    [Fact]
    public void PeerWentOnAlone_Partial() => Assert.Equal(new Verdict(Outcome.Target), Handshake.Decide(Node(0, 5), Node(1, 6, bases: [5])));

    [Fact]
    public void PeerWentOnAloneLongAgo_Full() => Assert.Equal(new Verdict(Outcome.Target, Full: true), Handshake.Decide(Node(0, 5), Node(1, 9, bases: [8], history: [5])));

    [Fact]
    public void BothWentOnAlone_SplitBrain() =>
        Assert.Equal(Verdict.Refuse(Refusal.SplitBrain), Handshake.Decide(Node(0, 6, bases: [5]), Node(1, 7, bases: [5])));

    [Fact]
    public void SplitBrain_OneYields_ItBecomesTarget() =>
        Assert.Equal(new Verdict(Outcome.Target), Handshake.Decide(Node(0, 6, bases: [5]) with { Yields = true }, Node(1, 7, bases: [5])));

    [Fact]
    public void NothingShared_Unrelated() => Assert.Equal(Refusal.Unrelated, Handshake.Decide(Node(0, 6, bases: [5]), Node(1, 7, bases: [4])).Refusal);

    [Fact]
    public void PrimaryThatIsBehind_IsNotOverwritten() =>
        Assert.Equal(Refusal.PrimaryIsBehind, Handshake.Decide(Node(0, 5) with { Primary = true }, Node(1, 6, bases: [5])).Refusal);

    [Fact]
    public void ClonedNode_IsNotAPeer() => Assert.Equal(Refusal.WrongPeer, Handshake.Decide(Node(0, 5), Node(0, 5)).Refusal);

    [Fact]
    public void SmallerThanAgreed_Refused() => Assert.Equal(Refusal.SizeMismatch, Handshake.Decide(Node(0, 5), Node(1, 5) with { DeviceBytes = 4096 }).Refusal);

    [Fact]
    public void Inconsistent_IsNeverSourceOfConsistent() =>
        Assert.Equal(Outcome.Refused, Handshake.Decide(Node(0, 6, bases: [5]) with { Inconsistent = true }, Node(1, 5)).Outcome);

    /// <summary>The nodes decide apart and must decide the same, whatever they say of themselves.</summary>
    [Fact]
    public void Decide_OfRandomHellos_IsTheSameFromBothSides()
    {
        var random = new Random(42);
        var outcomes = new HashSet<(Outcome, Refusal)>();
        for (var i = 0; i < 300_000; i++)
        {
            var (a, b) = (RandomHello(random, 0), RandomHello(random, 1));
            var verdict = Handshake.Decide(a, b);
            outcomes.Add((verdict.Outcome, verdict.Refusal));
            Assert.Equal(verdict.Mirror(), Handshake.Decide(b, a));
            Assert.False(verdict.Outcome == Outcome.Target && a.Primary, "a primary is never a target");
            Assert.False(verdict.Outcome == Outcome.Source && a.Inconsistent, "an inconsistent volume is never a source");
        }
        Assert.True(outcomes.Count >= 11, $"only {outcomes.Count} kinds of decisions were seen");
    }

    private static Hello RandomHello(Random random, int node)
    {
        ImmutableArray<Generation> List(int most) => [.. Enumerable.Range(0, random.Next(most)).Select(_ => new Generation((ulong)random.Next(1, 7))).Distinct()];
        bool Coin(int one = 2) => random.Next(one) == 0;
        var current = (ulong)random.Next(0, 7);
        return new Hello(
            Replication, Nodes[node], 1, Coin(3), Coin(20) ? 4096 : 1 << 20, 1 << 20, new Generation(current), List(3), List(4),
            current == 0 || Coin(6), Coin(6), !Coin(10), Coin(), Coin(), Coin() ? 0 : random.Next(1, 9), Coin(4));
    }
}
