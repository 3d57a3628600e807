using System.Globalization;
using Futago.Console.Client.Tasks;
using Futago.Engine.Contracts;

namespace Futago.Management.Tests.Tasks;

public sealed class TaskSlotTests(DatabaseFixture databases)
{
    /// <summary>Two weeks around the end of summer time, the clock moved from appointment to appointment.</summary>
    [Fact]
    public async Task MondayToFriday_OverTwoWeeksWithAClockChange_RunsAtEachSlotAndNeverElse()
    {
        await using var plane = await TaskPlane.StartAsync(databases);
        var task = await plane.AddAsync("Mon-Fri 18:00");
        await plane.Slots.ArmAllAsync();
        var end = new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);

        while (plane.Timer.Set[task.Id] is { } slot && slot < end)
        {
            plane.Time.Now = slot;
            await plane.Slots.OnSlotAsync(task.Id);
        }

        Assert.Equal(
            [
                "2026-10-19 16:00", "2026-10-20 16:00", "2026-10-21 16:00", "2026-10-22 16:00", "2026-10-23 16:00",
                "2026-10-26 17:00", "2026-10-27 17:00", "2026-10-28 17:00", "2026-10-29 17:00", "2026-10-30 17:00",
            ],
            plane.Kind.Begun.Select(r => r.StartedAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)));
        var log = await plane.LogAsync();
        Assert.Equal(20, log.Count);
        Assert.Equal((RunStatus.Ok, TaskAction.Finished), (log[0].Status, log[0].Action));
        Assert.Equal((RunStatus.Ok, TaskAction.Started), (log[1].Status, log[1].Action));
    }

    [Fact]
    public async Task Slot_ThatNobodyWasThereFor_IsReportedAsMissedAndNotMadeUpFor()
    {
        await using var plane = await TaskPlane.StartAsync(databases);
        var task = await plane.AddAsync("Mon-Fri 18:00");
        plane.Time.Now = new DateTimeOffset(2026, 10, 21, 20, 0, 0, TimeSpan.Zero);

        await plane.Slots.OnSlotAsync(task.Id);

        Assert.Empty(plane.Kind.Begun);
        var line = Assert.Single(await plane.LogAsync());
        Assert.Equal((TaskAction.Missed, RunStatus.Warning, "console-away"), (line.Action, line.Status, line.Reason));
        Assert.Contains("3 slots", line.Text, StringComparison.Ordinal);
        Assert.Equal(new DateTimeOffset(2026, 10, 22, 16, 0, 0, TimeSpan.Zero), plane.Timer.Set[task.Id]);
    }

    [Fact]
    public async Task Slot_WhileTheRunBeforeGoesOn_IsMissedAndStartsNothing()
    {
        await using var plane = await TaskPlane.StartAsync(databases);
        plane.Kind.Do = _ => null;
        var task = await plane.AddAsync("every 1h");
        for (var i = 0; i < 2; i++)
        {
            plane.Time.Now = (await plane.Store.FindAsync(task.Id))!.NextSlot!.Value;
            await plane.Slots.OnSlotAsync(task.Id);
        }

        Assert.Single(plane.Kind.Begun);
        Assert.Equal("still-running", (await plane.LogAsync())[0].Reason);
    }

    [Fact]
    public async Task Slot_ThatFiresTwiceAtOnce_RunsOnce()
    {
        await using var plane = await TaskPlane.StartAsync(databases);
        var task = await plane.AddAsync("every 1h");
        plane.Time.Now = task.NextSlot!.Value;

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => plane.Slots.OnSlotAsync(task.Id))));

        Assert.Single(plane.Kind.Begun);
    }

    [Fact]
    public async Task Slot_OfATaskThatWasDisabledOrDeleted_DoesNothing()
    {
        await using var plane = await TaskPlane.StartAsync(databases);
        var disabled = await plane.AddAsync("every 1h", "one", enabled: false);
        var deleted = await plane.AddAsync("every 1h", "two");
        await plane.Store.DeleteAsync(deleted.Id);
        plane.Time.Now += TimeSpan.FromHours(2);

        await plane.Slots.OnSlotAsync(disabled.Id);
        await plane.Slots.OnSlotAsync(deleted.Id);

        Assert.Empty(plane.Kind.Begun);
        Assert.Empty(await plane.LogAsync());
    }

    [Fact]
    public async Task Once_AfterItsTime_HasNoAppointmentLeft()
    {
        await using var plane = await TaskPlane.StartAsync(databases);
        var task = await plane.AddAsync("once 2026-10-20 12:00");
        plane.Time.Now = task.NextSlot!.Value;

        await plane.Slots.OnSlotAsync(task.Id);

        Assert.Single(plane.Kind.Begun);
        Assert.Null(plane.Timer.Set[task.Id]);
    }

    [Fact]
    public async Task Run_ThatCannotBegin_StandsInTheLogAsFinishedWithAnError()
    {
        await using var plane = await TaskPlane.StartAsync(databases);
        plane.Kind.Do = _ => throw ProblemException.NotFound(ProblemCodes.ShareNotFound, "There is no share office on this node.");
        var task = await plane.AddAsync("every 1h");
        plane.Time.Now = task.NextSlot!.Value;

        await plane.Slots.OnSlotAsync(task.Id);

        var log = await plane.LogAsync();
        Assert.Equal((RunStatus.Error, TaskAction.Finished, "share.not-found"), (log[0].Status, log[0].Action, log[0].Reason));
        Assert.Equal((RunStatus.Ok, TaskAction.Started), (log[1].Status, log[1].Action));
    }
}
