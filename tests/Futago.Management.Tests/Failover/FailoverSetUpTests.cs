using Futago.Console.Client.Events;
using Futago.Console.Client.Failover;
using Futago.Console.Client.Users;
using Futago.Console.Client.VolumeReplication;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Failover;
using Futago.Engine.Contracts.Volumes;
using Futago.Management.Failover;
using Futago.Management.Tests.Pairing;

namespace Futago.Management.Tests.Failover;

public sealed class FailoverSetUpTests(DatabaseFixture databases)
{
    [Fact]
    public async Task Create_OneRequest_BothEnginesGetTheirSide()
    {
        await using var twins = await FailoverTwins.StartAsync(databases);

        var view = await twins.A.Failover.CreateAsync(FailoverTwins.Usual);

        var (a, b) = (twins.A.Plane.Engine.Applied[^1].Failover!, twins.B.Plane.Engine.Applied[^1].Failover!);
        Assert.Equal((a.Id, a.Key, FailoverPolicy.PingOnly), (b.Id, b.Key, b.Policy));
        Assert.Equal(32, Convert.FromBase64String(a.Key).Length);
        Assert.Equal((true, false), (a.IsPrimary, b.IsPrimary));
        Assert.Equal([new("10.77.0.10", 24, "eth0")], a.VirtualIps);
        Assert.Equal([new("eth0", "10.77.0.1", "10.77.0.2"), new("eth1", "10.78.0.1", "10.78.0.2")], a.Paths);
        Assert.Equal([new("eth0", "10.77.0.2", "10.77.0.1"), new("eth1", "10.78.0.2", "10.78.0.1")], b.Paths);
        Assert.Equal(["10.77.0.254"], a.PingNodes);
        Assert.Equal(a.Replications, b.Replications);
        Assert.Equal((true, false, FailoverPolicy.PingOnly), (view.Definition!.IsPrimary, view.Definition.Unfinished, view.Definition.Policy));
        Assert.Equal([FailoverTwins.Target], view.Definition.Targets.Select(t => t.Name));
    }

    [Fact]
    public async Task Create_NasVolume_IsRefusedAndNotOffered()
    {
        await using var twins = await FailoverTwins.StartAsync(databases);
        var volumes = twins.A.Plane.Engine.Volumes;
        volumes[0] = volumes[0] with { Type = VolumeType.Nas };

        var refused = await Refusal.OfAsync(() => twins.A.Failover.CreateAsync(FailoverTwins.Usual));

        Assert.Equal((ProblemCodes.FailoverNas, "tasks"), (refused.Code, refused.Field));
        Assert.Null(twins.A.Plane.Engine.Applied[^1].Failover);
        Assert.Empty((await twins.A.Failover.OfferAsync()).Tasks);
    }

    [Fact]
    public async Task Create_TargetOnTheSource_IsTheSameOnThePeer()
    {
        await using var twins = await FailoverTwins.StartAsync(databases);

        await twins.A.Failover.CreateAsync(FailoverTwins.Usual);

        var (a, b) = (twins.A.Plane.Engine.Applied[^1], twins.B.Plane.Engine.Applied[^1]);
        var (own, copy) = (Assert.Single(a.Targets), Assert.Single(b.Targets));
        Assert.Equal((own.Name, own.Alias, own.Started, own.Chap), (copy.Name, copy.Alias, copy.Started, copy.Chap));
        Assert.Equal(own.AccessRules, copy.AccessRules);
        var (lun, other) = (Assert.Single(own.Luns), Assert.Single(copy.Luns));
        Assert.Equal((lun.Lun, lun.ScsiId, lun.Serial, lun.BlockSize), (other.Lun, other.ScsiId, other.Serial, other.BlockSize));
        Assert.Equal(twins.B.Plane.Engine.Volumes.Single().Id, other.VolumeId);
        Assert.Equal([own.Id], a.Failover!.Targets);
        Assert.Equal([copy.Id], b.Failover!.Targets);
    }

