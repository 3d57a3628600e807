using Futago.Console.Client.Failover;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Failover;
using Futago.Engine.Contracts.Network;
using Futago.Engine.Contracts.Replication;
using Futago.Management.Tests.Pairing;

namespace Futago.Management.Tests.Failover;

/// <summary>Everything that can be wrong is said in a sentence of its own, and Start is refused with that sentence.</summary>
public sealed class PreflightTests(DatabaseFixture databases)
{
    [Fact]
    public async Task Check_EverythingRight_IsReadyAndSaysSoLineByLine()
    {
        await using var twins = await FailoverTwins.StartAsync(databases);
        await twins.A.Failover.CreateAsync(FailoverTwins.Usual);

        var here = await twins.A.Failover.CheckAsync();
        var there = await twins.B.Failover.CheckAsync();

        Assert.True(here.Ready);
        Assert.Empty(FailoverTwins.Codes(here, CheckLevel.Error));
        Assert.Equal([FailoverCheckCodes.PingOnly], FailoverTwins.Codes(here, CheckLevel.Warning));
        Assert.Equal(FailoverTwins.Codes(here, CheckLevel.Ok), FailoverTwins.Codes(there, CheckLevel.Ok));
        foreach (var code in new[]
        {
            FailoverCheckCodes.PeerAnswers, FailoverCheckCodes.ClockGood, FailoverCheckCodes.VersionSame, FailoverCheckCodes.SettingsSame, FailoverCheckCodes.TaskReady,
            FailoverCheckCodes.SpaceGood, FailoverCheckCodes.TargetsSame, FailoverCheckCodes.VirtualIpFree, FailoverCheckCodes.PathGood, FailoverCheckCodes.MtuSame, FailoverCheckCodes.PingNodeAnswers,
        })
            Assert.Contains(code, FailoverTwins.Codes(here, CheckLevel.Ok));
    }

    [Fact]
    public async Task Start_WhenReady_ReachesTheEngine()
    {
        await using var twins = await FailoverTwins.StartAsync(databases);
        await twins.A.Failover.CreateAsync(FailoverTwins.Usual);

        await twins.A.Failover.StartAsync();

        Assert.Equal(["start"], twins.A.Plane.Engine.FailoverCommands);
        Assert.Empty(twins.B.Plane.Engine.FailoverCommands);
    }

    /// <summary>What is made wrong, and the code of the sentence that says so.</summary>
    public static TheoryData<string, string> Wrongs => new()
    {
        { "peer away", FailoverCheckCodes.PeerSilent },
        { "task stopped", FailoverCheckCodes.TaskStopped },
        { "not connected", FailoverCheckCodes.TaskNotConnected },
        { "resync", FailoverCheckCodes.TaskNotSynced },
        { "sizes", FailoverCheckCodes.TaskSizeDiffers },
        { "write-back", FailoverCheckCodes.LunWriteBack },
        { "read-only", FailoverCheckCodes.LunReadOnly },
        { "no target", FailoverCheckCodes.NoTarget },
        { "access rule here only", ProblemCodes.FailoverTargetsDiffer },
        { "chap secret here only", ProblemCodes.FailoverTargetsDiffer },
        { "nic down", FailoverCheckCodes.NicDown },
        { "peer's nic gone", FailoverCheckCodes.NicMissing },
        { "address taken", FailoverCheckCodes.VirtualIpTaken },
        { "address is a node's", FailoverCheckCodes.VirtualIpOwn },
        { "path silent", FailoverCheckCodes.PathSilent },
        { "path one way", FailoverCheckCodes.PathOneWay },
        { "address of the path gone", FailoverCheckCodes.PathAddressGone },
        { "ping node silent at the peer", FailoverCheckCodes.PingNodeSilent },
        { "ping node became a node", ProblemCodes.FailoverPingNodeIsNode },
        { "witness gone", FailoverCheckCodes.WitnessSilent },
        { "witness is another", FailoverCheckCodes.WitnessSilent },
        { "other settings at the peer", ProblemCodes.FailoverSettingsDiffer },
    };

