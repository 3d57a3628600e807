using Futago.Console.Client.Failover;
using Futago.Console.Client.Users;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Replication;
using Futago.Engine.Contracts.Volumes;
using Futago.Management.Access;
using Futago.Management.Tests.Pairing;
using Futago.Management.Tests.VolumeReplication;
using Futago.Management.VolumeReplication;

namespace Futago.Management.Tests.Failover;

/// <summary>A failover with volumes that do not exist yet: made on both nodes, or nothing at all, or gone on with.</summary>
public sealed class NewVolumeTests(DatabaseFixture databases)
{
    private const string Target = "iqn.2026-01.example:new";

    private static readonly NewFailoverVolume Volume = new("vg00/lv0005", ByteSize.GiB, Target, Lun: 3, Allow: "10.77.0.5/24");

    private static FailoverChange Wanted(params NewFailoverVolume[] volumes) => FailoverTwins.Usual with { Tasks = [], NewVolumes = volumes };

    [Fact]
    public async Task Create_MakesVolumesTasksTargetAndFailoverAlikeOnBothNodes()
    {
        await using var twins = await StartAsync();

        var view = await twins.A.Failover.CreateAsync(Wanted(Volume, Volume with { Volume = "vg00/lv0006", Lun = null, Task = "second" }));

        Assert.Null(view.Problem);
        Assert.Equal(["lv0005", "second"], view.Definition!.Tasks.Select(t => t.Name).Order());
        var (a, b) = (twins.A.Plane.Engine.Applied[^1], twins.B.Plane.Engine.Applied[^1]);
        Assert.All(a.Replications.Where(r => r.TaskName != "replication1"), r => Assert.Equal((ReplicationRole.Source, true), (r.Role, r.Started)));
        Assert.All(b.Replications.Where(r => r.TaskName != "replication1_reverse"), r => Assert.Equal((ReplicationRole.Destination, true), (r.Role, r.Started)));
        foreach (var node in new[] { twins.A, twins.B })
        {
            Assert.Equal([ByteSize.GiB, ByteSize.GiB], node.Plane.Engine.Volumes.Where(v => v.Name is "lv0005" or "lv0006").Select(v => v.SizeBytes));
            var target = Assert.Single((await node.Plane.Store.ReadAsync()).Targets, t => t.Name == Target);
            Assert.True(target.Started);
            Assert.Equal([0, 3], target.Luns.Select(l => l.Number).Order());
            Assert.Equal(["10.77.0.0/24"], target.AccessRules.Select(r => r.Address));
        }
        Assert.Equal(Ids(await twins.A.Plane.Store.ReadAsync()), Ids(await twins.B.Plane.Store.ReadAsync()));
        var steps = (await twins.A.Failover.GetProgressAsync()).Steps;
        Assert.All(steps, s => Assert.Equal(FailoverStepState.Done, s.State));
        Assert.Equal([FailoverPlanKind.Volume, FailoverPlanKind.VolumeReplication, FailoverPlanKind.Volume, FailoverPlanKind.VolumeReplication,
            FailoverPlanKind.Target, FailoverPlanKind.Lun, FailoverPlanKind.Lun, FailoverPlanKind.AccessRule, FailoverPlanKind.TargetStart, FailoverPlanKind.Failover], steps.Select(s => s.Kind));

        static IEnumerable<string> Ids(Management.Node.NodeConfiguration configuration) =>
            configuration.Targets.Single(t => t.Name == Target).Luns.OrderBy(l => l.Number).Select(l => l.ScsiId);
    }

    [Fact]
    public async Task Create_BesidesAPickedTask_TakesBoth()
    {
        await using var twins = await StartAsync();

        var view = await twins.A.Failover.CreateAsync(FailoverTwins.Usual with { NewVolumes = [Volume] });

        Assert.Equal(["lv0005", "replication1"], view.Definition!.Tasks.Select(t => t.Name).Order());
        Assert.Equal([Target, FailoverTwins.Target], view.Definition.Targets.Select(t => t.Name).Order());
    }