    [Fact]
    public async Task Create_OnTheNodeOfTheDestination_TakesTheTargetsOfTheSource()
    {
        await using var twins = await FailoverTwins.StartAsync(databases);

        await twins.B.Failover.CreateAsync(FailoverTwins.Usual with { Tasks = ["replication1_reverse"] });

        Assert.True(twins.A.Plane.Engine.Applied[^1].Failover!.IsPrimary);
        Assert.False(twins.B.Plane.Engine.Applied[^1].Failover!.IsPrimary);
        Assert.Equal("secret-of-14ch", Assert.Single(twins.B.Plane.Engine.Applied[^1].Targets).Chap!.Secret);
        Assert.Equal((await twins.A.Plane.Store.ReadAsync()).Targets[0].Luns[0].ScsiId, (await twins.B.Plane.Store.ReadAsync()).Targets[0].Luns[0].ScsiId);
    }

    [Fact]
    public async Task Create_TheKey_IsNowhereInTheClear()
    {
        await using var twins = await FailoverTwins.StartAsync(databases);
        var view = await twins.A.Failover.CreateAsync(FailoverTwins.Usual);
        var key = twins.A.Plane.Engine.Applied[^1].Failover!.Key;

        var events = await twins.A.Plane.EventStore.ListAsync(new EventQuery());
        var stored = (await twins.A.Plane.Store.ReadAsync()).Failover!;

        Assert.DoesNotContain(key, stored.ProtectedKey, StringComparison.Ordinal);
        Assert.DoesNotContain(events, e => (e.Text + string.Join(' ', e.Args?.Values ?? (IEnumerable<string>)[])).Contains(key, StringComparison.Ordinal));
        Assert.DoesNotContain(key, System.Text.Json.JsonSerializer.Serialize(view, EngineJson.Options), StringComparison.Ordinal);
        Assert.DoesNotContain(key, $"{twins.A.Plane.Engine.Applied[^1].Failover}", StringComparison.Ordinal);
        Assert.DoesNotContain(key, new FailoverProposal(1, FailoverSettings.Empty, key, [], false).ToString(), StringComparison.Ordinal);
        Assert.Contains(ConsoleEventCodes.FailoverCreated, events.Select(e => e.Code));
        Assert.Contains(ConsoleEventCodes.FailoverCreated, await twins.B.EventCodesAsync());
    }

    [Fact]
    public async Task Create_PeerAway_ChangesNothing()
    {
        await using var twins = await FailoverTwins.StartAsync(databases);
        twins.A.Cable = _ => new PairingTests.Away();

        var problem = await Refusal.OfAsync(() => twins.A.Failover.CreateAsync(FailoverTwins.Usual));

        Assert.Equal(ProblemCodes.PairUnreachable, problem.Code);
        Assert.Null((await twins.A.Failover.GetAsync()).Definition);
        Assert.Null(twins.A.Plane.Engine.Applied[^1].Failover);
    }

    [Fact]
    public async Task Create_CutOffBeforeTheAnswer_SaysSoAndGoesOnWhenAskedAgain()
    {
        await using var twins = await FailoverTwins.StartAsync(databases);
        var cable = twins.A.Cable;
        twins.A.Cable = expected => new Forgetful(twins.B, twins.A.OwnFingerprint, expected);
        await Refusal.OfAsync(() => twins.A.Failover.CreateAsync(FailoverTwins.Usual));
        var cutOff = await twins.A.Failover.GetAsync();

        twins.A.Cable = cable;
        var view = await twins.A.Failover.CreateAsync(FailoverTwins.Usual);

        Assert.Equal((true, ProblemCodes.FailoverUnfinished), (cutOff.Definition!.Unfinished, cutOff.Problem?.Code));
        Assert.Null(view.Problem);
        Assert.Equal(twins.B.Plane.Engine.Applied[^1].Failover!.Key, twins.A.Plane.Engine.Applied[^1].Failover!.Key);
        Assert.Equal(cutOff.Definition.Id, view.Definition!.Id);
    }