    [Theory]
    [MemberData(nameof(Wrongs))]
    public async Task Start_SomethingWrong_IsRefusedWithItsSentence(string wrong, string code)
    {
        await using var twins = await FailoverTwins.StartAsync(databases);
        twins.A.Plane.Engine.WitnessKey = twins.B.Plane.Engine.WitnessKey = wrong.StartsWith("witness", StringComparison.Ordinal) ? Convert.ToBase64String(new byte[64]) : null;
        await twins.A.Failover.CreateAsync(FailoverTwins.Usual with { Witness = twins.A.Plane.Engine.WitnessKey is null ? null : "10.77.0.3" });
        Assert.Empty(await twins.ErrorsAsync());

        await BreakAsync(twins, wrong);

        var errors = (await twins.ChecksAsync()).Checks.Where(c => c.Level == CheckLevel.Error).ToList();
        Assert.Contains(code, errors.Select(e => e.Outcome.Code));
        Assert.All(errors, e => Assert.NotEqual(FailoverPlace.None, e.Place));
        Assert.Equal(errors[0].Outcome.Code, (await Refusal.OfAsync(() => twins.A.Failover.StartAsync())).Code);
        Assert.Empty(twins.A.Plane.Engine.FailoverCommands);
    }

    [Fact]
    public async Task Check_HalfConfigured_SaysWhatIsMissing()
    {
        await using var twins = await FailoverTwins.StartAsync(databases);
        Assert.Equal([ProblemCodes.FailoverNotConfigured, FailoverCheckCodes.NoTask, FailoverCheckCodes.NoVirtualIp], await twins.ErrorsAsync());
        await twins.A.Failover.UpdateAsync(new FailoverChange(PingNodes: ["10.77.0.254"]));
        Assert.Equal([FailoverCheckCodes.NoTask, FailoverCheckCodes.NoVirtualIp], await twins.ErrorsAsync());

        await twins.A.Failover.UpdateAsync(new FailoverChange(Tasks: ["replication1"]));
        Assert.Equal([FailoverCheckCodes.NoVirtualIp], await twins.ErrorsAsync());

        await twins.A.Failover.UpdateAsync(new FailoverChange(VirtualIps: [new("10.77.0.10/24", "eth0")]));
        var checks = await twins.ChecksAsync();
        Assert.True(checks.Ready);
        Assert.Contains(FailoverCheckCodes.SinglePath, FailoverTwins.Codes(checks, CheckLevel.Warning));
    }

    [Fact]
    public async Task Check_Warnings_DoNotKeepFromStarting()
    {
        await using var twins = await FailoverTwins.StartAsync(databases);
        await twins.A.Plane.Targets.UpdateLunAsync(FailoverTwins.Target, 0, new(Lun: 1));
        await twins.A.Plane.Targets.StopAsync(FailoverTwins.Target);
        await twins.A.Failover.CreateAsync(FailoverTwins.Usual with { PingNodes = [] });
        twins.B.Plane.Engine.Nics[0] = FailoverTwins.Nic("eth0", 2, "10.77.0.2", mtu: 9000);
        var group = twins.B.Plane.Engine.Groups[0];
        twins.B.Plane.Engine.Groups[0] = group with { Space = group.Space with { Free = ByteSize.MiB } };

        var checks = await twins.ChecksAsync();

        Assert.True(checks.Ready);
        Assert.Equal(
            [FailoverCheckCodes.SpaceLow, FailoverCheckCodes.NoLunZero, FailoverCheckCodes.TargetStopped, FailoverCheckCodes.MtuDiffers, FailoverCheckCodes.NoPingNode, FailoverCheckCodes.Manual],
            FailoverTwins.Codes(checks, CheckLevel.Warning));
    }

    [Fact]
    public async Task Check_Draft_ChangesNothingAndNamesTheField()
    {
        await using var twins = await FailoverTwins.StartAsync(databases);

        var good = await twins.A.Failover.CheckAsync(FailoverTwins.Usual);
        var bad = await twins.A.Failover.CheckAsync(FailoverTwins.Usual with { PingNodes = ["10.77.0.2"] });

        Assert.True(good.Ready);
        Assert.Contains(FailoverCheckCodes.VirtualIpFree, FailoverTwins.Codes(good, CheckLevel.Ok));
        Assert.Equal([ProblemCodes.FailoverPingNodeIsNode], FailoverTwins.Codes(bad, CheckLevel.Error));
        Assert.Null((await twins.A.Failover.GetAsync()).Definition);
        Assert.Null((await twins.B.Failover.GetAsync()).Definition);
    }

    [Fact]
    public async Task Check_DraftWithATargetThatWouldBeTornApart_SaysSo()
    {
        await using var twins = await FailoverTwins.StartAsync(databases);
        twins.A.Plane.AddVolume("vg00/lv0001");
        await twins.A.Plane.Targets.AddLunAsync(FailoverTwins.Target, new("vg00/lv0001", Lun: 1));

        var checks = await twins.A.Failover.CheckAsync(FailoverTwins.Usual);

        Assert.Equal([FailoverCheckCodes.LunNotReplicated], FailoverTwins.Codes(checks, CheckLevel.Error));
        var refused = await Refusal.OfAsync(() => twins.A.Failover.CreateAsync(FailoverTwins.Usual));
        Assert.Equal((ProblemCodes.FailoverTargetMixed, "tasks"), (refused.Code, refused.Field));
        Assert.Null((await twins.B.Failover.GetAsync()).Definition);
    }

