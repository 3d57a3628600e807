using Futago.Console.Client.Failover;
using Futago.Console.Client.VolumeReplication;
using Futago.Engine.Contracts.Failover;
using Futago.Engine.Contracts.Network;
using Futago.Engine.Contracts.Node;
using Futago.Engine.Contracts.Replication;
using Futago.Management.Tests.Pairing;
using Futago.Management.Tests.VolumeReplication;

namespace Futago.Management.Tests.Failover;

/// <summary>
/// A pair with a replicated volume, a target on its source, and two NICs on each node: what a failover is made of. What a test
/// wants to be wrong it makes wrong.
/// </summary>
internal sealed class FailoverTwins : IAsyncDisposable
{
    public const string Target = "iqn.2026-01.example:t0";

    private readonly ReplicatedPair _pair;

    private FailoverTwins(ReplicatedPair pair) => _pair = pair;

    public TestNode A => _pair.A;

    public TestNode B => _pair.B;

    public ReplicatedPair Pair => _pair;

    /// <summary>The line of the documentation.</summary>
    public static FailoverChange Usual { get; } = new(
        ["replication1"], [new VirtualIpChange("10.77.0.10/24", "eth0")], [new AuxiliaryChange("eth1")], ["10.77.0.254"]);

    public static async Task<FailoverTwins> StartAsync(DatabaseFixture databases)
    {
        var twins = new FailoverTwins(await ReplicatedPair.StartAsync(databases));
        var (a, b) = (twins.A, twins.B);
        await a.Replications.CreateAsync(new CreateVolumeReplication("replication1", "vg00/lv0000", "vg00/lv0000", CreateDestination: true));
        await a.Replications.StartAsync("replication1");
        await a.Plane.Targets.CreateAsync(new(Target, "disk"));
        await a.Plane.Targets.AddLunAsync(Target, new("vg00/lv0000", Lun: 0));
        await a.Plane.Targets.AllowAsync(Target, new("10.77.0.0/24"));
        await a.Plane.Targets.UpdateAsync(Target, new(ChapUser: "user1", ChapSecret: "secret-of-14ch"));
        await a.Plane.Targets.StartAsync(Target);
        Equip(a, 1);
        Equip(b, 2);
        await a.Monitor.LookAsync(default);
        await b.Monitor.LookAsync(default);
        return twins;
    }

    public static NicInfo Nic(string name, int node, string address, int prefixLength = 24, bool up = true, int mtu = 1500) => new(
        name, $"02:00:00:00:0{node}:{name[^1]}0", up, 1000, mtu, [new NicAddress(address, prefixLength, false)], 0, 0, 0, 0, 0);

    public async Task<FailoverChecks> ChecksAsync() => await A.Failover.CheckAsync();

    /// <summary>Codes of the errors that stand.</summary>
    public async Task<IReadOnlyList<string>> ErrorsAsync() => Codes(await ChecksAsync(), CheckLevel.Error);

    public static IReadOnlyList<string> Codes(FailoverChecks checks, CheckLevel level) =>
        [.. checks.Checks.Where(c => c.Level == level).Select(c => c.Outcome.Code)];

    /// <summary>The engines say that the failover manager is so.</summary>
    public async Task BeAsync(TestNode node, FailoverState state, FailoverState peer, bool running = true)
    {
        var configuration = node.Plane.Engine.Applied[^1].Failover!;
        var status = new FailoverStatus(
            configuration.Id, running, false, configuration.IsPrimary, configuration.Policy, state, null, null, 1, false, DataState.UpToDate,
            new FailoverPeerStatus(true, DateTimeOffset.UnixEpoch, peer, 1, DataState.UpToDate, !configuration.IsPrimary), [], [], null, [], null, []);
        node.Plane.Engine.Failover = status;
        node.Plane.Live.Apply(new StatusUpdate(Failover: new FailoverSection(status)));
        await node.Monitor.LookAsync(default);
    }

    /// <summary>The engines have stopped, and the consoles have not heard of it yet.</summary>
    public void StopUnheard()
    {
        foreach (var engine in new[] { A.Plane.Engine, B.Plane.Engine })
            engine.Failover = engine.Failover! with { Running = false };
    }

    public ValueTask DisposeAsync() => _pair.DisposeAsync();

    private static void Equip(TestNode node, int number)
    {
        node.Plane.Engine.Nics.AddRange([Nic("eth0", number, $"10.77.0.{number}"), Nic("eth1", number, $"10.78.0.{number}")]);
        node.Plane.Engine.Answering.UnionWith(["10.77.0.1", "10.77.0.2", "10.78.0.1", "10.78.0.2", "10.77.0.254"]);
    }
}
