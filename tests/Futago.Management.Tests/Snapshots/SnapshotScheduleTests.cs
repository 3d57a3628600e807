using Futago.Console.Client.Snapshots;
using Futago.Console.Client.Tasks;
using Futago.Console.Client.Users;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Snapshots;
using Futago.Engine.Contracts.Volumes;
using Futago.Management.Tasks;
using Futago.Management.Tests.Tasks;

namespace Futago.Management.Tests.Snapshots;

/// <summary>Snapshot schedules on a real database, with an engine that keeps snapshots in memory.</summary>
public sealed class SnapshotScheduleTests(DatabaseFixture databases)
{
    private static readonly RetentionRules ThreeNewest = new(Last: 3);

    [Fact]
    public async Task EverySlot_TakesOneAndDeletesWhatNoRuleKeeps()
    {
        await using var plane = await StartAsync();
        var id = (await CreateAsync(plane)).Task.Id;

        for (var slot = 0; slot < 5; slot++)
        {
            plane.Time.Now = plane.Timer.Set[id]!.Value;
            await plane.Slots.OnSlotAsync(id);
        }

        // Berlin in summer: two hours ahead.
        Assert.Equal(["auto-20261018-0500", "auto-20261018-0600", "auto-20261018-0700"], plane.Plane.Engine.Snapshots.Select(s => s.Name));
        Assert.All(plane.Plane.Engine.Snapshots, s => Assert.Equal((SnapshotOrigin.Schedule, id.ToString()), (s.Origin, s.Owner)));
        Assert.Equal(10, (await plane.LogAsync()).Count(l => l is { Status: RunStatus.Ok, Kind: TaskKind.Snapshot }));
        var view = await plane.Schedules.GetAsync("hourly");
        Assert.Equal(3, view.Snapshots);
        Assert.Equal(plane.Time.Now, view.Task.RecoveryPoint);
    }

    [Fact]
    public async Task Retention_LeavesWhatIsProtectedInUseALunOrNotItsOwn()
    {
        await using var plane = await StartAsync();
        await CreateAsync(plane, new RetentionRules(Last: 1));
        var snapshots = plane.Plane.Engine.Snapshots;
        for (var i = 0; i < 4; i++)
        {
            await plane.Schedules.StartAsync("hourly");
            plane.Time.Now += TimeSpan.FromHours(1);
            if (i == 0)
                snapshots[0] = snapshots[0] with { Protected = true };
            if (i == 1)
                snapshots[1] = snapshots[1] with { UsedBy = ["share old"] };
        }
        snapshots.Add(snapshots[0] with { Id = Guid.NewGuid(), Name = "mine", Origin = SnapshotOrigin.Manual, Owner = null, Protected = false });
        await plane.Schedules.StartAsync("hourly");

        Assert.Equal(4, snapshots.Count);
        Assert.Contains(snapshots, s => s.Protected);
        Assert.Contains(snapshots, s => s.UsedBy.Count > 0);
        Assert.Contains(snapshots, s => s.Name == "mine");
    }

    [Fact]
    public async Task Preview_AndAConfirmation_ComeBeforeRulesThatDelete()
    {
        await using var plane = await StartAsync();
        await CreateAsync(plane);
        for (var i = 0; i < 3; i++)
        {
            await plane.Schedules.StartAsync("hourly");
            plane.Time.Now += TimeSpan.FromHours(1);
        }
        var two = new RetentionRules(Last: 2);

        var preview = await plane.Schedules.PreviewAsync("hourly", two);
        var refusal = await Refusal.OfAsync(() => plane.Schedules.UpdateAsync("hourly", new UpdateSnapshotSchedule(Retention: two)));
        var unchanged = (await plane.Schedules.GetAsync("hourly")).Settings.Retention;
        var changed = await plane.Schedules.UpdateAsync("hourly", new UpdateSnapshotSchedule(Retention: two, Confirm: "hourly"));

        Assert.Equal(plane.Plane.Engine.Snapshots[0].Id, Assert.Single(preview.Deleted).Id);
        Assert.Equal(2, preview.Kept);
        Assert.Equal((ProblemCodes.RetentionConfirm, "confirm", "1"), (refusal.Code, refusal.Field, refusal.Args!["count"]));
        Assert.Equal(ThreeNewest, unchanged);
        Assert.Equal(two, changed.Settings.Retention);
        // Saving deletes nothing yet: the next run does.
        Assert.Equal(3, plane.Plane.Engine.Snapshots.Count);
    }

    [Fact]
    public async Task Rules_ThatDeleteNothingNew_NeedNoConfirmation()
    {
        await using var plane = await StartAsync();
        await CreateAsync(plane);
        await plane.Schedules.StartAsync("hourly");

        var changed = await plane.Schedules.UpdateAsync("hourly", new UpdateSnapshotSchedule(Retention: new RetentionRules(Days: 7)));

        Assert.Equal(new RetentionRules(Days: 7), changed.Settings.Retention);
    }

    [Fact]
    public async Task Run_ThatCannotTakeOne_DeletesNothingAndSaysWhy()
    {
        await using var plane = await StartAsync();
        var id = (await CreateAsync(plane)).Task.Id;
        for (var i = 0; i < 4; i++)
            plane.Plane.Engine.Snapshots.Add(Own(plane, i) with { Owner = id.ToString() });
        plane.Plane.Engine.RefuseSnapshot = ProblemException.Conflict(ProblemCodes.SizeTooLarge, "No room.");

        await Assert.ThrowsAsync<ProblemException>(() => plane.Schedules.StartAsync("hourly"));

        Assert.Equal(4, plane.Plane.Engine.Snapshots.Count);
        var log = await plane.LogAsync();
        Assert.Equal((RunStatus.Error, TaskAction.Finished, ProblemCodes.SizeTooLarge), (log[0].Status, log[0].Action, log[0].Reason));
    }

