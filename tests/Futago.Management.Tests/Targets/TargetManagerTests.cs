using Futago.Console.Client.Events;
using Futago.Console.Client.Targets;
using Futago.Console.Client.Users;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Iscsi;
using Futago.Engine.Contracts.Volumes;
using Futago.Management.Access;

namespace Futago.Management.Tests.Targets;

public sealed class TargetManagerTests(DatabaseFixture databases)
{
    private const string Name = "iqn.2026-01.example.futago:t0";

    [Fact]
    public async Task Create_OneNameEightTimesAtOnce_GivesOneTargetAndSevenRefusals()
    {
        await using var plane = await ControlPlane.StartAsync(databases);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            try
            {
                await plane.Targets.CreateAsync(new CreateTargetRequest(Name));
                return "created";
            }
            catch (ProblemException e)
            {
                return e.Problem.Code;
            }
        }));

        Assert.Single(outcomes, "created");
        Assert.Equal(7, outcomes.Count(o => o == ProblemCodes.NameTaken));
        Assert.Single(await plane.Targets.ListAsync());
    }

    [Fact]
    public async Task Create_WithoutNameAtOnce_GivesEachTheNextFreeNumber()
    {
        await using var plane = await ControlPlane.StartAsync(databases);
        var suggested = await plane.Targets.SuggestNameAsync();

        var created = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => plane.Targets.CreateAsync(new CreateTargetRequest())));

        Assert.Equal("iqn.2026-03.com.example:nodea.target0", suggested);
        Assert.Equal(Enumerable.Range(0, 5).Select(i => $"iqn.2026-03.com.example:nodea.target{i}"), created.Select(t => t.Name).Order());
    }

    [Fact]
    public async Task Create_NameInAnotherCase_IsTaken()
    {
        await using var plane = await ControlPlane.StartAsync(databases);
        await plane.Targets.CreateAsync(new CreateTargetRequest(Name));

        var problem = await Refusal.OfAsync(() => plane.Targets.CreateAsync(new CreateTargetRequest(Name.ToUpperInvariant())));

        Assert.Equal((ProblemCodes.NameTaken, "name"), (problem.Code, problem.Field));
    }

    [Fact]
    public async Task Start_EngineRunning_ReturnsWhatTheEngineReports()
    {
        await using var plane = await ControlPlane.StartAsync(databases);
        await plane.Targets.CreateAsync(new CreateTargetRequest(Name));

        var started = await plane.Targets.StartAsync(Name);

        Assert.True(started.Started);
        Assert.Equal(TargetState.Running, started.Status?.State);
    }

    [Fact]
    public async Task Start_StartedAlready_ChangesNoRevision()
    {
        await using var plane = await ControlPlane.StartAsync(databases);
        await plane.Targets.CreateAsync(new CreateTargetRequest(Name));
        await plane.Targets.StartAsync(Name);
        var revision = (await plane.Store.ReadAsync()).Revision;

        await plane.Targets.StartAsync(Name);

        Assert.Equal(revision, (await plane.Store.ReadAsync()).Revision);
    }

    [Fact]
    public async Task Delete_StartedTarget_IsRefusedAndStoppedOneGoesWithItsLuns()
    {
        await using var plane = await ControlPlane.StartAsync(databases);
        plane.AddVolume("vg00/lv0000");
        await plane.Targets.CreateAsync(new CreateTargetRequest(Name));
        await plane.Targets.AddLunAsync(Name, new AddLunRequest("vg00/lv0000"));
        await plane.Targets.StartAsync(Name);

        var started = await Refusal.OfAsync(() => plane.Targets.DeleteAsync(Name, Name));
        await plane.Targets.StopAsync(Name);
        var mistyped = await Refusal.OfAsync(() => plane.Targets.DeleteAsync(Name, "t0"));
        await plane.Targets.DeleteAsync(Name, Name);

        Assert.Equal(ProblemCodes.TargetStarted, started.Code);
        Assert.Equal((ProblemCodes.ConfirmationMismatch, "confirm"), (mistyped.Code, mistyped.Field));
        Assert.Empty(await plane.Targets.ListAsync());
        Assert.Empty(plane.Engine.Applied[^1].Targets);
    }

    [Fact]
    public async Task Get_UnknownTarget_IsNotFound()
    {
        await using var plane = await ControlPlane.StartAsync(databases);

        var problem = await Assert.ThrowsAsync<ProblemException>(() => plane.Targets.GetAsync(Name));

        Assert.Equal((ProblemCodes.TargetNotFound, 404), (problem.Problem.Code, problem.Status));
    }

    [Fact]
    public async Task Lun_Added_GetsLowestFreeNumberAndUniqueIdentity()
    {
        await using var plane = await ControlPlane.StartAsync(databases);
        await plane.Targets.CreateAsync(new CreateTargetRequest(Name));
        foreach (var path in (string[])["vg00/a", "vg00/b", "vg00/c"])
            plane.AddVolume(path);

        await plane.Targets.AddLunAsync(Name, new AddLunRequest("vg00/a", Lun: 1));
        await plane.Targets.AddLunAsync(Name, new AddLunRequest("vg00/b"));
        var view = await plane.Targets.AddLunAsync(Name, new AddLunRequest("vg00/c", BlockSize: 4096, ReadOnly: true));

        Assert.Equal([(0, "vg00/b"), (1, "vg00/a"), (2, "vg00/c")], view.Luns.Select(l => (l.Lun, l.Volume!)));
        Assert.All(view.Luns, l => Assert.Matches("^3[0-9a-f]{15}$", l.ScsiId));
        Assert.Equal(3, view.Luns.Select(l => l.ScsiId).Distinct().Count());
        Assert.Equal((4096, true), (view.Luns[2].BlockSize, view.Luns[2].ReadOnly));
    }

    [Theory]
    [InlineData("vg00/lv0000", -1, null, 512, ProblemCodes.LunOutOfRange, "lun")]
    [InlineData("vg00/lv0000", 256, null, 512, ProblemCodes.LunOutOfRange, "lun")]
    [InlineData("vg00/lv0000", 5, null, 512, ProblemCodes.LunTaken, "lun")]
    [InlineData("vg00/lv0000", 0, "12", 512, ProblemCodes.LunScsiIdInvalid, "scsiId")]
    [InlineData("vg00/lv0000", 0, "000000000000000g", 512, ProblemCodes.LunScsiIdInvalid, "scsiId")]
    [InlineData("vg00/lv0000", 0, "0000000000000000", 512, ProblemCodes.LunScsiIdInvalid, "scsiId")]
    [InlineData("vg00/lv0000", 0, "3ABCDEF012345678", 512, ProblemCodes.LunScsiIdTaken, "scsiId")]
    [InlineData("vg00/lv0000", 0, null, 1024, ProblemCodes.LunBlockSizeInvalid, "blockSize")]
    [InlineData("vg00/used", 0, null, 512, ProblemCodes.LunVolumeTaken, "volume")]
    [InlineData("vg00/nas", 0, null, 512, ProblemCodes.VolumeTypeUnsupported, "volume")]
    [InlineData("vg00/none", 0, null, 512, ProblemCodes.VolumeNotFound, "volume")]
    public async Task Lun_BadInput_IsRefusedAndNothingChanges(string volume, int lun, string? scsiId, int blockSize, string code, string field)
    {
        await using var plane = await ControlPlane.StartAsync(databases);
        plane.AddVolume("vg00/lv0000");
        plane.AddVolume("vg00/used");
        plane.AddVolume("vg00/nas", VolumeType.Nas);
        await plane.Targets.CreateAsync(new CreateTargetRequest(Name));
        await plane.Targets.AddLunAsync(Name, new AddLunRequest("vg00/used", Lun: 5, ScsiId: "3abcdef012345678"));
        var revision = (await plane.Store.ReadAsync()).Revision;

        var problem = await Refusal.OfAsync(() => plane.Targets.AddLunAsync(Name, new AddLunRequest(volume, lun, scsiId, BlockSize: blockSize)));

        Assert.Equal((code, field), (problem.Code, problem.Field));
        Assert.Equal(revision, (await plane.Store.ReadAsync()).Revision);
    }

    [Fact]
    public async Task Lun_OneVolumeInTwoTargetsAtOnce_BecomesOneLun()
    {
        await using var plane = await ControlPlane.StartAsync(databases);
        plane.AddVolume("vg00/lv0000");
        var names = Enumerable.Range(0, 4).Select(i => $"{Name}{i}").ToList();
        foreach (var name in names)
            await plane.Targets.CreateAsync(new CreateTargetRequest(name));

        var added = await Task.WhenAll(names.Select(async name =>
        {
            try
            {
                await plane.Targets.AddLunAsync(name, new AddLunRequest("vg00/lv0000"));
                return true;
            }
            catch (ProblemException e) when (e.Problem.Code == ProblemCodes.LunVolumeTaken)
            {
                return false;
            }
        }));

        Assert.Single(added, true);
    }

    [Fact]
    public async Task Lun_ChangedAndRemoved_ReachesTheEngine()
    {
        await using var plane = await ControlPlane.StartAsync(databases);
        plane.AddVolume("vg00/lv0000");
        await plane.Targets.CreateAsync(new CreateTargetRequest(Name));
        await plane.Targets.AddLunAsync(Name, new AddLunRequest("vg00/lv0000"));

        await plane.Targets.UpdateLunAsync(Name, 0, new UpdateLunRequest(Lun: 7, ReadOnly: true));
        var changed = plane.Engine.Applied[^1].Targets[0].Luns;
        await plane.Targets.RemoveLunAsync(Name, 7);

        Assert.Equal((7, true), (changed[0].Lun, changed[0].ReadOnly));
        Assert.Empty(plane.Engine.Applied[^1].Targets[0].Luns);
        Assert.Equal(ProblemCodes.LunNotFound, (await Refusal.OfAsync(() => plane.Targets.RemoveLunAsync(Name, 7))).Code);
    }

    [Fact]
    public async Task Access_RuleTwiceInDifferentSpelling_IsTaken()
    {
        await using var plane = await ControlPlane.StartAsync(databases);
        await plane.Targets.CreateAsync(new CreateTargetRequest(Name));
        var view = await plane.Targets.AllowAsync(Name, new AllowRequest(Address: "10.0.0.1/8"));

        var again = await Refusal.OfAsync(() => plane.Targets.AllowAsync(Name, new AllowRequest(Address: "10.0.0.0/8")));
        var both = await Refusal.OfAsync(() => plane.Targets.AllowAsync(Name, new AllowRequest("ALL", "iqn.2026-01.example:i")));
        var neither = await Refusal.OfAsync(() => plane.Targets.AllowAsync(Name, new AllowRequest()));
        var removed = await plane.Targets.RemoveAccessRuleAsync(Name, view.AccessRules[0].Id);

        Assert.Equal("10.0.0.0/8", view.AccessRules[0].Address);
        Assert.Equal(ProblemCodes.AccessRuleTaken, again.Code);
        Assert.Equal(ProblemCodes.AccessRuleInvalid, both.Code);
        Assert.Equal(ProblemCodes.AccessRuleInvalid, neither.Code);
        Assert.Empty(removed.AccessRules);
    }

    [Theory]
    [InlineData(UserRole.Viewer, false, false)]
    [InlineData(UserRole.Operator, false, true)]
    [InlineData(UserRole.Administrator, true, true)]
    public async Task Role_DecidesWhatMayBeDone(UserRole role, bool mayChange, bool mayStart)
    {
        await using var plane = await ControlPlane.StartAsync(databases);
        await plane.Targets.CreateAsync(new CreateTargetRequest(Name));
        plane.Actor.Actor = new Actor("somebody", role);

        Assert.Single(await plane.Targets.ListAsync());
        Assert.Equal(mayStart, await MayAsync(() => plane.Targets.StartAsync(Name)));
        Assert.Equal(mayChange, await MayAsync(() => plane.Targets.AllowAsync(Name, new AllowRequest("ALL"))));
        Assert.Equal(mayChange, await MayAsync(() => plane.Targets.CreateAsync(new CreateTargetRequest())));
        Assert.Equal(mayChange, await MayAsync(() => plane.Node.UpdateSettingsAsync(new(NodeName: "other"))));
    }

    [Fact]
    public async Task Nobody_SignedIn_MayDoNothing()
    {
        await using var plane = await ControlPlane.StartAsync(databases);
        plane.Actor.Actor = null;

        Assert.Equal(ProblemCodes.Unauthorized, (await Refusal.OfAsync(() => plane.Targets.ListAsync())).Code);
        Assert.Equal(ProblemCodes.Unauthorized, (await Refusal.OfAsync(() => plane.Events.ListAsync(new EventQuery()))).Code);
        var node = await plane.Node.GetNodeAsync();
        Assert.Equal(("nodea", "", 0), (node.Name, node.Version, node.ConfigurationRevision));
    }

    private static async Task<bool> MayAsync(Func<Task> action)
    {
        try
        {
            await action();
            return true;
        }
        catch (ProblemException e) when (e.Problem.Code == ProblemCodes.Forbidden)
        {
            return false;
        }
    }
}
