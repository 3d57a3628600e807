using Futago.Console.Client.Events;
using Futago.Console.Client.Users;
using Futago.Console.Client.VolumeReplication;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Replication;
using Futago.Engine.Contracts.Volumes;
using Futago.Management.Access;
using Futago.Management.Tests.Pairing;

namespace Futago.Management.Tests.VolumeReplication;

/// <summary>The mode of a volume is set without a task, decides what a task may be made of, and what the peer is offered.</summary>
public sealed class ReplicationModeTests(DatabaseFixture databases) : IAsyncLifetime
{
    private const string Lv = "vg00/lv0000";
    private const string Other = "vg00/lv0007";

    private ReplicatedPair _pair = null!;

    private TestNode A => _pair.A;

    private TestNode B => _pair.B;

    public async ValueTask InitializeAsync() => _pair = await ReplicatedPair.StartAsync(databases);

    public ValueTask DisposeAsync() => _pair.DisposeAsync();

    private static CreateVolumeReplication Request(string destination) => new("replication1", Lv, destination, false, destination);

    [Fact]
    public async Task Browse_OffersDestinationsFirst_AndNoSource()
    {
        foreach (var name in new[] { "lv0001", "lv0002", "lv0003" })
            B.Plane.AddVolume($"vg00/{name}");
        await B.Plane.Volumes.SetReplicationModeAsync("vg00/lv0002", VolumeReplicationMode.Source);
        await B.Plane.Volumes.SetReplicationModeAsync("vg00/lv0003", VolumeReplicationMode.Destination);

        var offer = await A.Replications.BrowseAsync(Lv);

        Assert.Equal(
            [("vg00/lv0003", VolumeReplicationMode.Destination, null), ("vg00/lv0001", VolumeReplicationMode.None, null), ("vg00/lv0002", VolumeReplicationMode.Source, (string?)ProblemCodes.VolumeReplicationModeSource)],
            offer.Volumes.Select(v => (v.Path, v.Mode, v.Problem?.Code)));
        var refused = await Refusal.OfAsync(() => A.Replications.CreateAsync(Request("vg00/lv0002")));
        Assert.Equal((ProblemCodes.VolumeReplicationModeSource, "destination"), (refused.Code, refused.Field));
        Assert.Empty(await A.Replications.ListAsync());
        await A.Replications.CreateAsync(Request("vg00/lv0003"));
    }

    [Fact]
    public async Task Create_SourceInModeDestination_IsRefused_AndInModeSourceIsNot()
    {
        B.Plane.AddVolume(Other);
        await A.Plane.Volumes.SetReplicationModeAsync(Lv, VolumeReplicationMode.Destination);

        var browse = await Refusal.OfAsync(() => A.Replications.BrowseAsync(Lv));
        var create = await Refusal.OfAsync(() => A.Replications.CreateAsync(Request(Other)));
        Assert.Equal((ProblemCodes.VolumeReplicationModeDestination, "source"), (browse.Code, browse.Field));
        Assert.Equal((ProblemCodes.VolumeReplicationModeDestination, "source"), (create.Code, create.Field));

        await A.Plane.Volumes.SetReplicationModeAsync(Lv, VolumeReplicationMode.Source);
        await A.Replications.CreateAsync(Request(Other));
        Assert.Equal((VolumeReplicationMode.Source, "replication1"), ((await A.Replications.ListModesAsync()).Single() is var m ? (m.Mode, m.Task) : default));
    }

    [Fact]
    public async Task Destination_WithoutATask_CanBeNoLun_AndItsDeletionIsForeseenAsBlocked()
    {
        await A.Plane.Volumes.SetReplicationModeAsync(Lv, VolumeReplicationMode.Destination);
        var target = await A.Plane.Targets.CreateAsync(new("iqn.2026-01.example.futago:t0"));

        var lun = await Refusal.OfAsync(() => A.Plane.Targets.AddLunAsync(target.Name, new(Lv)));

        Assert.Equal((ProblemCodes.VolumeReplicationModeDestination, "volume"), (lun.Code, lun.Field));
        Assert.True((await A.Plane.Volumes.PreviewDeletionAsync(Lv)).Blocked);
        Assert.Equal((VolumeReplicationMode.Destination, null), ((await A.Replications.ListModesAsync()).Single() is var m ? (m.Mode, m.Task) : default));
        await A.Plane.Volumes.SetReplicationModeAsync(Lv, VolumeReplicationMode.Source);
        await A.Plane.Targets.AddLunAsync(target.Name, new(Lv));
        var inUse = await Refusal.OfAsync(() => A.Plane.Volumes.SetReplicationModeAsync(Lv, VolumeReplicationMode.Destination));
        Assert.Equal((ProblemCodes.VolumeReplicationDestinationInUse, "mode"), (inUse.Code, inUse.Field));
        Assert.Equal(VolumeReplicationMode.Source, A.Plane.Engine.Volumes.Single().ReplicationMode);
    }