    [Fact]
    public async Task Run_OfAVolumeThatIsGone_SaysSo()
    {
        await using var plane = await StartAsync();
        await CreateAsync(plane);
        plane.Plane.Engine.Volumes.Clear();

        var refusal = await Refusal.OfAsync(() => plane.Schedules.StartAsync("hourly"));

        Assert.Equal(ProblemCodes.VolumeNotFound, refusal.Code);
        Assert.Equal(RunStatus.Error, (await plane.LogAsync())[0].Status);
    }

    [Fact]
    public async Task SecondRunWithinAMinute_GetsANumber()
    {
        await using var plane = await StartAsync();
        await CreateAsync(plane);
        await plane.Schedules.StartAsync("hourly");

        await plane.Schedules.StartAsync("hourly");

        Assert.Equal(["auto-20261018-0200", "auto-20261018-0200-2"], plane.Plane.Engine.Snapshots.Select(s => s.Name));
    }

    [Theory]
    [InlineData(true, RunStatus.Warning)]
    [InlineData(false, RunStatus.Error)]
    public async Task Run_ThatAnEarlierConsoleBegan_IsClosedByWhatTheEngineHas(bool taken, RunStatus status)
    {
        await using var plane = await StartAsync();
        var task = await plane.Store.FindAsync((await CreateAsync(plane)).Task.Id);
        var run = new TaskRun { TaskId = task!.Id, TaskName = task.Name, Kind = task.Kind, Trigger = RunTrigger.Schedule, StartedAt = plane.Time.Now };
        await plane.Store.TryBeginAsync(run, new TaskLogEntry { Time = plane.Time.Now, TaskId = task.Id, Name = task.Name, Kind = task.Kind, Status = RunStatus.Ok, Action = TaskAction.Started, RunId = run.Id });
        if (taken)
            plane.Plane.Engine.Snapshots.Add(Own(plane, 0) with { Owner = task.Id.ToString() });

        await plane.NewRuns().RecoverAsync();

        Assert.Empty(await plane.Store.ListRunningAsync());
        Assert.Equal(status, (await plane.LogAsync())[0].Status);
    }

    [Fact]
    public async Task Delete_LeavesTheSnapshots_AndOnlyAnAdministratorMay()
    {
        await using var plane = await StartAsync();
        await CreateAsync(plane);
        await plane.Schedules.StartAsync("hourly");
        plane.Actor.Actor = new("tester", UserRole.Operator);
        var refusal = await Refusal.OfAsync(() => plane.Schedules.DeleteAsync("hourly", "hourly"));
        plane.Actor.Actor = new("tester", UserRole.Administrator);
        var wrong = await Refusal.OfAsync(() => plane.Schedules.DeleteAsync("hourly", "daily"));

        await plane.Schedules.DeleteAsync("hourly", "hourly");

        Assert.Equal((ProblemCodes.Forbidden, ProblemCodes.ConfirmationMismatch), (refusal.Code, wrong.Code));
        Assert.Single(plane.Plane.Engine.Snapshots);
        Assert.Empty(await plane.Schedules.ListAsync());
    }

    [Fact]
    public async Task Create_OfANameAScheduleOrAVolumeThatCannotBe_NamesTheField()
    {
        await using var plane = await StartAsync();
        await CreateAsync(plane);

        Assert.Equal("name", (await Refusal.OfAsync(() => CreateAsync(plane))).Field);
        Assert.Equal("schedule", (await Refusal.OfAsync(() => plane.Schedules.CreateAsync(new("a", "vg00/nas0", "once 2020-01-01 10:00", ThreeNewest)))).Field);
        Assert.Equal("volume", (await Refusal.OfAsync(() => plane.Schedules.CreateAsync(new("b", "vg00/none", null, ThreeNewest)))).Field);
        Assert.Equal("retention", (await Refusal.OfAsync(() => plane.Schedules.CreateAsync(new("c", "vg00/nas0", null, new RetentionRules())))).Field);
        Assert.Single(await plane.Schedules.ListAsync());
    }

    private static async Task<TaskPlane> StartAsync(DatabaseFixture databases)
    {
        var plane = await TaskPlane.StartAsync(databases);
        plane.Plane.AddVolume("vg00/nas0", VolumeType.Nas);
        return plane;
    }

    private Task<TaskPlane> StartAsync() => StartAsync(databases);

    private static Task<SnapshotScheduleView> CreateAsync(TaskPlane plane, RetentionRules? rules = null) =>
        plane.Schedules.CreateAsync(new CreateSnapshotSchedule("hourly", "vg00/nas0", "every 1h", rules ?? ThreeNewest));

    private static SnapshotInfo Own(TaskPlane plane, int number) => new(
        Guid.NewGuid(), plane.Plane.Engine.Volumes[0].Id, "vg00", "nas0", $"auto-{number}", SnapshotOrigin.Schedule,
        null, false, false, 1, null, plane.Time.Now.AddMinutes(number), 0, null, []);
}