    [Fact]
    public async Task Create_PeerRefuses_TakesItBack()
    {
        await using var twins = await FailoverTwins.StartAsync(databases);
        await twins.B.Plane.Targets.CreateAsync(new("iqn.2026-01.example:other"));
        var scsiId = (await twins.A.Plane.Store.ReadAsync()).Targets[0].Luns[0].ScsiId;
        twins.B.Plane.AddVolume("vg00/other");
        await twins.B.Plane.Targets.AddLunAsync("iqn.2026-01.example:other", new("vg00/other", ScsiId: scsiId));

        var problem = await Refusal.OfAsync(() => twins.A.Failover.CreateAsync(FailoverTwins.Usual));

        Assert.Equal(ProblemCodes.FailoverTargetRefused, problem.Code);
        Assert.Null((await twins.A.Failover.GetAsync()).Definition);
        Assert.Null((await twins.B.Failover.GetAsync()).Definition);
        Assert.DoesNotContain((await twins.B.Plane.Store.ReadAsync()).Targets, t => t.Name == FailoverTwins.Target);
        Assert.Contains(ConsoleEventCodes.FailoverWithdrawn, await twins.A.EventCodesAsync());
    }

    [Fact]
    public async Task Create_Twice_IsRefused()
    {
        await using var twins = await FailoverTwins.StartAsync(databases);
        await twins.A.Failover.CreateAsync(FailoverTwins.Usual);

        Assert.Equal(ProblemCodes.FailoverExists, (await Refusal.OfAsync(() => twins.A.Failover.CreateAsync(FailoverTwins.Usual))).Code);
        Assert.Equal(ProblemCodes.FailoverExists, (await Refusal.OfAsync(() => twins.B.Failover.CreateAsync(FailoverTwins.Usual with { Tasks = null }))).Code);
    }

