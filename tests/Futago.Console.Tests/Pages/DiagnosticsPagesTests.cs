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

namespace Futago.Console.Tests.Pages;

public sealed class DiagnosticsPagesTests : PageContext
{
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

        page.Find("select").Change("1000");

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
        Assert.Equal("WRITE(10)", page.Find("section[aria-labelledby=commands] tbody td:nth-child(3)").TextContent);

        page.Find("#seconds").Change("30");
        page.Find("#payload").Change(true);
        page.Find("form").Submit();
        Assert.Equal(new StartCaptureRequest(30, 8 << 20, true), Assert.Single(Node.Diagnostics.Requests));
        Assert.Equal("/api/v1/sessions/7/capture/file", page.Find("a[download]").GetAttribute("href"));
        page.Find("section[aria-labelledby=capture] .row-actions button").Click();

        Assert.Contains(DiagnosticsText.CaptureNone, page.Markup, StringComparison.Ordinal);
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

    private static SessionInfo Session(long id) => new(
        id, "t", "iqn.2026-01.example:a", null, "800000010000", 1, FakeDiagnostics.At, null, [], new Dictionary<string, string>(), 1, 2, 3);
}