    [Fact]
    public async Task Plan_SaysEveryStepAndChangesNothing()
    {
        await using var twins = await StartAsync();
        var before = (await twins.A.Plane.Store.ReadAsync()).Revision;

        var plan = await twins.A.Failover.PlanAsync(Wanted(Volume));

        Assert.Equal(
        [
            "Volume vg00/lv0005 of 1 GiB on this node", "Volume vg00/lv0005 of 1 GiB on nodeb, and the volume replication task lv0005, started",
            $"Target {Target}", $"Volume vg00/lv0005 as LUN 3 of {Target}", $"10.77.0.0/24 may log in to {Target}", $"Target {Target} is started",
            "The failover on both nodes, with the same targets on nodeb",
        ], plan.Steps.Select(s => s.Text));
        Assert.All(plan.Steps, s => Assert.Equal(FailoverStepState.Waiting, s.State));
        Assert.Equal(before, (await twins.A.Plane.Store.ReadAsync()).Revision);
        Assert.Empty((await twins.A.Failover.GetProgressAsync()).Steps);
    }

    /// <summary>What is wrong, and the field and the code that say so.</summary>
    public static TheoryData<string, string, string> Wrongs => new()
    {
        { "path", "newVolumes", ProblemCodes.NameInvalid },
        { "exists", "newVolumes", ProblemCodes.NameTaken },
        { "exists at the peer", "newVolumes", ProblemCodes.VolumeReplicationDestinationExists },
        { "no group", "newVolumes", ProblemCodes.GroupNotFound },
        { "no group at the peer", "newVolumes", ProblemCodes.GroupNotFound },
        { "too large", "newVolumes", ProblemCodes.SizeTooLarge },
        { "two that are too large together", "newVolumes", ProblemCodes.SizeTooLarge },
        { "no size", "newVolumes", ProblemCodes.SizeTooSmall },
        { "twice", "newVolumes", ProblemCodes.FailoverTwice },
        { "task of another volume", "newVolumes", ProblemCodes.NameTaken },
        { "target name", "newVolumes", ProblemCodes.TargetNameInvalid },
        { "lun", "newVolumes", ProblemCodes.LunOutOfRange },
        { "lun taken", "newVolumes", ProblemCodes.LunTaken },
        { "target of others", "newVolumes", ProblemCodes.FailoverTargetMixed },
        { "access rule", "newVolumes", ProblemCodes.AccessRuleInvalid },
        { "virtual ip", "virtualIps", ProblemCodes.FailoverAddressInvalid },
        { "nic", "virtualIps", ProblemCodes.FailoverNicUnknown },
    };

