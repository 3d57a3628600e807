using Bunit;
using Futago.Console.Client.DataReplication;
using Futago.Console.Client.Tasks;
using Futago.Console.Client.Users;
using Futago.Console.Resources;
using Futago.Console.Tests.Fakes;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.DataReplication;
using Radzen.Blazor;
using DataReplicationPage = Futago.Console.Components.Pages.DataReplication;
using SnapshotsPage = Futago.Console.Components.Pages.Snapshots;
using TasksPage = Futago.Console.Components.Pages.Tasks;

namespace Futago.Console.Tests.Pages;

public sealed class TaskPagesTests : DialogContext
{
    [Fact]
    public void Tasks_ShowTheLogTheStripAndTheRecoveryPoint()
    {
        Node.Tasks.Tasks.Add(Sample.Task());
        Node.Tasks.Log.Add(Line(2, TaskAction.Finished, RunStatus.Ok));
        Node.Tasks.Log.Add(Line(1, TaskAction.Started, RunStatus.Ok));

        var page = RenderPage<TasksPage>();

        Assert.Equal(["good", "bad"], page.FindAll(".task-day").Select(d => d.ClassList.Single(c => c.StartsWith("tone-", StringComparison.Ordinal))[5..]));
        Assert.Contains(TasksText.Finished, page.Markup, StringComparison.Ordinal);
        Assert.Contains(TasksText.Started, page.Markup, StringComparison.Ordinal);
        Assert.Contains("2026-11-20", page.Find(".card .sub:not(p)").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Tasks_OfARunThatGoesOn_ShowProgressAndStopIt()
    {
        var run = Sample.Run() with { FinishedAt = null, Status = null, Progress = new RunProgressView("copying", 5 * ByteSize.MiB, 40, ByteSize.MiB, 12, 7, 3, 1) };
        Node.Tasks.Running.Add(run);

        var page = RenderPage<TasksPage>();
        page.FindAll("button").Single(b => b.TextContent.Contains(TasksText.Stop, StringComparison.Ordinal)).Click();

        Assert.Contains(TasksText.PhaseCopying, page.Markup, StringComparison.Ordinal);
        Assert.Contains("5 MiB", page.Markup, StringComparison.Ordinal);
        Assert.Equal(run.Id, Assert.Single(Node.Tasks.Requests));
    }

    [Fact]
    public void Tasks_OfARunThatEnds_ShowItAlthoughNothingElseChanges()
    {
        Node.Tasks.Running.Add(Sample.Run() with { FinishedAt = null, Status = null });
        var page = RenderPage<TasksPage>();

        Node.Tasks.Running.Clear();
        Node.Tasks.Move();

        page.WaitForAssertion(() => Assert.Contains(TasksText.NothingRuns, page.Markup, StringComparison.Ordinal));
    }

    [Fact]
    public void SnapshotSchedules_OfARunThatEnds_ShowHowItEnded()
    {
        var schedule = Sample.SnapshotSchedule();
        Node.SnapshotSchedules.Schedules.Add(schedule with { Task = schedule.Task with { LastRun = Sample.Run() with { FinishedAt = null, Status = null } } });
        var page = RenderPage<SnapshotsPage>();
        Assert.DoesNotContain(TasksText.Ok, page.Find(".schedule").TextContent, StringComparison.Ordinal);

        Node.SnapshotSchedules.Schedules[0] = schedule;
        Node.Tasks.Move();

        page.WaitForAssertion(() => Assert.Contains(TasksText.Ok, page.Find(".schedule").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public void DataReplication_OfARunThatEnds_ShowsHowItEnded()
    {
        var row = Sample.ReplicationTask();
        Node.DataReplication.Tasks.Add(row with { Task = row.Task with { LastRun = Sample.Run() with { FinishedAt = null, Status = null } } });
        var page = RenderPage<DataReplicationPage>();
        Assert.DoesNotContain(TasksText.Ok, page.Find("tbody").TextContent, StringComparison.Ordinal);

        Node.DataReplication.Tasks[0] = row;
        Node.Tasks.Move();

        page.WaitForAssertion(() => Assert.Contains(TasksText.Ok, page.Find("tbody").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public void Tasks_WithAFilterInTheAddress_AskForItAndKeepItInTheCsvLink()
    {
        Navigation.NavigateTo("/tasks?task=DataReplication&status=error&search=full");

        var page = RenderPage<TasksPage>();

        Assert.Equal(new TaskLogQuery("DataReplication", null, RunStatus.Error, "full", null, 50), Node.Tasks.Query);
        Assert.Contains("status=error", page.Find("a[download]").GetAttribute("href")!, StringComparison.Ordinal);
        Assert.Contains(TasksText.EmptyFiltered, page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Tasks_WithTheDatabaseAway_SayWhyAndOfferToTryAgain()
    {
        Node.Tasks.Refusal = new Problem(ProblemCodes.DatabaseUnreachable, "The database does not answer.");

        var page = RenderPage<TasksPage>();
        Node.Tasks.Refusal = null;
        page.FindAll("button").Single(b => b.TextContent.Contains(CommonText.TryAgain, StringComparison.Ordinal)).Click();

        Assert.Contains(TasksText.Empty, page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Tasks_InJapanese_TranslateTheReason()
    {
        UseCulture("ja");
        Node.Tasks.Log.Add(Line(2, TaskAction.Finished, RunStatus.Error) with { Reason = "destination-full", Text = "The destination is full." });

        var page = RenderPage<TasksPage>();

        Assert.DoesNotContain("The destination is full.", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void DataReplication_OfARunThatFailed_SaysWhy()
    {
        var row = Sample.ReplicationTask();
        Node.DataReplication.Tasks.Add(row with { Task = row.Task with { LastRun = Sample.Run() with { Status = RunStatus.Error, Reason = "destination-full", Detail = "There is no space left at the destination." } } });

        var page = RenderPage<DataReplicationPage>();

        Assert.Equal("There is no space left at the destination.", page.Find("tbody .text-bad").TextContent);
    }

    [Fact]
    public void DataReplication_OfAViewer_OffersNoAction()
    {
        SignInAs(UserRole.Viewer);
        Node.DataReplication.Tasks.Add(Sample.ReplicationTask());

        var page = RenderPage<DataReplicationPage>();

        Assert.Contains("10.77.0.2: office", page.Markup, StringComparison.Ordinal);
        Assert.Empty(page.FindAll(".row-actions button"));
    }

    [Fact]
    public void DataReplication_StartsATask()
    {
        Node.DataReplication.Tasks.Add(Sample.ReplicationTask());

        var page = RenderPage<DataReplicationPage>();
        page.FindAll("button").Single(b => b.TextContent.Contains(DataReplicationText.Start, StringComparison.Ordinal)).Click();

        Assert.Equal("DataReplication", Assert.Single(Node.DataReplication.Requests));
    }

    [Fact]
    public void Agent_WithAnOldRsyncAndThePlainPort_Warns()
    {
        Node.Agent.Agent = new AgentView(true, 8874, 8873, new AgentStatus(true, true, null, 8874, 8873, "aa", "3.2.7", true, 0), [new("office", "repl", ["10.77.0.0/24"])]);

        var page = RenderPage<DataReplicationPage>();

        Assert.Contains(DataReplicationText.PlainWarning, page.Markup, StringComparison.Ordinal);
        Assert.Contains("3.2.7", page.Markup, StringComparison.Ordinal);
        Assert.Contains("10.77.0.0/24", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void DataReplication_WhileATaskRuns_ShowsHowFarItIs()
    {
        var run = Sample.Run() with { FinishedAt = null, Status = null };
        var task = Sample.ReplicationTask();
        Node.DataReplication.Tasks.Add(task with { Task = task.Task with { LastRun = run } });
        Node.Live.Runs = [new ReplicationRunStatus(run.Id, run.TaskId, run.TaskName, Sample.Time, new ReplicationProgress(ReplicationPhase.Copying, ByteSize.MiB, 40, 2 * ByteSize.MiB, 9, 3, null, 1), null)];

        var page = RenderPage<DataReplicationPage>();

        Assert.Equal("40", page.Find("[role=progressbar]").GetAttribute("aria-valuenow"));
        Assert.Contains("2 MiB/s", page.Markup, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("en", "Attempt 1 failed: The agent cannot be reached (Connection refused). The next attempt follows by itself.")]
    [InlineData("ja", "1 回目の試行に失敗しました: データレプリケーションエージェントに接続できません (接続が拒否されました)。次の試行を待機中です。")]
    public void DataReplication_WhileATaskWaitsForItsNextAttempt_SaysWhyInsteadOfFigures(string language, string expected)
    {
        UseCulture(language);
        var run = Sample.Run() with { FinishedAt = null, Status = null };
        var task = Sample.ReplicationTask();
        Node.DataReplication.Tasks.Add(task with { Task = task.Task with { LastRun = run } });
        Node.Tasks.Running.Add(run);
        Node.Live.Runs =
        [
            new ReplicationRunStatus(
                run.Id, run.TaskId, run.TaskName, Sample.Time,
                new ReplicationProgress(
                    ReplicationPhase.Waiting, 0, null, 0, null, 0, null, 1, ReplicationReason.AgentUnreachable, "The agent cannot be reached (Connection refused)."),
                null),
        ];

        var page = RenderPage<DataReplicationPage>();
        Assert.Equal(expected, page.Find(".text-bad").TextContent);
        Assert.Contains(TasksText.WaitingState, page.Find(".badge.tone-warning").TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain(TasksText.RunningState, page.Find(".badge.tone-warning").TextContent, StringComparison.Ordinal);
        Assert.Equal(expected, RenderPage<TasksPage>().Find(".text-bad").TextContent);
    }

    [Fact]
    public void Agent_WithAProblem_SaysItInThePersonsLanguageWhenTheEngineHasACode()
    {
        const string sentence = "rsync is not installed on this node.";
        UseCulture("ja");
        var status = new AgentStatus(true, false, sentence, 8874, null, "aa", null, false, 0);
        Node.Agent.Agent = new AgentView(true, 8874, null, status, []);

        Assert.Contains(sentence, RenderPage<DataReplicationPage>().Markup, StringComparison.Ordinal);

        Node.Agent.Agent = new AgentView(true, 8874, null, status with { Reason = new Problem(ProblemCodes.AgentRsyncMissing, sentence) }, []);
        var page = RenderPage<DataReplicationPage>();
        Assert.Contains(ProblemsText.Problem_AgentRsyncMissing, page.Markup, StringComparison.Ordinal);
        Assert.DoesNotContain(sentence, page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Agent_IsTurnedOffOnlyAfterItWasSaidWhatThatDoes()
    {
        Node.Agent.Agent = new AgentView(true, 8874, null, new AgentStatus(true, true, null, 8874, null, "aa", "3.5.0", false, 1), [new("office", "repl", ["10.77.0.0/24"])]);
        var dialogs = Render<RadzenDialog>();
        var page = RenderPage<DataReplicationPage>();

        page.FindAll("button").Single(b => b.TextContent.Contains(DataReplicationText.AgentDisable, StringComparison.Ordinal)).Click();
        dialogs.WaitForAssertion(() => Assert.Contains(DataReplicationText.AgentDisableRuns, dialogs.Markup, StringComparison.Ordinal));
        Assert.Empty(Node.Agent.Requests);
        dialogs.Find("form").Submit();
        dialogs.WaitForAssertion(() => Assert.Equal(new UpdateAgentRequest(false), Assert.Single(Node.Agent.Requests)));
    }

    [Fact]
    public void AgentShare_IsRemovedOnlyAfterItWasSaidWhatThatDoes()
    {
        Node.Agent.Agent = new AgentView(true, 8874, null, null, [new("office", "repl", ["10.77.0.0/24"])]);
        var dialogs = Render<RadzenDialog>();
        var page = RenderPage<DataReplicationPage>();

        page.FindAll("button").Single(b => b.TextContent.Contains(CommonText.Remove, StringComparison.Ordinal)).Click();
        dialogs.WaitForAssertion(() => Assert.Contains(DataReplicationText.AgentShareRemoveKeeps, dialogs.Markup, StringComparison.Ordinal));
        Assert.Empty(Node.Agent.Requests);
        dialogs.Find("form").Submit();
        dialogs.WaitForAssertion(() => Assert.Equal("office", Assert.Single(Node.Agent.Requests)));
    }

    private static TaskLogView Line(long id, TaskAction action, RunStatus status) => new(
        id, Sample.Time, Guid.NewGuid(), "DataReplication", TaskKind.DataReplication, status, action, Guid.NewGuid(), null, null);
}