    [Fact]
    public async Task Mode_OfAVolumeInATask_IsTheTasks()
    {
        B.Plane.AddVolume(Other);
        await A.Replications.CreateAsync(Request(Other));

        Assert.Equal(ProblemCodes.VolumeReplicationModeOfTask, (await Refusal.OfAsync(() => A.Plane.Volumes.SetReplicationModeAsync(Lv, VolumeReplicationMode.Destination))).Code);
        Assert.Equal(ProblemCodes.VolumeReplicationModeOfTask, (await Refusal.OfAsync(() => B.Plane.Volumes.ClearReplicationModeAsync(Other, new(Other, Anyway: true)))).Code);
        var preview = await A.Plane.Volumes.PreviewClearReplicationAsync(Lv);
        Assert.Equal((ProblemCodes.VolumeReplicationModeOfTask, "replication1", false), (preview.Refusal?.Code, preview.Refusal?.Args?["task"], preview.MayAnyway));
        Assert.DoesNotContain(B.Plane.Engine.ReplicationCommands, c => c.StartsWith("clear-mode", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Clear_IsForTheEngineToDecide_AndIsRecorded()
    {
        await A.Plane.Volumes.SetReplicationModeAsync(Lv, VolumeReplicationMode.Destination);
        A.Plane.Engine.RefuseCommands = ProblemException.Conflict(ProblemCodes.VolumeReplicationClearMixture, "A mixture.", null, ("volume", Lv));
        Assert.Equal(ProblemCodes.VolumeReplicationClearMixture, (await Refusal.OfAsync(() => A.Plane.Volumes.ClearReplicationModeAsync(Lv, new("lv0000")))).Code);
        A.Plane.Engine.RefuseCommands = null;

        await A.Plane.Volumes.ClearReplicationModeAsync(Lv, new("lv0000", Anyway: true));

        Assert.Contains($"clear-mode {Lv} lv0000 True", A.Plane.Engine.ReplicationCommands);
        Assert.Equal(VolumeReplicationMode.None, Assert.Single(await A.Plane.Volumes.ListVolumesAsync()).ReplicationMode);
        Assert.Equal(2, (await A.EventCodesAsync()).Count(c => c == ConsoleEventCodes.VolumeChanged));
    }

    [Fact]
    public async Task Mode_OfNoVolume_OrOneThatCannotBeReplicated_IsRefused()
    {
        A.Plane.AddVolume("vg00/fc0", VolumeType.Fc);

        Assert.Equal(ProblemCodes.VolumeNotFound, (await Refusal.OfAsync(() => A.Plane.Volumes.SetReplicationModeAsync("vg00/nothing", VolumeReplicationMode.Source))).Code);
        Assert.Equal((ProblemCodes.VolumeReplicationKind, "mode"), (await Refusal.OfAsync(() => A.Plane.Volumes.SetReplicationModeAsync("vg00/fc0", VolumeReplicationMode.Source)) is var p ? (p.Code, p.Field) : default));
    }

    [Theory]
    [InlineData(UserRole.Viewer)]
    [InlineData(UserRole.Operator)]
    public async Task Mode_IsForAdministrators(UserRole role)
    {
        A.Plane.Actor.Actor = new Actor("other", role);

        Assert.Equal(ProblemCodes.Forbidden, (await Refusal.OfAsync(() => A.Plane.Volumes.SetReplicationModeAsync(Lv, VolumeReplicationMode.Source))).Code);
        Assert.Equal(ProblemCodes.Forbidden, (await Refusal.OfAsync(() => A.Plane.Volumes.ClearReplicationModeAsync(Lv, new("lv0000")))).Code);
        Assert.Null((await A.Plane.Volumes.PreviewClearReplicationAsync(Lv)).Refusal);
    }
}