    [Theory]
    [MemberData(nameof(Wrongs))]
    public async Task Create_SomethingWrong_IsRefusedBeforeAnythingIsMade(string what, string field, string code)
    {
        await using var twins = await StartAsync();
        twins.B.Plane.AddVolume("vg00/lv0008");
        var request = what switch
        {
            "path" => Wanted(Volume with { Volume = "lv0005" }),
            "exists" => Wanted(Volume with { Volume = "vg00/lv0000" }),
            "exists at the peer" => Wanted(Volume with { PeerVolume = "vg00/lv0008" }),
            "no group" => Wanted(Volume with { Volume = "vg07/lv0005", PeerVolume = "vg00/lv0005" }),
            "no group at the peer" => Wanted(Volume with { PeerVolume = "vg07/lv0005" }),
            "too large" => Wanted(Volume with { SizeBytes = 5 * ByteSize.GiB }),
            "two that are too large together" => Wanted(Volume with { SizeBytes = 2 * ByteSize.GiB }, Volume with { Volume = "vg00/lv0006", SizeBytes = 2 * ByteSize.GiB, Lun = 4 }),
            "no size" => Wanted(Volume with { SizeBytes = 0 }),
            "twice" => Wanted(Volume, Volume with { Lun = 4 }),
            "task of another volume" => Wanted(Volume with { Task = "replication1" }),
            "target name" => Wanted(Volume with { Target = "iqn.bad" }),
            "lun" => Wanted(Volume with { Lun = 256 }),
            "lun taken" => FailoverTwins.Usual with { NewVolumes = [Volume with { Target = FailoverTwins.Target, Lun = 0 }] },
            "target of others" => Wanted(Volume with { Target = FailoverTwins.Target }),
            "access rule" => Wanted(Volume with { Allow = "10.77" }),
            "virtual ip" => Wanted(Volume) with { VirtualIps = [new("10.77.0.300/24", "eth0")] },
            _ => Wanted(Volume) with { VirtualIps = [new("10.77.0.10/24", "eth7")] },
        };
        var before = (await RevisionsAsync(twins), Volumes(twins));

        var problem = await Refusal.OfAsync(() => twins.A.Failover.CreateAsync(request));

        Assert.Equal((field, code), (problem.Field, problem.Code));
        Assert.Equal(before, (await RevisionsAsync(twins), Volumes(twins)));
        Assert.Contains(code, FailoverTwins.Codes(await twins.A.Failover.CheckAsync(request), CheckLevel.Error));
    }

    [Fact]
    public async Task Create_PeerRefusesItsVolume_RemovesTheOneHereAndSaysTheStep()
    {
        await using var twins = await StartAsync();
        twins.B.Plane.Engine.RefuseCommands = ProblemException.Conflict(ProblemCodes.SizeTooLarge, "The group is full.");

        var problem = await Refusal.OfAsync(() => twins.A.Failover.CreateAsync(Wanted(Volume)));

        Assert.Equal(ProblemCodes.SizeTooLarge, problem.Code);
        Assert.Contains("the volume replication task lv0005", problem.Detail, StringComparison.Ordinal);
        Assert.Contains("There already: nothing", problem.Detail, StringComparison.Ordinal);
        Assert.Equal(["vg00/lv0005"], twins.A.Plane.Engine.DeletedVolumes);
        Assert.DoesNotContain((await twins.A.Plane.Store.ReadAsync()).VolumeReplications, t => t.Name == "lv0005");
        Assert.Equal([FailoverStepState.Waiting, FailoverStepState.Failed], (await twins.A.Failover.GetProgressAsync()).Steps.Take(2).Select(s => s.State));

        twins.B.Plane.Engine.RefuseCommands = null;
        Assert.Single((await twins.A.Failover.CreateAsync(Wanted(Volume))).Definition!.Tasks);
    }

    [Fact]
    public async Task Create_CutOffAtTheVolumeOfThePeer_KeepsWhatIsThereAndGoesOn()
    {
        await using var twins = await StartAsync();
        var cable = twins.A.Cable;
        twins.A.Cable = expected => new Losing(twins.B, twins.A.OwnFingerprint, expected);

        var problem = await Refusal.OfAsync(() => twins.A.Failover.CreateAsync(Wanted(Volume)));
        var id = twins.A.Plane.Engine.Volumes.Single(v => v.Name == "lv0005").Id;
        twins.A.Cable = cable;
        var plan = await twins.A.Failover.PlanAsync(Wanted(Volume));
        var view = await twins.A.Failover.CreateAsync(Wanted(Volume));

        Assert.Contains("There already: Volume vg00/lv0005 of 1 GiB on this node", problem.Detail, StringComparison.Ordinal);
        Assert.Empty(twins.A.Plane.Engine.DeletedVolumes);
        Assert.Equal([FailoverStepState.Done, FailoverStepState.Waiting], plan.Steps.Take(2).Select(s => s.State));
        Assert.Equal(id, twins.A.Plane.Engine.Volumes.Single(v => v.Name == "lv0005").Id);
        Assert.Single(twins.B.Plane.Engine.Volumes, v => v.Name == "lv0005");
        Assert.Null(view.Problem);
        Assert.Single(view.Definition!.Tasks);
    }

