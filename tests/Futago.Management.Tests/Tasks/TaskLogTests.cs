using Futago.Console.Client.Tasks;
using Futago.Console.Client.Users;
using Futago.Engine.Contracts;
using Futago.Management.Tasks;

namespace Futago.Management.Tests.Tasks;

public sealed class TaskLogTests(DatabaseFixture databases)
{
    [Fact]
    public async Task Run_StartedByHand_LeavesTwoLinesAndItsFigures()
    {
        await using var plane = await TaskPlane.StartAsync(databases);
        var task = await plane.AddAsync(null);

        var run = await plane.Runs.BeginAsync(task, RunTrigger.Person, "tester");

        var view = await plane.Tasks.GetRunAsync(run.Id);
        Assert.Equal((RunStatus.Ok, "tester", "all that was printed"), (view.Status, view.User, view.Result!.Output));
        Assert.Equal([TaskAction.Finished, TaskAction.Started], (await plane.LogAsync()).Select(l => l.Action));
        var listed = Assert.Single(await plane.Tasks.ListAsync());
        Assert.Equal(view.StartedAt, listed.RecoveryPoint);
        Assert.Equal((28, RunStatus.Ok), (listed.Days.Count, listed.Days[^1].Worst));
        Assert.Null(listed.LastRun!.Result!.Output);
    }

    [Fact]
    public async Task Run_WhileOneIsGoingOn_IsRefusedAndLeavesNoLine()
    {
        await using var plane = await TaskPlane.StartAsync(databases);
        plane.Kind.Do = _ => null;
        var task = await plane.AddAsync(null);
        await plane.Runs.BeginAsync(task, RunTrigger.Person, "tester");

        var problem = await Refusal.OfAsync(() => plane.Runs.BeginAsync(task, RunTrigger.Person, "tester"));

        Assert.Equal(ProblemCodes.TaskRunning, problem.Code);
        Assert.Single(await plane.LogAsync());
        Assert.Single(await plane.Tasks.ListRunningAsync());
    }

    [Fact]
    public async Task ListRunning_AskedBeforeAndAfterEachChange_IsAsStored()
    {
        await using var plane = await TaskPlane.StartAsync(databases);
        plane.Kind.Do = _ => null;
        var (one, other) = (await plane.AddAsync(null, "one"), await plane.AddAsync(null, "other"));
        Assert.Empty(await plane.Runs.ListRunningAsync());

        var first = await plane.Runs.BeginAsync(one, RunTrigger.Person, "tester");
        Assert.Equal([first.Id], (await plane.Runs.ListRunningAsync()).Select(r => r.Id));
        plane.Time.Now += TimeSpan.FromSeconds(1);
        var second = await plane.Runs.BeginAsync(other, RunTrigger.Person, "tester");
        Assert.Equal([first.Id, second.Id], (await plane.Runs.ListRunningAsync()).Select(r => r.Id));
        await plane.Runs.FinishAsync(first, new RunEnd(RunStatus.Ok, TaskRuns.NoReason, "Everything was copied.", plane.Time.Now));
        Assert.Equal([second.Id], (await plane.Runs.ListRunningAsync()).Select(r => r.Id));
        // A console that starts now finds it too.
        Assert.Equal([second.Id], (await plane.NewRuns().ListRunningAsync()).Select(r => r.Id));
    }

    [Fact]
    public async Task ListRunning_NothingBeganOrEnded_AsksTheDatabaseOnce()
    {
        await using var plane = await TaskPlane.StartAsync(databases);
        plane.Kind.Do = _ => null;
        await plane.Runs.BeginAsync(await plane.AddAsync(null), RunTrigger.Person, "tester");
        var known = await plane.Runs.ListRunningAsync();

        await using var command = plane.Plane.Source.CreateCommand("DELETE FROM task_runs");
        Assert.Equal(1, await command.ExecuteNonQueryAsync());

        Assert.Equal(known, await plane.Runs.ListRunningAsync());
    }

    [Fact]
    public async Task Finish_Twice_IsStoredOnce()
    {
        await using var plane = await TaskPlane.StartAsync(databases);
        plane.Kind.Do = _ => null;
        var run = await plane.Runs.BeginAsync(await plane.AddAsync(null), RunTrigger.Person, "tester");
        var end = new RunEnd(RunStatus.Error, "network", "The connection to the destination was lost.", plane.Time.Now.AddMinutes(1));

        await plane.Runs.FinishAsync(run, end);
        await plane.Runs.FinishAsync(run, end with { Status = RunStatus.Ok });

        Assert.Equal(2, (await plane.LogAsync()).Count);
        Assert.Equal(RunStatus.Error, (await plane.Tasks.GetRunAsync(run.Id)).Status);
    }

