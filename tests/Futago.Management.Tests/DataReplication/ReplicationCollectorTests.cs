using Futago.Console.Client.Tasks;
using Futago.Engine.Contracts.DataReplication;
using Futago.Engine.Contracts.Node;
using Futago.Management.DataReplication;
using Futago.Management.Tasks;
using Futago.Management.Tests.Tasks;

namespace Futago.Management.Tests.DataReplication;

public sealed class ReplicationCollectorTests(DatabaseFixture databases)
{
    [Fact]
    public async Task Collect_NothingEnded_DoesNotAskTheEngine()
    {
        await using var plane = await TaskPlane.StartAsync(databases);
        var run = await BeginAsync(plane);
        Stream(plane, Status(run, null));

        await CollectorOf(plane).CollectAsync();

        Assert.Equal(0, plane.Plane.Engine.RunLists);
        Assert.Null((await plane.Tasks.GetRunAsync(run.Id)).Status);
    }

    [Fact]
    public async Task Collect_EndedRun_IsStoredOnceAndForgotten()
    {
        await using var plane = await TaskPlane.StartAsync(databases);
        var run = await BeginAsync(plane);
        End(plane, run);

        await CollectorOf(plane).CollectAsync();
        // The engine's next status has not come yet.
        await CollectorOf(plane).CollectAsync();

        Assert.Equal(RunStatus.Ok, (await plane.Tasks.GetRunAsync(run.Id)).Status);
        Assert.Empty(plane.Plane.Engine.Runs);
        Assert.Equal(2, (await plane.LogAsync()).Count);
    }

    [Fact]
    public async Task Collect_EndedRunOfAnEarlierConsole_IsStored()
    {
        await using var plane = await TaskPlane.StartAsync(databases);
        var run = await BeginAsync(plane);
        End(plane, run);

        await new ReplicationCollector(plane.Plane.Client, plane.NewRuns(), plane.Plane.Live, plane.Time).CollectAsync();

        Assert.Equal(RunStatus.Ok, (await plane.Tasks.GetRunAsync(run.Id)).Status);
    }

    [Fact]
    public async Task Collect_EndedRunThatIsStoredAlready_IsForgotten()
    {
        await using var plane = await TaskPlane.StartAsync(databases);
        var run = await BeginAsync(plane);
        await plane.Runs.FinishAsync(run, new RunEnd(RunStatus.Warning, "stopped", "The run was stopped.", plane.Time.Now));
        End(plane, run);

        await CollectorOf(plane).CollectAsync();

        Assert.Equal(RunStatus.Warning, (await plane.Tasks.GetRunAsync(run.Id)).Status);
        Assert.Empty(plane.Plane.Engine.Runs);
    }

    [Fact]
    public async Task Collect_RunThatTheEngineDoesNotKnow_IsClosedOnlyWhenItCannotBeOnItsWay()
    {
        await using var plane = await TaskPlane.StartAsync(databases);
        var run = await BeginAsync(plane);
        Stream(plane);

        await CollectorOf(plane).CollectAsync();
        Assert.Null((await plane.Tasks.GetRunAsync(run.Id)).Status);
        plane.Time.Now += TimeSpan.FromSeconds(31);
        await CollectorOf(plane).CollectAsync();

        Assert.Equal((RunStatus.Error, "unknown"), ((await plane.Tasks.GetRunAsync(run.Id)) is var r ? (r.Status, r.Reason) : default));
    }

    /// <summary>The stream may be behind: the engine itself decides.</summary>
    [Fact]
    public async Task Collect_RunThatOnlyTheStreamDoesNotKnow_GoesOn()
    {
        await using var plane = await TaskPlane.StartAsync(databases);
        var run = await BeginAsync(plane);
        Stream(plane);
        plane.Plane.Engine.Runs.Add(new ReplicationRunDetails(Status(run, null), null));
        plane.Time.Now += TimeSpan.FromSeconds(31);

        await CollectorOf(plane).CollectAsync();

        Assert.Null((await plane.Tasks.GetRunAsync(run.Id)).Status);
    }

    private static async Task<TaskRun> BeginAsync(TaskPlane plane)
    {
        plane.Kind.Do = _ => null;
        return await plane.Runs.BeginAsync(await plane.AddAsync(null), RunTrigger.Person, "tester");
    }

    private static ReplicationCollector CollectorOf(TaskPlane plane) => new(plane.Plane.Client, plane.Runs, plane.Plane.Live, plane.Time);

    private static void End(TaskPlane plane, TaskRun run)
    {
        var status = Status(run, ReplicationOutcome.Ok);
        plane.Plane.Engine.Runs.Add(new ReplicationRunDetails(status, new ReplicationRunResult(
            ReplicationOutcome.Ok, ReplicationReason.None, "Everything was copied.", plane.Time.Now, 0, 1, run.StartedAt, 10, null, null, [], "")));
        Stream(plane, status);
    }

    private static void Stream(TaskPlane plane, params ReplicationRunStatus[] runs) => plane.Plane.Live.Apply(new StatusUpdate(Runs: runs));

    private static ReplicationRunStatus Status(TaskRun run, ReplicationOutcome? outcome) => new(
        run.Id, run.TaskId, run.TaskName, run.StartedAt,
        new ReplicationProgress(outcome is null ? ReplicationPhase.Copying : ReplicationPhase.Ended, 0, null, 0, null, 0, null, 1), outcome);
}
