using Futago.Console.Client.Events;
using Futago.Console.Client.Targets;
using Futago.Engine.Contracts;

namespace Futago.Management.Tests.Volumes;

public sealed class VolumeDeletionTests(DatabaseFixture databases)
{
    private const string Name = "iqn.2026-01.example.futago:t0";

    [Fact]
    public async Task Delete_LunOfStartedTarget_IsRefusedNamingTargetAndLun()
    {
        await using var plane = await WithLunAsync();
        await plane.Targets.StartAsync(Name);

        var preview = await plane.Volumes.PreviewDeletionAsync("vg00/lv0000");
        var problem = await Refusal.OfAsync(() => plane.Volumes.DeleteVolumeAsync("vg00/lv0000", "lv0000"));

        Assert.True(preview.Blocked);
        var user = Assert.Single(preview.Users!);
        Assert.Equal((PhraseCodes.UsedByStartedTarget, preview.UsedBy[0], Name, "3"), (user.Code, user.Text, user.Args!["target"], user.Args["lun"]));
        Assert.Equal(ProblemCodes.VolumeInUse, problem.Code);
        Assert.Equal((Name, "3"), (problem.Args!["target"], problem.Args["lun"]));
        Assert.Empty(plane.Engine.DeletedVolumes);
    }

    [Fact]
    public async Task Delete_LunOfStoppedTarget_GoesWithItsLunAndIsAudited()
    {
        await using var plane = await WithLunAsync();

        var preview = await plane.Volumes.PreviewDeletionAsync("vg00/lv0000");
        await plane.Volumes.DeleteVolumeAsync("vg00/lv0000", "lv0000");

        Assert.False(preview.Blocked);
        Assert.Contains(preview.Losses, l => l.Contains("LUN 3", StringComparison.Ordinal));
        Assert.Equal(["vg00/lv0000"], plane.Engine.DeletedVolumes);
        Assert.Empty((await plane.Targets.GetAsync(Name)).Luns);
        Assert.Empty(plane.Engine.Applied[^1].Targets[0].Luns);
        Assert.Contains(await plane.Events.ListAsync(new EventQuery(Source: "audit")), e => e.Code == ConsoleEventCodes.VolumeDeleted && e.Object == "vg00/lv0000");
    }

    [Fact]
    public async Task Delete_NameMistyped_ChangesNothing()
    {
        await using var plane = await WithLunAsync();

        var problem = await Refusal.OfAsync(() => plane.Volumes.DeleteVolumeAsync("vg00/lv0000", "vg00/lv0000"));

        Assert.Equal((ProblemCodes.ConfirmationMismatch, "confirm"), (problem.Code, problem.Field));
        Assert.Empty(plane.Engine.DeletedVolumes);
        Assert.Single((await plane.Targets.GetAsync(Name)).Luns);
    }

    [Fact]
    public async Task Destroy_GroupWithStartedTarget_IsRefused()
    {
        await using var plane = await WithLunAsync();
        await plane.Targets.StartAsync(Name);

        var destroy = await Refusal.OfAsync(() => plane.Volumes.DestroyGroupAsync("vg00", "vg00"));
        var export = await Refusal.OfAsync(() => plane.Volumes.ExportGroupAsync("vg00"));

        Assert.Equal((ProblemCodes.VolumeInUse, ProblemCodes.VolumeInUse), (destroy.Code, export.Code));
    }

    [Fact]
    public async Task Delete_EngineAway_IsRefusedAsUnreachable()
    {
        await using var plane = await WithLunAsync();
        await plane.Engine.StopAsync();

        var problem = await Refusal.OfAsync(() => plane.Volumes.DeleteVolumeAsync("vg00/lv0000", "lv0000"));

        Assert.Equal(ProblemCodes.EngineUnreachable, problem.Code);
        Assert.Single((await plane.Targets.GetAsync(Name)).Luns);
    }

    private async Task<ControlPlane> WithLunAsync()
    {
        var plane = await ControlPlane.StartAsync(databases);
        plane.AddVolume("vg00/lv0000");
        await plane.Targets.CreateAsync(new CreateTargetRequest(Name));
        await plane.Targets.AddLunAsync(Name, new AddLunRequest("vg00/lv0000", Lun: 3));
        return plane;
    }
}