    [Fact]
    public async Task LastGoodRun_OfATask_IsNeitherALaterFailureNorAnothersNorAnOlderOne()
    {
        await using var plane = await TaskPlane.StartAsync(databases);
        var (task, other) = (await plane.AddAsync(null, "one"), await plane.AddAsync(null, "two"));
        var none = await plane.Store.FindLastGoodRunAsync(task.Id);
        await RunAsync(task);
        var good = await RunAsync(task);
        await RunAsync(other);
        plane.Kind.Do = run => new RunEnd(RunStatus.Error, "network", "The connection to the destination was lost.", run.StartedAt);
        await RunAsync(task);

        var found = await plane.Store.FindLastGoodRunAsync(task.Id);

        Assert.Null(none);
        Assert.Equal((good.Id, null), (found!.Id, found.Output));
        Assert.NotNull(found.Result);

        Task<TaskRun> RunAsync(ScheduledTask which)
        {
            plane.Time.Now += TimeSpan.FromHours(1);
            return plane.Runs.BeginAsync(which, RunTrigger.Person, "tester");
        }
    }

    [Fact]
    public async Task Log_Filtered_HoldsOnlyWhatFits()
    {
        await using var plane = await TaskPlane.StartAsync(databases);
        await plane.Runs.BeginAsync(await plane.AddAsync(null, "one"), RunTrigger.Person, "tester");
        plane.Kind.Do = run => new RunEnd(RunStatus.Error, "destination-full", "The destination is 100% full.", run.StartedAt);
        await plane.Runs.BeginAsync(await plane.AddAsync(null, "two"), RunTrigger.Person, "tester");

        Assert.Equal(2, (await plane.LogAsync(new TaskLogQuery(Task: "one"))).Count);
        Assert.Equal("two", Assert.Single(await plane.LogAsync(new TaskLogQuery(Status: RunStatus.Error))).Name);
        Assert.Single(await plane.LogAsync(new TaskLogQuery(Search: "100%")));
        Assert.Empty(await plane.LogAsync(new TaskLogQuery(Search: "1_0")));
        var first = await plane.LogAsync(new TaskLogQuery(Limit: 1));
        Assert.Equal(3, (await plane.LogAsync(new TaskLogQuery(Before: first[0].Id))).Count);
        Assert.Equal("limit", (await Refusal.OfAsync(() => plane.LogAsync(new TaskLogQuery(Limit: 501)))).Field);
    }

    [Fact]
    public async Task Export_OfTextsThatSpreadsheetsWouldRun_IsHarmlessCsv()
    {
        await using var plane = await TaskPlane.StartAsync(databases);
        plane.Kind.Do = run => new RunEnd(RunStatus.Error, "internal", "=cmd(\"x\"), \"quoted\"\nsecond line", run.StartedAt);
        await plane.Runs.BeginAsync(await plane.AddAsync(null), RunTrigger.Person, "tester");

        var csv = await plane.Tasks.ExportLogAsync(new TaskLogQuery());

        Assert.StartsWith("Time,Name,Type,Status,Action,Reason,Text\r\n2026-10-18T02:00:00+02:00,DataReplication,dataReplication,error,finished,internal,\"'=cmd(\"\"x\"\"), \"\"quoted\"\"\nsecond line\"\r\n", csv, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Trim_OfAnOldLog_KeepsTheLastGoodRun()
    {
        await using var plane = await TaskPlane.StartAsync(databases);
        var task = await plane.AddAsync(null);
        var good = await plane.Runs.BeginAsync(task, RunTrigger.Person, "tester");
        plane.Time.Now += TimeSpan.FromDays(1);
        plane.Kind.Do = run => new RunEnd(RunStatus.Error, "network", "Lost.", run.StartedAt);
        var bad = await plane.Runs.BeginAsync(task, RunTrigger.Person, "tester");

        await plane.Store.TrimAsync(plane.Time.Now.AddDays(1));

        Assert.Empty(await plane.LogAsync());
        Assert.NotNull(await plane.Store.FindRunAsync(good.Id));
        Assert.Null(await plane.Store.FindRunAsync(bad.Id));
        Assert.NotNull((await plane.Tasks.ListAsync())[0].RecoveryPoint);
    }

    [Fact]
    public async Task Stop_ByAViewer_IsForbidden()
    {
        await using var plane = await TaskPlane.StartAsync(databases);
        plane.Kind.Do = _ => null;
        var run = await plane.Runs.BeginAsync(await plane.AddAsync(null), RunTrigger.Person, "tester");
        plane.Actor.Actor = plane.Actor.Actor! with { Role = UserRole.Viewer };

        var forbidden = await Refusal.OfAsync(() => plane.Tasks.StopRunAsync(run.Id));
        plane.Actor.Actor = plane.Actor.Actor with { Role = UserRole.Operator };
        await plane.Tasks.StopRunAsync(run.Id);

        Assert.Equal(ProblemCodes.Forbidden, forbidden.Code);
        Assert.Single(plane.Kind.Stopped);
    }
}