    [Fact]
    public async Task Check_Running_TheHeldAddressIsNoConflict()
    {
        await using var twins = await FailoverTwins.StartAsync(databases);
        await twins.A.Failover.CreateAsync(FailoverTwins.Usual);
        await twins.BeAsync(twins.A, FailoverState.ActiveMirrored, FailoverState.Passive);
        twins.A.Plane.Engine.Probe = _ => new ProbeAddressResult(false, true, null);
        twins.B.Plane.Engine.Probe = _ => new ProbeAddressResult(true, false, twins.A.Plane.Engine.Nics[0].MacAddress);

        Assert.Empty(await twins.ErrorsAsync());
    }

    private static async Task BreakAsync(FailoverTwins twins, string wrong)
    {
        var (a, b) = (twins.A, twins.B);
        switch (wrong)
        {
            case "peer away":
                a.Cable = _ => new PairingTests.Away();
                break;
            case "task stopped":
                await a.Replications.StopAsync("replication1");
                break;
            case "not connected":
                twins.Pair.Status = (_, s) => s with { Connection = ReplicationConnection.Connecting };
                twins.Pair.Refresh();
                break;
            case "resync":
                twins.Pair.Status = (node, s) => node == a ? s with { PeerData = DataState.Inconsistent } : s with { Data = DataState.Inconsistent };
                twins.Pair.Refresh();
                break;
            case "sizes":
                b.Plane.Engine.Volumes[0] = b.Plane.Engine.Volumes[0] with { SizeBytes = 2 * ByteSize.GiB };
                break;
            case "write-back":
                await a.Plane.Targets.UpdateLunAsync(FailoverTwins.Target, 0, new(WriteBack: true));
                break;
            case "read-only":
                await b.Plane.Targets.UpdateLunAsync(FailoverTwins.Target, 0, new(ReadOnly: true));
                break;
            case "no target":
                await a.Plane.Targets.RemoveLunAsync(FailoverTwins.Target, 0);
                await b.Plane.Targets.RemoveLunAsync(FailoverTwins.Target, 0);
                break;
            case "access rule here only":
                await a.Plane.Targets.AllowAsync(FailoverTwins.Target, new("10.79.0.0/24"));
                break;
            case "chap secret here only":
                await a.Plane.Targets.UpdateAsync(FailoverTwins.Target, new(ChapUser: "user1", ChapSecret: "secret-of-14CH"));
                break;
            case "nic down":
                a.Plane.Engine.Nics[0] = FailoverTwins.Nic("eth0", 1, "10.77.0.1", up: false);
                break;
            case "peer's nic gone":
                b.Plane.Engine.Nics.RemoveAt(0);
                break;
            case "address taken":
                b.Plane.Engine.Probe = _ => new ProbeAddressResult(true, false, "02:00:00:00:00:99");
                break;
            case "address is a node's":
                a.Plane.Engine.Probe = _ => new ProbeAddressResult(false, true, null);
                break;
            case "path silent":
                a.Plane.Engine.Answering.Remove("10.78.0.2");
                b.Plane.Engine.Answering.Remove("10.78.0.1");
                break;
            case "path one way":
                b.Plane.Engine.Answering.Remove("10.78.0.1");
                break;
            case "address of the path gone":
                b.Plane.Engine.Nics[1] = FailoverTwins.Nic("eth1", 2, "10.78.0.22");
                break;
            case "ping node silent at the peer":
                b.Plane.Engine.Answering.Remove("10.77.0.254");
                break;
            case "ping node became a node":
                b.Plane.Engine.Nics.Add(FailoverTwins.Nic("eth2", 2, "10.77.0.254"));
                break;
            case "witness gone":
                b.Plane.Engine.WitnessKey = null;
                break;
            case "witness is another":
                a.Plane.Engine.WitnessKey = b.Plane.Engine.WitnessKey = Convert.ToBase64String(Enumerable.Repeat((byte)1, 64).ToArray());
                break;
            case "other settings at the peer":
                await b.Plane.Store.ChangeAsync(c =>
                {
                    c.Failover!.Settings = c.Failover.Settings with { PingNodes = [] };
                    return b.Plane.Audit.Entry(b.Plane.Actor.Actor!, "test", "failover", "Restored from a copy.");
                });
                break;
            default:
                throw new NotSupportedException(wrong);
        }
    }
}