    [Fact]
    public async Task Create_PeerRefusesTheFailover_EverythingElseStaysAndIsFoundAgain()
    {
        await using var twins = await StartAsync();
        await twins.A.Failover.CreateAsync(FailoverTwins.Usual);
        await twins.A.Failover.DeleteAsync(new DeleteFailover("nodea", HereOnly: true));
        // The peer still has the other one; that is known before anything is made.
        Assert.Equal(ProblemCodes.FailoverExistsAtPeer, (await Refusal.OfAsync(() => twins.A.Failover.CreateAsync(Wanted(Volume)))).Code);
        Assert.DoesNotContain(twins.A.Plane.Engine.Volumes, v => v.Name == "lv0005");
    }

    [Fact]
    public async Task Create_OtherSizeThanTheEarlierTry_IsRefused()
    {
        await using var twins = await StartAsync();
        await twins.A.Failover.CreateAsync(Wanted(Volume));
        await twins.A.Failover.DeleteAsync(new DeleteFailover("nodea"));

        var problem = await Refusal.OfAsync(() => twins.A.Failover.CreateAsync(Wanted(Volume with { SizeBytes = 2 * ByteSize.GiB })));

        Assert.Equal(("newVolumes", ProblemCodes.NameTaken), (problem.Field, problem.Code));
        Assert.NotNull((await twins.A.Failover.CreateAsync(Wanted(Volume))).Definition);
    }

    [Fact]
    public async Task Check_ADraftWithNewVolumes_SaysWhatWillBeMade()
    {
        await using var twins = await StartAsync();

        var checks = await twins.A.Failover.CheckAsync(Wanted(Volume));

        Assert.True(checks.Ready);
        Assert.Contains(FailoverCheckCodes.NewVolumes, FailoverTwins.Codes(checks, CheckLevel.Ok));
    }

    [Fact]
    public async Task Offer_HasTheGroupsOfBothNodesAndFreeNames()
    {
        await using var twins = await StartAsync();
        twins.B.Plane.AddVolume("vg00/lv0001");

        var offer = await twins.A.Failover.OfferAsync();

        Assert.Equal(["vg00"], offer.Groups.Select(g => g.Name));
        Assert.Equal(["vg00"], offer.PeerGroups.Select(g => g.Name));
        Assert.Equal("lv0002", offer.NextVolume);
        Assert.Contains(":nodea.target", offer.NextTarget, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plan_OnlyAdministrators()
    {
        await using var twins = await StartAsync();
        twins.A.Plane.Actor.Actor = new Actor("operator", UserRole.Operator);

        Assert.Equal(ProblemCodes.Forbidden, (await Refusal.OfAsync(() => twins.A.Failover.PlanAsync(Wanted(Volume)))).Code);
    }

    private async Task<FailoverTwins> StartAsync()
    {
        var twins = await FailoverTwins.StartAsync(databases);
        twins.A.Plane.Engine.Groups.Add(new GroupInfo(Guid.NewGuid(), "vg00", GroupState.Online, null, "/u", 4 * ByteSize.GiB, new GroupSpace(0, 0, 0, 0, 0, 3 * ByteSize.GiB), 0));
        return twins;
    }

    private static async Task<(long, long)> RevisionsAsync(FailoverTwins twins) =>
        ((await twins.A.Plane.Store.ReadAsync()).Revision, (await twins.B.Plane.Store.ReadAsync()).Revision);

    private static (int, int) Volumes(FailoverTwins twins) => (twins.A.Plane.Engine.Volumes.Count, twins.B.Plane.Engine.Volumes.Count);

    /// <summary>What the peer did about a volume replication is never heard.</summary>
    private sealed class Losing(TestNode to, string from, string? expected) : Wire(to, from, expected)
    {
        public override IPeerReplications Replications => new ForgetfulReplications(base.Replications);
    }
}
