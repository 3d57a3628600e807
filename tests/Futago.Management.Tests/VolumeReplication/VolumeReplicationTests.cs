using Futago.Console.Client.Events;
using Futago.Console.Client.Users;
using Futago.Console.Client.VolumeReplication;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Replication;
using Futago.Engine.Contracts.Volumes;
using Futago.Management.Access;
using Futago.Management.Tests.Pairing;
using Futago.Management.VolumeReplication;

namespace Futago.Management.Tests.VolumeReplication;

/// <summary>A task is made on both nodes or on none, and refused with a reason when it must not be.</summary>
public sealed class VolumeReplicationTests(DatabaseFixture databases) : IAsyncLifetime
{
    private ReplicatedPair _pair = null!;

    private TestNode A => _pair.A;

    private TestNode B => _pair.B;

    public async ValueTask InitializeAsync() => _pair = await ReplicatedPair.StartAsync(databases);

    public ValueTask DisposeAsync() => _pair.DisposeAsync();

    private static CreateVolumeReplication Request(string destination = "vg00/lv0000", bool create = true, string? overwrite = null) =>
        new("replication1", "vg00/lv0000", destination, create, overwrite);

    [Fact]
    public async Task Create_WithTheDestination_MakesVolumeAndReverseTaskThere()
    {
        var view = await A.Replications.CreateAsync(Request() with { ResyncLimitBytesPerSecond = 10 * ByteSize.MiB });

        var (here, there) = (A.Plane.Engine.Applied[^1].Replications.Single(), B.Plane.Engine.Applied[^1].Replications.Single());
        var volume = B.Plane.Engine.Volumes.Single();
        Assert.Equal(("vg00/lv0000", ByteSize.GiB, VolumeType.Iscsi, false), (volume.Path, volume.SizeBytes, volume.Type, volume.Thin));
        Assert.Equal((here.Id, "replication1", ReplicationRole.Source, false, 10 * ByteSize.MiB), (view.Id, here.TaskName, here.Role, here.Started, here.ResyncLimitBytesPerSecond));
        Assert.Equal((here.Id, "replication1_reverse", ReplicationRole.Destination, volume.Id, false), (there.Id, there.TaskName, there.Role, there.VolumeId, there.Started));
        var reverse = Assert.Single(await B.Replications.ListAsync());
        Assert.Equal(("replication1_reverse", true, "vg00/lv0000", "replication1", "nodea"), (reverse.Name, reverse.Reverse, reverse.Volume, reverse.PeerTask, reverse.Peer));
        Assert.Contains(ConsoleEventCodes.VolumeReplicationCreated, await A.EventCodesAsync());
        Assert.Contains(ConsoleEventCodes.VolumeReplicationCreated, await B.EventCodesAsync());
    }

    [Fact]
    public async Task Create_NasVolume_MakesOneThere()
    {
        A.Plane.AddVolume("vg00/nas0", VolumeType.Nas);

        await A.Replications.CreateAsync(new CreateVolumeReplication("nas", "vg00/nas0", "vg00/nas0", true));

        var volume = B.Plane.Engine.Volumes.Single();
        Assert.Equal(("vg00/nas0", ByteSize.GiB, VolumeType.Nas), (volume.Path, volume.SizeBytes, volume.Type));
    }

    [Fact]
    public async Task Create_NasVolumeAndDestinationOfAnotherType_IsRefused()
    {
        A.Plane.AddVolume("vg00/nas0", VolumeType.Nas);
        B.Plane.AddVolume("vg00/lv0007");

        var refused = await Refusal.OfAsync(() => A.Replications.CreateAsync(new CreateVolumeReplication("nas", "vg00/nas0", "vg00/lv0007", false, "vg00/lv0007")));

        Assert.Equal((ProblemCodes.VolumeReplicationTypeDiffers, "destination"), (refused.Code, refused.Field));
        await NothingAsync();
    }

    /// <summary>The file system is unmounted for a moment: not while people are at work.</summary>
    [Fact]
    public async Task Create_NasVolumeWhoseShareIsInUse_SaysByWhom()
    {
        var volume = A.Plane.AddVolume("vg00/nas0", VolumeType.Nas);
        A.Plane.Engine.Shares.Add(new(Guid.NewGuid(), "office", volume.Id, volume.Path, null, "/", false, false, [], [], null, "/x", null));
        A.Plane.Engine.ShareConnections.Add(new("office", "mika", "10.77.0.3", null, null));

        var refused = await Refusal.OfAsync(() => A.Replications.CreateAsync(new CreateVolumeReplication("nas", "vg00/nas0", "vg00/nas0", true)));

        Assert.Equal((ProblemCodes.VolumeReplicationInUse, "source", "mika (10.77.0.3, office)"), (refused.Code, refused.Field, refused.Args?["users"]));
        await NothingAsync();
        A.Plane.Engine.ShareConnections.Clear();
        await A.Replications.CreateAsync(new CreateVolumeReplication("nas", "vg00/nas0", "vg00/nas0", true));
    }