    public static TheoryData<FailoverChange, string, string> Wrong => new()
    {
        { new FailoverChange(Tasks: ["nothing"]), ProblemCodes.FailoverTaskUnknown, "tasks" },
        { new FailoverChange(Tasks: ["replication1", "replication1"]), ProblemCodes.FailoverTwice, "tasks" },
        { new FailoverChange(VirtualIps: [new("10.77.0.10", "eth0")]), ProblemCodes.FailoverAddressInvalid, "virtualIps" },
        { new FailoverChange(VirtualIps: [new("10.77.0.10/33", "eth0")]), ProblemCodes.FailoverAddressInvalid, "virtualIps" },
        { new FailoverChange(VirtualIps: [new("10.77.0.255/24", "eth0")]), ProblemCodes.FailoverAddressInvalid, "virtualIps" },
        { new FailoverChange(VirtualIps: [new("127.0.0.1/8", "eth0")]), ProblemCodes.FailoverAddressInvalid, "virtualIps" },
        { new FailoverChange(VirtualIps: [new("10.77.0.10/24", "eth0", Broadcast: "10.99.0.255")]), ProblemCodes.FailoverAddressInvalid, "virtualIps" },
        { new FailoverChange(VirtualIps: [new("10.77.0.10/24", "eth9")]), ProblemCodes.FailoverNicUnknown, "virtualIps" },
        { new FailoverChange(VirtualIps: [new("10.77.0.10/24", "eth0", "eth9")]), ProblemCodes.FailoverNicUnknown, "virtualIps" },
        { new FailoverChange(VirtualIps: [new("10.99.0.10/24", "eth0")]), ProblemCodes.FailoverNicOutsideNetwork, "virtualIps" },
        { new FailoverChange(VirtualIps: [new("10.77.0.2/24", "eth0")]), ProblemCodes.FailoverVirtualIpOwn, "virtualIps" },
        { new FailoverChange(VirtualIps: [new("10.77.0.10/24", "eth0"), new("10.77.0.10/24", "eth1")]), ProblemCodes.FailoverTwice, "virtualIps" },
        { new FailoverChange(VirtualIps: [.. Enumerable.Range(10, 9).Select(n => new VirtualIpChange($"10.77.0.{n}/24", "eth0"))]), ProblemCodes.FailoverTooMany, "virtualIps" },
        { new FailoverChange(Auxiliaries: [new("eth0", "eth1")]), ProblemCodes.FailoverNoCommonNetwork, "auxiliaries" },
        { new FailoverChange(Auxiliaries: [new("a name that is too long")]), ProblemCodes.NameInvalid, "auxiliaries" },
        { new FailoverChange(PingNodes: ["10.78.0.2"]), ProblemCodes.FailoverPingNodeIsNode, "pingNodes" },
        { new FailoverChange(PingNodes: ["router"]), ProblemCodes.FailoverAddressInvalid, "pingNodes" },
        { new FailoverChange(VirtualIps: [new("10.77.0.10/24", "eth0")], PingNodes: ["10.77.0.10"]), ProblemCodes.FailoverAddressInvalid, "pingNodes" },
        { new FailoverChange(Policy: FailoverPolicy.Witness), ProblemCodes.FailoverPolicyImpossible, "policy" },
        { new FailoverChange(Policy: FailoverPolicy.PingOnly), ProblemCodes.FailoverPolicyImpossible, "policy" },
        { new FailoverChange(Witness: "10.77.0.3:0"), ProblemCodes.FailoverAddressInvalid, "witness" },
        { new FailoverChange(Witness: "10.77.0.3"), ProblemCodes.WitnessUnusable, "witness" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task Create_SomethingWrong_NamesTheField(FailoverChange change, string code, string field)
    {
        await using var twins = await FailoverTwins.StartAsync(databases);

        var problem = await Refusal.OfAsync(() => twins.A.Failover.CreateAsync(change));

        Assert.Equal((code, field), (problem.Code, problem.Field));
        Assert.Null((await twins.A.Failover.GetAsync()).Definition);
        Assert.Null((await twins.B.Failover.GetAsync()).Definition);
    }

    [Fact]
    public async Task Update_StepByStep_EngineIsToldWhenItIsComplete()
    {
        await using var twins = await FailoverTwins.StartAsync(databases);

        await twins.A.Failover.UpdateAsync(new FailoverChange(PingNodes: ["10.77.0.254"]));
        await twins.B.Failover.UpdateAsync(new FailoverChange(VirtualIps: [new("10.77.0.10/24", "eth0")]));
        var half = (await twins.A.Failover.GetAsync()).Definition!;
        Assert.Null(twins.A.Plane.Engine.Applied[^1].Failover);
        await twins.A.Failover.UpdateAsync(new FailoverChange(Tasks: ["replication1"], Primary: PairSide.Peer));

        Assert.Equal((false, 1, 1), (half.Complete, half.VirtualIps.Count, half.PingNodes.Count));
        Assert.Equal((false, true), (twins.A.Plane.Engine.Applied[^1].Failover!.IsPrimary, twins.B.Plane.Engine.Applied[^1].Failover!.IsPrimary));
        Assert.Single(twins.B.Plane.Engine.Applied[^1].Targets);
    }

    [Fact]
    public async Task Update_Witness_IsKeptWithTheKeyThatItShowed()
    {
        await using var twins = await FailoverTwins.StartAsync(databases);
        await twins.A.Failover.CreateAsync(FailoverTwins.Usual);
        twins.A.Plane.Engine.WitnessKey = Convert.ToBase64String(new byte[64]);

        var view = await twins.A.Failover.UpdateAsync(new FailoverChange(Witness: "10.77.0.3:7792"));

        var witness = new WitnessConfiguration("10.77.0.3", 7792, Convert.ToBase64String(new byte[64]));
        Assert.Equal((witness, FailoverPolicy.Witness), (twins.A.Plane.Engine.Applied[^1].Failover!.Witness, view.Definition!.Policy));
        Assert.Equal((witness, FailoverPolicy.Witness), (twins.B.Plane.Engine.Applied[^1].Failover!.Witness, twins.B.Plane.Engine.Applied[^1].Failover!.Policy));
        Assert.Equal(FailoverPolicy.PingOnly, (await twins.A.Failover.UpdateAsync(new FailoverChange(Witness: ""))).Definition!.Policy);
    }

    [Fact]
    public async Task Change_WhileRunning_IsRefused()
    {
        await using var twins = await FailoverTwins.StartAsync(databases);
        await twins.A.Failover.CreateAsync(FailoverTwins.Usual);
        await twins.B.Failover.GetAsync();
        await twins.BeAsync(twins.B, FailoverState.Passive, FailoverState.ActiveMirrored);

        // Also when only the peer's engine has said so yet.
        Assert.Equal(ProblemCodes.FailoverRunning, (await Refusal.OfAsync(() => twins.A.Failover.UpdateAsync(new FailoverChange(PingNodes: [])))).Code);
        await twins.BeAsync(twins.A, FailoverState.ActiveMirrored, FailoverState.Passive);
        Assert.Equal(ProblemCodes.FailoverRunning, (await Refusal.OfAsync(() => twins.A.Failover.UpdateAsync(new FailoverChange(PingNodes: [])))).Code);
        Assert.Equal(ProblemCodes.FailoverRunning, (await Refusal.OfAsync(() => twins.A.Failover.DeleteAsync(new DeleteFailover("nodea")))).Code);
        Assert.Equal(ProblemCodes.FailoverDecidesRoles, (await Refusal.OfAsync(() => twins.A.Replications.SwitchAsync("replication1", new()))).Code);
        Assert.Equal(ProblemCodes.FailoverDecidesRoles, (await Refusal.OfAsync(() => twins.B.Replications.StopAsync("replication1_reverse"))).Code);
    }

    [Fact]
    public async Task ChangeAndDelete_RightAfterAStop_AskTheEngines()
    {
        await using var twins = await FailoverTwins.StartAsync(databases);
        await twins.A.Failover.CreateAsync(FailoverTwins.Usual);
        await twins.BeAsync(twins.A, FailoverState.ActiveMirrored, FailoverState.Passive);
        await twins.BeAsync(twins.B, FailoverState.Passive, FailoverState.ActiveMirrored);
        twins.StopUnheard();

        await twins.A.Failover.UpdateAsync(new FailoverChange(Auxiliaries: []));
        await twins.BeAsync(twins.B, FailoverState.Passive, FailoverState.ActiveMirrored);
        twins.StopUnheard();
        await twins.A.Failover.DeleteAsync(new DeleteFailover("nodea"));

        Assert.Null(twins.B.Plane.Engine.Applied[^1].Failover);
    }

    [Fact]
    public async Task Delete_TypedName_RemovesBothSidesAndKeepsTheTargets()
    {
        await using var twins = await FailoverTwins.StartAsync(databases);
        await twins.A.Failover.CreateAsync(FailoverTwins.Usual);

        Assert.Equal(ProblemCodes.ConfirmationMismatch, (await Refusal.OfAsync(() => twins.B.Failover.DeleteAsync(new DeleteFailover("nodea")))).Code);
        Assert.Equal(ProblemCodes.FailoverTaskInUse, (await Refusal.OfAsync(() => twins.A.Replications.DeleteAsync("replication1", new("replication1")))).Code);
        await twins.B.Failover.DeleteAsync(new DeleteFailover("nodeb"));

        Assert.Null(twins.A.Plane.Engine.Applied[^1].Failover);
        Assert.Null(twins.B.Plane.Engine.Applied[^1].Failover);
        Assert.Single(twins.B.Plane.Engine.Applied[^1].Targets);
    }

    [Fact]
    public async Task Delete_PeerAway_OnlyHereOnly()
    {
        await using var twins = await FailoverTwins.StartAsync(databases);
        await twins.A.Failover.CreateAsync(FailoverTwins.Usual);
        twins.A.Cable = _ => new PairingTests.Away();

        Assert.Equal(ProblemCodes.PairUnreachable, (await Refusal.OfAsync(() => twins.A.Failover.DeleteAsync(new DeleteFailover("nodea")))).Code);
        Assert.NotNull((await twins.A.Failover.GetAsync()).Definition);
        await twins.A.Failover.DeleteAsync(new DeleteFailover("nodea", HereOnly: true));

        Assert.Null((await twins.A.Failover.GetAsync()).Definition);
        Assert.NotNull((await twins.B.Failover.GetAsync()).Definition);
    }

    [Fact]
    public async Task Pair_WithAFailover_CannotEnd()
    {
        await using var twins = await FailoverTwins.StartAsync(databases);
        await twins.A.Failover.UpdateAsync(new FailoverChange(PingNodes: ["10.77.0.254"]));
        await twins.A.Replications.DeleteAsync("replication1", new("replication1"));

        Assert.Equal(ProblemCodes.PairNeededByFailover, (await Refusal.OfAsync(() => twins.A.Pair.DeleteAsync("nodeb"))).Code);
    }

    [Theory]
    [InlineData(UserRole.Viewer)]
    [InlineData(UserRole.Operator)]
    public async Task SetUp_NotAnAdministrator_IsForbidden(UserRole role)
    {
        await using var twins = await FailoverTwins.StartAsync(databases);
        twins.A.Plane.Actor.Actor = new("somebody", role);

        Assert.Equal(ProblemCodes.Forbidden, (await Refusal.OfAsync(() => twins.A.Failover.CreateAsync(FailoverTwins.Usual))).Code);
        Assert.Equal(ProblemCodes.Forbidden, (await Refusal.OfAsync(() => twins.A.Failover.DeleteAsync(new("nodea")))).Code);
        Assert.Equal(ProblemCodes.Forbidden, (await Refusal.OfAsync(() => twins.A.Failover.SwitchAsync())).Code);
        Assert.Equal(ProblemCodes.Forbidden, (await Refusal.OfAsync(() => twins.A.Failover.ServeAnywayAsync(new("nodea")))).Code);
        Assert.Equal(role == UserRole.Viewer ? ProblemCodes.Forbidden : ProblemCodes.FailoverNotConfigured, (await Refusal.OfAsync(() => twins.A.Failover.StartAsync())).Code);
    }

    [Fact]
    public async Task Offer_HasTheNicsOfBothNodesAndTheTasks()
    {
        await using var twins = await FailoverTwins.StartAsync(databases);

        var offer = await twins.A.Failover.OfferAsync();

        Assert.Equal(["eth0", "eth1"], offer.Nics.Select(n => n.Name));
        Assert.Equal(["10.77.0.2", "10.78.0.2"], offer.PeerNics.Select(n => n.Addresses[0].Address));
        var task = Assert.Single(offer.Tasks);
        Assert.Equal(("replication1", true), (task.Name, task.SourceHere));
        Assert.Equal([FailoverTwins.Target], task.Targets);
    }

    [Fact]
    public async Task PeerRequests_SettingsOfAStranger_AreChecked()
    {
        await using var twins = await FailoverTwins.StartAsync(databases);
        await twins.A.Failover.CreateAsync(FailoverTwins.Usual);
        var stored = (await twins.A.Plane.Store.ReadAsync()).Failover!;
        var good = new FailoverProposal(1, stored.Settings.Mirrored(), Convert.ToBase64String(new byte[32]), [], false);
        FailoverProposal[] bad =
        [
            good with { Key = "short" },
            good with { Settings = null! },
            good with { Settings = good.Settings with { Paths = [new PathSetting("eth0", "eth0", "nowhere", "10.77.0.1", false)] } },
            good with { Settings = good.Settings with { Replications = [Guid.NewGuid()] } },
            good with { Settings = good.Settings with { VirtualIps = null! } },
            good with { Targets = [new TargetDefinition("NOT A NAME", null, true, null, null, null, null, [], [])] },
            good with { Targets = [new TargetDefinition("iqn.2026-01.example:x", null, true, "user1", "short", null, null, [], [])], ReplaceTargets = true },
            good with { Version = 2 },
        ];

        foreach (var proposal in bad)
            await Assert.ThrowsAsync<ProblemException>(() => twins.B.FailoverRequests.ProposeAsync(stored.FailoverId, proposal));

        Assert.Equal(ProblemCodes.FailoverExistsAtPeer, (await Refusal.OfAsync(() => twins.B.FailoverRequests.ProposeAsync(Guid.NewGuid(), good))).Code);
        await twins.B.FailoverRequests.ProposeAsync(stored.FailoverId, good);
        Assert.Equal(good.Key, twins.B.Plane.Engine.Applied[^1].Failover!.Key);
    }

    /// <summary>The peer does what it is asked, and the answer is lost.</summary>
    private sealed class Forgetful(TestNode to, string from, string? expected) : Wire(to, from, expected)
    {
        public override IPeerFailover Failover => new Losing(this);

        private sealed class Losing(Wire wire) : FailoverWire(wire)
        {
            public override async Task ProposeAsync(Guid id, FailoverProposal proposal, CancellationToken cancellation)
            {
                await base.ProposeAsync(id, proposal, cancellation);
                throw new ProblemException(new Problem(ProblemCodes.PairUnreachable, "Cut off."), 503);
            }
        }
    }
}
