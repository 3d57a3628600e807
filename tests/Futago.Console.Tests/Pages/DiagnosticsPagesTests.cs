using Bunit;
using Futago.Console.Client.Users;
using Futago.Console.Components.Controls;
using Futago.Console.Components.Pages;
using Futago.Console.Components.Presentation;
using Futago.Console.Components.Targets;
using Futago.Console.Resources;
using Futago.Console.Tests.Fakes;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Iscsi;
using Microsoft.Extensions.DependencyInjection;

namespace Futago.Console.Tests.Pages;

public sealed class DiagnosticsPagesTests : PageContext
{
    private const int ArrivedColumn = 1;
    private const int CommandColumn = 3;
    private const int ResultColumn = 6;
    private const int TotalColumn = 7;

    [Fact]
    public void TargetLoad_Statistics_AreAddedUpByLunInitiatorAndOperation()
    {
        var page = Render<TargetLoad>(p => p.Add(c => c.Target, "t"));

        Assert.Equal(4, page.FindAll(".plot").Count);
        Assert.Contains("42", page.Find(".plot-key strong").TextContent, StringComparison.Ordinal);
        var tables = page.FindAll("table.facts");
        Assert.Equal(["42"], tables[0].QuerySelectorAll("tbody td:nth-child(2)").Select(c => c.TextContent));
        Assert.Equal(["30", "12"], tables[1].QuerySelectorAll("tbody td:nth-child(2)").Select(c => c.TextContent));
        Assert.Equal("READ(10)", tables[2].QuerySelector("tbody th")!.TextContent);
        Assert.Equal("/sessions/7", tables[3].QuerySelector("a")!.GetAttribute("href"));
    }

    [Fact]
    public void LinePlot_Scale_HasTheUnitOfItsValues()
    {
        var plot = Render<LinePlot>(p => p
            .Add(c => c.Title, "t").Add(c => c.Format, v => $"{v} ms").Add(c => c.Series, [new PlotSeries("a", "read", [1, 40, 3])]));
        Assert.Equal(["40 ms", "20 ms", "0 ms"], plot.FindAll(".plot-scale span").Select(s => s.TextContent));

        plot.Render(p => p.Add(c => c.Series, [new PlotSeries("a", "read", [0, 0])]));

        Assert.Equal(["0 ms"], plot.FindAll(".plot-scale span").Select(s => s.TextContent));
    }

    [Theory]
    [InlineData(2, "CHECK CONDITION")]
    [InlineData(0x28, "TASK SET FULL")]
    [InlineData(0x77, "77")]
    public void ScsiStatus_IsNamedLikeInTheLogsOfInitiators(int status, string name) => Assert.Equal(name, ScsiStatusText.Of(status));

    [Fact]
    public void TargetPage_Statistics_AreThoseOfThatTarget()
    {
        Node.Targets.Views.Add(Sample.Target(started: true));

        var page = Render<TargetPage>(p => p.Add(t => t.Name, Sample.Iqn).Add(t => t.Tab, "statistics"));

        Assert.Equal(Sample.Iqn, Node.Diagnostics.Target);
        Assert.Equal(4, page.FindAll(".plot").Count);
    }