    [Fact]
    public async Task Create_ExistingDestination_NeedsItsNameTypedAgain()
    {
        B.Plane.AddVolume("vg00/lv0007");

        var refused = await Refusal.OfAsync(() => A.Replications.CreateAsync(Request("vg00/lv0007", create: false)));
        Assert.Equal((ProblemCodes.VolumeReplicationOverwriteNeeded, "overwrite"), (refused.Code, refused.Field));
        await NothingAsync();

        await A.Replications.CreateAsync(Request("vg00/lv0007", create: false, overwrite: "vg00/lv0007"));
        Assert.Equal("vg00/lv0007", Assert.Single(await B.Replications.ListAsync()).Volume);
    }

    [Fact]
    public async Task Create_ExistingDestinationAsNewOne_IsRefused()
    {
        B.Plane.AddVolume("vg00/lv0000");

        var refused = await Refusal.OfAsync(() => A.Replications.CreateAsync(Request()));

        Assert.Equal((ProblemCodes.VolumeReplicationDestinationExists, "destination"), (refused.Code, refused.Field));
        await NothingAsync();
    }

    [Fact]
    public async Task Create_SizesDiffer_NamesBoth()
    {
        var volume = B.Plane.AddVolume("vg00/lv0001");
        B.Plane.Engine.Volumes[0] = volume with { SizeBytes = 2 * ByteSize.GiB };

        var refused = await Refusal.OfAsync(() => A.Replications.CreateAsync(Request("vg00/lv0001", create: false, overwrite: "vg00/lv0001")));

        Assert.Equal((ProblemCodes.VolumeReplicationSizeDiffers, "destination", "1 GiB", "2 GiB"), (refused.Code, refused.Field, refused.Args!["sourceSize"], refused.Args["destinationSize"]));
        await NothingAsync();
    }

    [Fact]
    public async Task Create_DestinationIsALun_IsRefused()
    {
        B.Plane.AddVolume("vg00/lv0001");
        var target = await B.Plane.Targets.CreateAsync(new("iqn.2026-01.example.futago:t0"));
        await B.Plane.Targets.AddLunAsync(target.Name, new("vg00/lv0001"));

        var refused = await Refusal.OfAsync(() => A.Replications.CreateAsync(Request("vg00/lv0001", create: false, overwrite: "vg00/lv0001")));

        Assert.Equal((ProblemCodes.VolumeReplicationDestinationInUse, "destination"), (refused.Code, refused.Field));
        var offer = await A.Replications.BrowseAsync("vg00/lv0000");
        Assert.Equal(ProblemCodes.VolumeReplicationDestinationInUse, Assert.Single(offer.Volumes).Problem!.Code);
        await NothingAsync();
    }

    [Fact]
    public async Task Create_VolumeInATaskAlready_IsRefusedOnEitherSide()
    {
        await A.Replications.CreateAsync(Request());
        A.Plane.AddVolume("vg00/lv0001");

        var twice = await Refusal.OfAsync(() => A.Replications.CreateAsync(Request("vg00/lv0002") with { Name = "second" }));
        var destinationTwice = await Refusal.OfAsync(() => A.Replications.CreateAsync(
            new CreateVolumeReplication("second", "vg00/lv0001", "vg00/lv0000", false, "vg00/lv0000")));

        Assert.Equal((ProblemCodes.VolumeReplicationVolumeTaken, "source"), (twice.Code, twice.Field));
        Assert.Equal((ProblemCodes.VolumeReplicationVolumeTaken, "destination"), (destinationTwice.Code, destinationTwice.Field));
        Assert.Single(await A.Replications.ListAsync());
        Assert.Single(await B.Replications.ListAsync());
    }

    [Fact]
    public async Task Create_BothSidesSource_IsRefused()
    {
        await A.Replications.CreateAsync(Request());

        // From the other node, the other way round.
        var refused = await Refusal.OfAsync(() => B.Replications.CreateAsync(new CreateVolumeReplication("back", "vg00/lv0000", "vg00/lv0000", false, "vg00/lv0000")));

        Assert.Equal(ProblemCodes.VolumeReplicationVolumeTaken, refused.Code);
    }

