using Futago.Console.Client.Events;
using Futago.Console.Client.Failover;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Failover;
using Futago.Engine.Contracts.Network;
using Futago.Engine.Contracts.Node;
using Futago.Engine.Contracts.Replication;
using Futago.Management.Network;
using Futago.Management.Tests.Pairing;

namespace Futago.Management.Tests.Failover;

/// <summary>Commands reach the node that can carry them out; what both nodes have is watched.</summary>
public sealed class FailoverCommandTests(DatabaseFixture databases)
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Switch_OnEitherNode_IsDoneByTheActiveOne(bool active)
    {
        await using var twins = await RunningAsync();
        var from = active ? twins.A : twins.B;

        await from.Failover.SwitchAsync();
        await from.Failover.SyncAsync();
        await from.Failover.FailBackAsync();

        Assert.Equal(["switch", "sync", "failback"], twins.A.Plane.Engine.FailoverCommands);
        Assert.Empty(twins.B.Plane.Engine.FailoverCommands);
        Assert.Contains(ConsoleEventCodes.FailoverSwitched, await from.EventCodesAsync());
        Assert.Contains(ConsoleEventCodes.FailoverSwitched, await twins.A.EventCodesAsync());
    }

    [Fact]
    public async Task Switch_ActiveNodesConsoleAway_SaysSo()
    {
        await using var twins = await RunningAsync();
        twins.B.Cable = _ => new PairingTests.Away();

        Assert.Equal(ProblemCodes.PairUnreachable, (await Refusal.OfAsync(() => twins.B.Failover.SwitchAsync())).Code);
        Assert.DoesNotContain(ConsoleEventCodes.FailoverSwitched, await twins.B.EventCodesAsync());
    }

    [Fact]
    public async Task Switch_EngineRefuses_PassesItOn()
    {
        await using var twins = await RunningAsync();
        twins.A.Plane.Engine.RefuseCommands = ProblemException.Conflict(ProblemCodes.FailoverNotInSync, "Not in sync.");

        Assert.Equal(ProblemCodes.FailoverNotInSync, (await Refusal.OfAsync(() => twins.A.Failover.SwitchAsync())).Code);
        Assert.Equal(ProblemCodes.FailoverNotInSync, (await Refusal.OfAsync(() => twins.B.Failover.SwitchAsync())).Code);
    }

    [Fact]
    public async Task ServeAnyway_WantsTheNameTypedAgain()
    {
        await using var twins = await RunningAsync();

        Assert.Equal("confirm", (await Refusal.OfAsync(() => twins.B.Failover.ServeAnywayAsync(new ServeAnyway("nodea")))).Field);
        await twins.B.Failover.ServeAnywayAsync(new ServeAnyway("nodeb", Force: true));
        await twins.B.Failover.SetMaintenanceAsync(new FailoverMaintenance(true));
        await twins.B.Failover.StopAsync();

        Assert.Equal(["""serve-anyway {"confirm":"nodeb","force":true}""", """maintenance {"on":true}""", "stop"], twins.B.Plane.Engine.FailoverCommands);
    }

    [Fact]
    public async Task Targets_DriftApart_RaiseAnAlarmUntilTheyAreCopied()
    {
        await using var twins = await FailoverTwins.StartAsync(databases);
        await twins.A.Failover.CreateAsync(FailoverTwins.Usual);
        await twins.A.Monitor.LookAsync(default);
        Assert.Null((await twins.A.Failover.GetAsync()).Problem);

        await twins.B.Plane.Targets.AllowAsync(FailoverTwins.Target, new("10.79.0.0/24"));
        await twins.A.Monitor.LookAsync(default);
        var drifted = await twins.A.Failover.GetAsync();
        await twins.B.Failover.CopyTargetsAsync();
        await twins.A.Monitor.LookAsync(default);

        Assert.Equal(ProblemCodes.FailoverTargetsDiffer, drifted.Problem?.Code);
        Assert.Null((await twins.A.Failover.GetAsync()).Problem);
        Assert.Equal(2, twins.A.Plane.Engine.Applied[^1].Targets[0].AccessRules.Count);
        var codes = await twins.A.EventCodesAsync();
        Assert.Single(codes, c => c == ConsoleEventCodes.FailoverDiffers);
        Assert.Single(codes, c => c == ConsoleEventCodes.FailoverAgrees);
    }

    [Fact]
    public async Task CopyTargets_WhileRunning_IsAllowed()
    {
        await using var twins = await RunningAsync();
        await twins.A.Plane.Targets.UpdateAsync(FailoverTwins.Target, new(Alias: "other"));

        await twins.A.Failover.CopyTargetsAsync();

        Assert.Equal("other", twins.B.Plane.Engine.Applied[^1].Targets[0].Alias);
    }

    [Fact]
    public async Task DestinationVolume_OfTheFailover_MayBecomeALun()
    {
        await using var twins = await FailoverTwins.StartAsync(databases);
        await twins.B.Plane.Targets.CreateAsync(new(FailoverTwins.Target));
        Assert.Equal(ProblemCodes.VolumeReplicationLocked, (await Refusal.OfAsync(() => twins.B.Plane.Targets.AddLunAsync(FailoverTwins.Target, new("vg00/lv0000")))).Code);
        await twins.A.Failover.UpdateAsync(new FailoverChange(Tasks: ["replication1"]));

        var view = await twins.B.Plane.Targets.AddLunAsync(FailoverTwins.Target, new("vg00/lv0000", Lun: 0));

        Assert.Single(view.Luns);
    }

    [Fact]
    public async Task WhatTheEngineWouldRefuse_IsRefusedBefore()
    {
        await using var twins = await FailoverTwins.StartAsync(databases);
        await twins.A.Failover.CreateAsync(FailoverTwins.Usual);
        twins.A.Plane.AddVolume("vg00/lv0001");

        Assert.Equal(ProblemCodes.FailoverTargetMixed, (await Refusal.OfAsync(() => twins.A.Plane.Targets.AddLunAsync(FailoverTwins.Target, new("vg00/lv0001")))).Code);
        Assert.Equal(ProblemCodes.FailoverNoPortal, (await Refusal.OfAsync(() => twins.A.Plane.Node.UpdateSettingsAsync(new(Portals: [new("10.78.0.1", 3260)])))).Code);
        await twins.B.Failover.DeleteAsync(new DeleteFailover("nodeb"));
        await twins.B.Plane.Node.UpdateSettingsAsync(new(Portals: [new("10.77.0.2", 3260)]));

        Assert.Equal((ProblemCodes.FailoverNoPortal, "virtualIps"), await Refusal.OfAsync(() => twins.A.Failover.CreateAsync(FailoverTwins.Usual)) is var refused ? (refused.Code, refused.Field) : default);
    }

    [Fact]
    public async Task Roles_AfterAFailover_AreFollowedByTheConfiguration()
    {
        await using var twins = await RunningAsync();
        twins.Pair.Status = (node, s) => s with { Role = node == twins.B ? ReplicationRole.Source : ReplicationRole.Destination };
        twins.Pair.Refresh();
        await twins.B.Roles.FollowAsync(default);
        Assert.Equal(ReplicationRole.Source, twins.B.Plane.Engine.Applied[^1].Replications[0].Role);

        await twins.BeAsync(twins.A, FailoverState.HandingOver, FailoverState.TakingOver);
        await twins.A.Roles.FollowAsync(default);
        Assert.Equal(ReplicationRole.Source, twins.A.Plane.Engine.Applied[^1].Replications[0].Role);
        await twins.BeAsync(twins.A, FailoverState.Passive, FailoverState.ActiveMirrored);
        await twins.A.Roles.FollowAsync(default);
        Assert.Equal(ReplicationRole.Destination, twins.A.Plane.Engine.Applied[^1].Replications[0].Role);
    }

    [Fact]
    public async Task Status_OfAnEngineThatIsAway_IsNotShown()
    {
        await using var twins = await RunningAsync();
        Assert.NotNull((await twins.A.Failover.GetAsync()).Status);

        twins.A.Plane.Live.Disconnect(new Problem(ProblemCodes.EngineUnreachable, "Gone."));

        Assert.Null((await twins.A.Failover.GetAsync()).Status);
    }

    [Fact]
    public async Task Traffic_OfANic_IsARateForEachSecond()
    {
        await using var plane = await ControlPlane.StartAsync(databases);
        var clock = new SteppedClock();
        using var traffic = new NicTrafficRecorder(plane.Live, clock);
        var seen = new SemaphoreSlim(0);
        plane.Live.Changed += () => seen.Release();
        var nic = FailoverTwins.Nic("eth0", 1, "10.77.0.1");

        await UpdateAsync(nic);
        clock.Seconds += 4;
        await UpdateAsync(nic with { ReceivedBytes = 4000, SentBytes = 400 });

        Assert.Equal([1000, 1000, 1000, 1000], traffic.Of("eth0")!.Received);
        Assert.Equal([100, 100, 100, 100], traffic.Of("eth0")!.Sent);
        Assert.Null(traffic.Of("eth1"));

        async Task UpdateAsync(NicInfo next)
        {
            plane.Live.Apply(new StatusUpdate(Nics: [next]));
            await seen.WaitAsync();
        }
    }

    private sealed class SteppedClock : TimeProvider
    {
        public long Seconds { get; set; }

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Seconds;
    }

    private async Task<FailoverTwins> RunningAsync()
    {
        var twins = await FailoverTwins.StartAsync(databases);
        await twins.A.Failover.CreateAsync(FailoverTwins.Usual);
        await twins.BeAsync(twins.A, FailoverState.ActiveMirrored, FailoverState.Passive);
        await twins.BeAsync(twins.B, FailoverState.Passive, FailoverState.ActiveMirrored);
        return twins;
    }
}
