using Bunit;
using Futago.Console.Client.Users;
using Futago.Console.Components;
using Futago.Console.Components.Controls;
using Futago.Console.Components.Layout;
using Futago.Console.Components.Pages;
using Futago.Console.Resources;
using Futago.Console.Tests.Fakes;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Events;

namespace Futago.Console.Tests.Pages;

public sealed class ShellTests : PageContext
{
    [Fact]
    public void Banner_EngineLost_AppearsAndGoesByItself()
    {
        var banner = Render<EngineBanner>();
        Assert.Empty(banner.Markup.Trim());

        Node.Live.Connected = false;
        Node.Live.Problem = new Problem(ProblemCodes.EngineUnreachable, "Connection refused.");
        Node.Live.RaiseChanged();
        banner.WaitForAssertion(() => Assert.Contains(ShellText.EngineLost, banner.Markup, StringComparison.Ordinal));
        Assert.Contains("Connection refused.", banner.Markup, StringComparison.Ordinal);
        Assert.Contains("2026-11-21", banner.Markup, StringComparison.Ordinal);

        Node.Live.Connected = true;
        Node.Live.RaiseChanged();
        banner.WaitForAssertion(() => Assert.Empty(banner.Markup.Trim()));
    }

    [Fact]
    public async Task LiveUpdate_FromAThreadWithoutALanguage_KeepsTheLanguage()
    {
        UseCulture("ja");
        var banner = Render<EngineBanner>();
        UseCulture("en");
        Node.Live.Connected = false;

        Task raised;
        using (ExecutionContext.SuppressFlow())
            raised = Task.Run(Node.Live.RaiseChanged, Xunit.TestContext.Current.CancellationToken);
        await raised;

        banner.WaitForAssertion(() => Assert.Contains("エンジンに接続できません", banner.Markup, StringComparison.Ordinal));
    }

    [Fact]
    public async Task LivePage_Disposed_NoLongerListens()
    {
        Render<EngineBanner>();
        Assert.True(Node.Live.HasSubscribers);

        await DisposeComponentsAsync();

        Assert.False(Node.Live.HasSubscribers);
    }

    [Fact]
    public void LiveUpdate_NewVolume_AppearsOnThePage()
    {
        var page = Render<Volumes>();
        Assert.DoesNotContain("lv0000", page.Markup, StringComparison.Ordinal);

        Node.Live.Volumes = [Sample.Volume()];
        Node.Live.RaiseChanged();

        page.WaitForAssertion(() => Assert.Contains("lv0000", page.Markup, StringComparison.Ordinal));
    }

    [Fact]
    public void LiveUpdate_SessionOpened_AppearsOnTheTargetsPage()
    {
        var target = Sample.Target(started: true);
        Node.Targets.Views.Add(target);
        Node.Live.Targets = [Sample.Status(target)];
        var page = Render<TargetPage>(p => p.Add(t => t.Name, target.Name).Add(t => t.Tab, "sessions"));
        Assert.Contains(SessionsText.Empty, page.Markup, StringComparison.Ordinal);

        Node.Live.Targets = [Sample.Status(target, Sample.Session())];
        Node.Live.RaiseChanged();

        page.WaitForAssertion(() => Assert.Contains("iqn.1993-08.org.debian:01:5d1f9c", page.Markup, StringComparison.Ordinal));
        Assert.Contains("MaxBurstLength", page.Markup, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(UserRole.Viewer, false)]
    [InlineData(UserRole.Operator, false)]
    [InlineData(UserRole.Administrator, true)]
    public void Volumes_CanBeCreatedAndDeletedByAdministratorsOnly(UserRole role, bool allowed)
    {
        SignInAs(role);
        Node.Live.Volumes = [Sample.Volume()];

        var page = Render<Volumes>();

        Assert.Equal(allowed, page.Markup.Contains(VolumesText.Create, StringComparison.Ordinal));
        Assert.Equal(allowed, page.FindAll(".text-danger").Count > 0);
    }

    [Theory]
    [InlineData(UserRole.Viewer, false)]
    [InlineData(UserRole.Operator, true)]
    [InlineData(UserRole.Administrator, true)]
    public void Targets_CanBeStartedByOperators(UserRole role, bool allowed)
    {
        SignInAs(role);
        Node.Targets.Views.Add(Sample.Target());

        var page = Render<Futago.Console.Components.Pages.Targets>();

        Assert.Equal(allowed, page.FindAll(".row-actions .text-button").Any(b => b.TextContent.Contains(TargetsText.Start, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(UserRole.Viewer, false)]
    [InlineData(UserRole.Administrator, true)]
    public void Sidebar_OffersUsersToAdministratorsOnly(UserRole role, bool offered)
    {
        SignInAs(role);

        var sidebar = Render<Sidebar>();

        Assert.Equal(offered, sidebar.FindAll("a").Any(a => a.GetAttribute("href") == ConsoleRoutes.Users));
    }

    [Fact]
    public void Bell_CountsWhatCameSinceOneLooked()
    {
        Node.Events.Entries.Add(Sample.Event(1, EventSeverity.Warning));
        var bell = Render<NotificationsBell>();
        Assert.Empty(bell.FindAll(".count"));

        Node.Events.Entries.Add(Sample.Event(2, EventSeverity.Error, "The unit is gone."));
        Node.Events.Entries.Add(Sample.Event(3));
        Node.Live.Node = Sample.Node with { LastEventNumber = 43 };
        Node.Live.RaiseChanged();
        bell.WaitForAssertion(() => Assert.Equal("1", bell.Find(".count").TextContent));

        bell.Find("button").Click();
        Assert.Contains("The unit is gone.", bell.Markup, StringComparison.Ordinal);
        Assert.Empty(bell.FindAll(".count"));
    }

    [Fact]
    public void Events_Filter_GoesIntoTheAddressAndComesFromIt()
    {
        Node.Events.Entries.AddRange([Sample.Event(1), Sample.Event(2, EventSeverity.Error, "The unit is gone.")]);
        Navigation.NavigateTo(ConsoleRoutes.EventsOf("error", "engine", null));
        var page = Render<Futago.Console.Components.Pages.Events>();
        Assert.Single(page.FindComponents<EventRow>());

        page.Find("input[type=search]").Input("disk & more");
        page.Find("form").Submit();

        Assert.EndsWith("/events?severity=error&source=engine&search=disk%20%26%20more", Navigation.Uri, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData("volumes?group=vg00", 3)]
    [InlineData("targets/iqn.2026-01.example%3At0/access", 4)]
    public void Breadcrumb_LeadsFromTheOverview(string path, int length)
    {
        var trail = Breadcrumbs.Of(path);

        Assert.Equal(length, trail.Count);
        Assert.Equal(ConsoleRoutes.Overview, trail[0].Address);
    }

    [Fact]
    public void TargetRoute_EscapesTheNameAndNamesTheTab()
    {
        var address = ConsoleRoutes.Target("iqn.2026-01.example:t/0", TargetTab.Connect);

        Assert.Equal("/targets/iqn.2026-01.example%3At%2F0/connect", address);
        Assert.Equal(TargetTab.Connect, ConsoleRoutes.ParseTab("connect"));
        Assert.Equal(TargetTab.Luns, ConsoleRoutes.ParseTab("nonsense"));
    }
}