    [Theory]
    [InlineData("", "vg00/lv0000", "vg00/lv0000", ProblemCodes.NameInvalid, "name")]
    [InlineData("r", "lv0000", "vg00/lv0000", ProblemCodes.NameInvalid, "source")]
    [InlineData("r", "vg00/none", "vg00/lv0000", ProblemCodes.VolumeNotFound, "source")]
    [InlineData("r", "vg00/fc0", "vg00/lv0000", ProblemCodes.VolumeReplicationKind, "source")]
    [InlineData("r", "vg00/lv0000", "vg00/../x", ProblemCodes.NameInvalid, "destination")]
    [InlineData("r", "vg00/lv0000", "vg00", ProblemCodes.NameInvalid, "destination")]
    public async Task Create_BadValue_NamesTheField(string name, string source, string destination, string code, string field)
    {
        A.Plane.AddVolume("vg00/fc0", VolumeType.Fc);

        var refused = await Refusal.OfAsync(() => A.Replications.CreateAsync(new CreateVolumeReplication(name, source, destination, true)));

        Assert.Equal((code, field), (refused.Code, refused.Field));
        await NothingAsync();
    }

    [Fact]
    public async Task Create_LimitTooLow_IsRefused()
    {
        var refused = await Refusal.OfAsync(() => A.Replications.CreateAsync(Request() with { ResyncLimitBytesPerSecond = 65_535 }));

        Assert.Equal((ProblemCodes.VolumeReplicationLimitInvalid, "resyncLimitBytesPerSecond"), (refused.Code, refused.Field));
    }

    [Fact]
    public async Task Create_NotPaired_IsSaid()
    {
        await A.Pair.DeleteAsync("nodeb");

        Assert.Equal(ProblemCodes.PairNotPaired, (await Refusal.OfAsync(() => A.Replications.CreateAsync(Request()))).Code);
    }

    [Fact]
    public async Task Create_PeerAway_ChangesNothing()
    {
        A.Cable = _ => new PairingTests.Away();

        var refused = await Refusal.OfAsync(() => A.Replications.CreateAsync(Request()));

        Assert.Equal((ProblemCodes.PairUnreachable, (string?)null), (refused.Code, refused.Field));
        await NothingAsync();
    }

    [Fact]
    public async Task Create_PeerOfAnotherVersion_IsNamed()
    {
        A.Cable = expected => new OtherReplications(B, A.OwnFingerprint, expected);

        var refused = await Refusal.OfAsync(() => A.Replications.CreateAsync(Request()));
        var strange = await Refusal.OfAsync(() => B.ReplicationRequests.ProposeAsync(Guid.NewGuid(), Proposal() with { Version = 2 }));

        Assert.Equal((ProblemCodes.PairOtherVersion, ProblemCodes.PairOtherVersion), (refused.Code, strange.Code));
        await NothingAsync();
    }

    [Fact]
    public async Task Create_AnswerLost_GoesOnWhenAskedAgain()
    {
        A.Cable = expected => new LosesAnswer(B, A.OwnFingerprint, expected);
        var lost = await Refusal.OfAsync(() => A.Replications.CreateAsync(Request()));
        var unfinished = await A.Replications.GetAsync("replication1");
        Assert.Equal((ProblemCodes.PairUnreachable, false, ProblemCodes.VolumeReplicationUnfinished), (lost.Code, unfinished.Agreed, unfinished.Problem!.Code));
        Assert.Empty(A.Plane.Engine.Applied[^1].Replications);
        Assert.Equal(ProblemCodes.VolumeReplicationUnfinished, (await Refusal.OfAsync(() => A.Replications.StartAsync("replication1"))).Code);

        TestNode.Connect(A, B);
        var view = await A.Replications.CreateAsync(Request());

        Assert.True(view.Agreed);
        Assert.Single(B.Plane.Engine.Volumes);
        Assert.Equal(A.Plane.Engine.Applied[^1].Replications.Single().Id, B.Plane.Engine.Applied[^1].Replications.Single().Id);
    }

    [Fact]
    public async Task Create_VolumeRefusedByThePeersEngine_LeavesNothing()
    {
        B.Plane.Engine.RefuseCommands = ProblemException.Invalid(ProblemCodes.SizeTooLarge, "Full.", "sizeBytes");

        var refused = await Refusal.OfAsync(() => A.Replications.CreateAsync(Request()));

        Assert.Equal((ProblemCodes.SizeTooLarge, "destination"), (refused.Code, refused.Field));
        await NothingAsync();
        Assert.Contains(ConsoleEventCodes.VolumeReplicationWithdrawn, await B.EventCodesAsync());
    }