    [Fact]
    public void TargetLoad_SlowCommands_FollowTheThreshold()
    {
        var page = Render<TargetLoad>(p => p.Add(c => c.Target, "t"));
        Assert.Equal(2, page.FindAll("section[aria-labelledby=slow] tbody tr").Count);

        page.Find("select[name=slow]").Change("1000");

        Assert.Contains(DiagnosticsText.NoSlowCommands, page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void TargetLoad_Viewer_SeesNoSingleCommands()
    {
        SignInAs(UserRole.Viewer);

        var page = Render<TargetLoad>(p => p.Add(c => c.Target, "t"));

        Assert.Empty(page.FindAll("section[aria-labelledby=slow]"));
    }

    [Fact]
    public void TargetLoad_NotServed_SaysSo()
    {
        Node.Diagnostics.Refusal = new Problem(ProblemCodes.TargetNotServed, "Not served.");

        var page = Render<TargetLoad>(p => p.Add(c => c.Target, "t"));

        Assert.Contains(ProblemText.Describe(Node.Diagnostics.Refusal), page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void SessionPage_Capture_IsStartedShownAndDeleted()
    {
        var target = Sample.Target(started: true);
        Node.Live.Targets = [Sample.Status(target) with { Sessions = [Session(7)] }];
        var page = Render<SessionPage>(p => p.Add(c => c.Id, 7));
        Assert.Empty(page.FindAll("a[download]"));

        page.Find("#seconds").Change("30");
        page.Find("#payload").Change(true);
        page.Find("form").Submit();
        Assert.Equal(new StartCaptureRequest(30, 8 << 20, true), Assert.Single(Node.Diagnostics.Requests));
        Assert.Equal("/api/v1/sessions/7/capture/file", page.Find("a[download]").GetAttribute("href"));
        page.Find("section[aria-labelledby=capture] .row-actions button").Click();

        Assert.Empty(page.FindAll("a[download]"));
        Assert.Null(Node.Diagnostics.Capture);
    }

    [Fact]
    public void SessionPage_ManyCommands_AreShownInPagesNewestFirst()
    {
        var commands = Many(45);

        var page = Render<SessionPage>(p => p.Add(c => c.Id, 7));
        var first = Cells(page, ArrivedColumn);
        page.Find(".rz-pager-next").Click();
        page.Find(".rz-pager-next").Click();

        Assert.Equal(commands.AsEnumerable().Reverse().Take(20).Select(Moment), first);
        Assert.Equal(commands.Take(5).Reverse().Select(Moment), Cells(page, ArrivedColumn));
        Assert.Contains("45", page.Find(".filter-count").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void SessionPage_Commands_AreFiltered()
    {
        Many(45);
        var page = Render<SessionPage>(p => p.Add(c => c.Id, 7));

        page.Find("select[name=operation]").Change("WRITE(10)");
        Assert.Equal(["WRITE(10)"], Cells(page, CommandColumn).Distinct());
        page.Find("select[name=slow]").Change("1");
        // Those that took 1 ms or longer are the 35 newest; every second is a write, every tenth failed.
        Assert.Equal(Sentence.Of(DiagnosticsText.Shown, 18, 45), page.Find(".filter-count").TextContent);
        page.Find("input[name=errors]").Change(true);
        Assert.Equal(Sentence.Of(DiagnosticsText.Shown, 4, 45), page.Find(".filter-count").TextContent);
        Assert.Equal(["CHECK CONDITION 3/11/00"], Cells(page, ResultColumn).Distinct());
        page.Find("select[name=slow]").Change("1000");

        Assert.Contains(DiagnosticsText.NothingFits, page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void SessionPage_SortedByTime_StaysSoWhileItIsReadAgain()
    {
        Many(45);
        var page = Render<SessionPage>(p => p.Add(c => c.Id, 7));
        void SortByTotal() => page.FindAll("section[aria-labelledby=commands] thead [blazor\\:onclick]")[^1].Click();

        SortByTotal();
        var ascending = Cells(page, TotalColumn);
        page.Find("section[aria-labelledby=commands] .card-head button").Click();

        Assert.Equal("0 µs", ascending[0]);
        Assert.Equal(ascending, Cells(page, TotalColumn));
    }

    [Fact]
    public void SessionPage_UnfoldedCommand_HasItsPartsInTime()
    {
        var page = Render<SessionPage>(p => p.Add(c => c.Id, 7));

        page.Find(".rz-row-toggler").ParentElement!.Click();

        var details = page.Find(".rz-expanded-row-content, .facts-list").TextContent;
        Assert.Contains(DiagnosticsText.ExecutionHelp, details, StringComparison.Ordinal);
        Assert.Contains("250 ms", details, StringComparison.Ordinal);
    }

    [Fact]
    public void SessionPage_AnotherSession_IsChosenAtTheTop()
    {
        Node.Live.Targets = [Sample.Status(Sample.Target(started: true)) with { Sessions = [Session(7), Session(8)] }];
        var page = Render<SessionPage>(p => p.Add(c => c.Id, 7));

        page.Find("select[name=session]").Change("8");
        Assert.EndsWith("/sessions/8", Navigation.Uri, StringComparison.Ordinal);
        page.Render(p => p.Add(c => c.Id, 8));

        Assert.Equal([7, 8], Node.Diagnostics.SessionsRead);
    }

    [Fact]
    public void TargetLoad_SlowCommands_AreFilteredBySession()
    {
        var other = Node.Diagnostics.Commands[0] with { SessionId = 8, Initiator = "iqn.2026-01.example:b" };
        Node.Diagnostics.Commands.Add(other);
        var page = Render<TargetLoad>(p => p.Add(c => c.Target, "t"));

        page.Find("section[aria-labelledby=slow] select[name=session]").Change("8");

        Assert.Equal("/sessions/8", Assert.Single(page.FindAll("section[aria-labelledby=slow] tbody a")).GetAttribute("href"));
    }

    [Fact]
    public void SessionPage_Operator_CannotCapture()
    {
        SignInAs(UserRole.Operator);
        Node.Live.Targets = [Sample.Status(Sample.Target(started: true)) with { Sessions = [Session(7)] }];

        var page = Render<SessionPage>(p => p.Add(c => c.Id, 7));

        Assert.Empty(page.FindAll("section[aria-labelledby=capture]"));
        Assert.Equal(2, page.FindAll("section[aria-labelledby=commands] tbody tr").Count);
    }

    [Theory]
    [InlineData(0, "0 µs")]
    [InlineData(85.4, "85.4 µs")]
    [InlineData(999.4, "999 µs")]
    [InlineData(999.6, "1 ms")]
    [InlineData(1234.0, "1.23 ms")]
    [InlineData(999_600.0, "1 s")]
    [InlineData(12_345_678.0, "12.3 s")]
    public void LatencyText_OfATime_HasItsUnit(double microseconds, string text) => Assert.Equal(text, LatencyText.Format(microseconds));

    /// <summary>Oldest first, each 100 µs longer than the one before it.</summary>
    private List<RecordedCommand> Many(int count)
    {
        var sample = Node.Diagnostics.Commands[0];
        Node.Diagnostics.Commands.Clear();
        for (var i = 0; i < count; i++)
        {
            Node.Diagnostics.Commands.Add(sample with
            {
                ArrivedAt = FakeDiagnostics.At.AddMilliseconds(i),
                Operation = i % 2 == 0 ? "WRITE(10)" : "READ(10)",
                Status = i % 10 == 0 ? 2 : 0,
                Sense = i % 10 == 0 ? "3/11/00" : null,
                TotalMicroseconds = i * 100,
            });
        }
        return Node.Diagnostics.Commands;
    }

    private string Moment(RecordedCommand command) => Services.GetRequiredService<TimeText>().Moment(command.ArrivedAt);

    /// <summary>What a column of the commands says, from the top; the first one unfolds rows.</summary>
    private static List<string> Cells(IRenderedComponent<SessionPage> page, int column) =>
        [.. page.FindAll($"section[aria-labelledby=commands] tbody tr > td:nth-child({column + 1})").Select(c => c.TextContent.Trim())];

    private static SessionInfo Session(long id) => new(
        id, "t", "iqn.2026-01.example:a", null, "800000010000", 1, FakeDiagnostics.At, null, [], new Dictionary<string, string>(), 1, 2, 3);
}