    [Fact]
    public async Task Propose_KilledAfterCreatingTheVolume_AdoptsIt()
    {
        var id = Guid.NewGuid();
        var proposal = Proposal();
        // As a console leaves it that is killed between the mark, the volume, and the end.
        await B.Plane.Store.ChangeAsync(c =>
        {
            c.VolumeReplications.Add(new VolumeReplicationTask
            {
                Id = id,
                Name = "replication1_reverse",
                Reverse = true,
                Volume = "vg00/lv0000",
                SizeBytes = ByteSize.GiB,
                PeerVolumeId = proposal.VolumeId,
                PeerVolume = "vg00/lv0000",
                PeerTask = "replication1",
                Role = ReplicationRole.Destination,
                CreatedAt = B.Plane.Time.Now,
            });
            return B.Half.Entry(c, null, "test", "replication1_reverse", "Marked.");
        });
        var volume = B.Plane.AddVolume("vg00/lv0000");
        Assert.Equal(ProblemCodes.VolumeReplicationDestinationExists, (await Refusal.OfAsync(() => B.ReplicationRequests.ProposeAsync(id, proposal))).Code);

        B.Plane.Engine.Volumes[0] = volume with { CreatedAt = B.Plane.Time.Now };
        var agreement = await B.ReplicationRequests.ProposeAsync(id, proposal);

        Assert.Equal((volume.Id, "replication1_reverse"), (agreement.VolumeId, agreement.Task));
        Assert.Equal(agreement, await B.ReplicationRequests.ProposeAsync(id, proposal));
    }

    [Theory]
    [InlineData("vg00/lv0000", "../../etc", 1L << 30)]
    [InlineData("nonsense", "vg00/lv0000", 1L << 30)]
    [InlineData("vg00/lv0000", "vg00/lv0000", -1)]
    public async Task Propose_Nonsense_IsRefusedAndStoresNothing(string source, string destination, long size)
    {
        await Refusal.OfAsync(() => B.ReplicationRequests.ProposeAsync(Guid.NewGuid(), Proposal() with { Volume = source, Destination = destination, SizeBytes = size }));
        await Refusal.OfAsync(() => B.ReplicationRequests.ProposeAsync(Guid.Empty, Proposal()));
        await Refusal.OfAsync(() => B.ReplicationRequests.SetRoleAsync(Guid.NewGuid(), new PeerRoleRequest(1, ReplicationRole.Source)));
        await Refusal.OfAsync(() => B.ReplicationRequests.SetRoleAsync(Guid.NewGuid(), new PeerRoleRequest(1, (ReplicationRole)9)));

        await NothingAsync();
    }

    [Fact]
    public async Task StartAndStop_OnEitherNode_ReachBoth()
    {
        await A.Replications.CreateAsync(Request());

        await B.Replications.StartAsync("replication1_reverse");
        Assert.True((await A.Replications.GetAsync("replication1")) is { Started: true, StartedAt: not null, Synced: true });
        Assert.True(B.Plane.Engine.Applied[^1].Replications.Single().Started);

        var stopped = await A.Replications.StopAsync("replication1");
        Assert.Null(stopped.PeerProblem);
        Assert.False((await B.Replications.GetAsync("replication1_reverse")).Started);
    }

    [Fact]
    public async Task Start_PeerAway_StartsNothing_ButStopWorks()
    {
        await A.Replications.CreateAsync(Request());
        await A.Replications.StartAsync("replication1");
        A.Cable = _ => new PairingTests.Away();

        var stopped = await A.Replications.StopAsync("replication1");
        var refused = await Refusal.OfAsync(() => A.Replications.StartAsync("replication1"));

        Assert.Equal((false, ProblemCodes.PairUnreachable, ProblemCodes.PairUnreachable), (stopped.Task.Started, stopped.PeerProblem!.Code, refused.Code));
        Assert.False((await A.Replications.GetAsync("replication1")).Started);
    }

    [Fact]
    public async Task Update_Limit_ReachesBothEngines()
    {
        await A.Replications.CreateAsync(Request());

        await A.Replications.UpdateAsync("replication1", new UpdateVolumeReplication(100 * ByteSize.MiB));
        Assert.Equal(100 * ByteSize.MiB, B.Plane.Engine.Applied[^1].Replications.Single().ResyncLimitBytesPerSecond);
        await B.Replications.UpdateAsync("replication1_reverse", new UpdateVolumeReplication(0));
        Assert.Null(A.Plane.Engine.Applied[^1].Replications.Single().ResyncLimitBytesPerSecond);
    }

    [Fact]
    public async Task Delete_EndsBothSides_AndFreesThePair()
    {
        await A.Replications.CreateAsync(Request());
        Assert.Equal(ProblemCodes.PairInUse, (await Refusal.OfAsync(() => A.Pair.DeleteAsync("nodeb"))).Code);
        Assert.Equal(ProblemCodes.ConfirmationMismatch, (await Refusal.OfAsync(() => A.Replications.DeleteAsync("replication1", new DeleteVolumeReplication("x")))).Code);

        await B.Replications.DeleteAsync("replication1_reverse", new DeleteVolumeReplication("replication1_reverse"));

        await NothingAsync(volumes: 1);
        Assert.True((await A.Pair.DeleteAsync("nodeb")).PeerInformed);
    }

    [Fact]
    public async Task Delete_PeerAway_NeedsTheExplicitChoice()
    {
        await A.Replications.CreateAsync(Request());
        A.Cable = _ => new PairingTests.Away();

        Assert.Equal(ProblemCodes.PairUnreachable, (await Refusal.OfAsync(() => A.Replications.DeleteAsync("replication1", new DeleteVolumeReplication("replication1")))).Code);
        Assert.Single(await A.Replications.ListAsync());
        await A.Replications.DeleteAsync("replication1", new DeleteVolumeReplication("replication1", HereOnly: true));

        Assert.Empty(await A.Replications.ListAsync());
        Assert.Empty(A.Plane.Engine.Applied[^1].Replications);
        Assert.Single(await B.Replications.ListAsync());
    }

    [Fact]
    public async Task Destination_IsLockedAgainstOtherUse()
    {
        await A.Replications.CreateAsync(Request());
        var target = await B.Plane.Targets.CreateAsync(new("iqn.2026-01.example.futago:t0"));

        var lun = await Refusal.OfAsync(() => B.Plane.Targets.AddLunAsync(target.Name, new("vg00/lv0000")));
        var delete = await Refusal.OfAsync(() => B.Plane.Volumes.DeleteVolumeAsync("vg00/lv0000", "lv0000"));

        Assert.Equal((ProblemCodes.VolumeReplicationLocked, "volume"), (lun.Code, lun.Field));
        Assert.Equal(ProblemCodes.VolumeReplicated, delete.Code);
        Assert.True((await B.Plane.Volumes.PreviewDeletionAsync("vg00/lv0000")).Blocked);
        Assert.Equal(VolumeReplicationMode.Destination, Assert.Single(await B.Replications.ListModesAsync()).Mode);
    }

    [Fact]
    public async Task Roles_OfUsers_AreAskedFor()
    {
        await A.Replications.CreateAsync(Request());
        A.Plane.Actor.Actor = new Actor("operator", UserRole.Operator);
        await A.Replications.StartAsync("replication1");
        Assert.Equal(ProblemCodes.Forbidden, (await Refusal.OfAsync(() => A.Replications.SwitchAsync("replication1", new SwitchVolumeReplication()))).Code);
        A.Plane.Actor.Actor = new Actor("viewer", UserRole.Viewer);
        Assert.Equal(ProblemCodes.Forbidden, (await Refusal.OfAsync(() => A.Replications.StopAsync("replication1"))).Code);
        Assert.Single(await A.Replications.ListAsync());
    }

    private static PeerReplicationProposal Proposal() => new(
        1, "replication1", Guid.NewGuid(), "vg00/lv0000", ByteSize.GiB, VolumeType.Iscsi, false, IoType.Block, "vg00/lv0000", true, null, null);

    private async Task NothingAsync(int? volumes = null)
    {
        Assert.Empty(await A.Replications.ListAsync());
        Assert.Empty(await B.Replications.ListAsync());
        if (volumes is { } count)
            Assert.Equal(count, B.Plane.Engine.Volumes.Count);
    }

    private sealed class OtherReplications(TestNode to, string from, string? expected) : Wire(to, from, expected)
    {
        public override IPeerReplications Replications => new RefusingReplications(ProblemException.NotFound(ProblemCodes.RequestMalformed, "There is no such address."));
    }

    private sealed class LosesAnswer(TestNode to, string from, string? expected) : Wire(to, from, expected)
    {
        public override IPeerReplications Replications => new ForgetfulReplications(new ReplicationWire(this));
    }
}
