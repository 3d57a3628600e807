using AngleSharp.Dom;
using Bunit;
using Futago.Console.Client.Failover;
using Futago.Console.Client.Pairing;
using Futago.Console.Client.Users;
using Futago.Console.Components;
using Futago.Console.Components.Pages;
using Futago.Console.Components.Presentation;
using Futago.Console.Resources;
using Futago.Console.Tests.Fakes;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Failover;
using Futago.Engine.Contracts.Replication;
using Microsoft.AspNetCore.Components;
using Radzen.Blazor;

namespace Futago.Console.Tests.Pages;

public sealed class FailoverPagesTests : PageContext
{
    [Fact]
    public void Page_NotPaired_LeadsToThePair()
    {
        var page = Render<FailoverPage>();

        Assert.Contains(page.FindAll(".empty a"), a => a.GetAttribute("href") == ConsoleRoutes.Pair);
        Assert.False(Has(page, FailoverText.Create));
    }

    [Fact]
    public void Page_NoFailover_OffersTheFormAndTheParts()
    {
        Node.Failover.View = new FailoverView("node-a", "node-b", null, null, null);

        var page = Render<FailoverPage>();

        Assert.Contains(FailoverText.Empty, page.Markup, StringComparison.Ordinal);
        Assert.True(Has(page, FailoverText.Create));
        Assert.Equal(4, page.FindAll("#definition button").Count);
        Assert.All(page.FindAll("#definition button"), b => Assert.False(b.HasAttribute("disabled")));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("node-b")]
    public void Page_NothingConfigured_StartIsThereAndSaysEveryReasonWithItsPlace(string? peer)
    {
        Node.Failover.View = new FailoverView("node-a", peer, null, null, null);
        Node.Failover.Checks.Add(new("peer", CheckLevel.Error, new Problem(FailoverCheckCodes.NotPaired, "Not paired."), FailoverPlace.Pair));
        Node.Failover.Checks.Add(new("settings", CheckLevel.Error, new Problem(ProblemCodes.FailoverNotConfigured, "None."), FailoverPlace.FailoverCreation));
        Node.Failover.Checks.Add(new("virtual-ips", CheckLevel.Error, new Problem(FailoverCheckCodes.NoVirtualIp, "No virtual IP."), FailoverPlace.Failover));

        var page = Render<FailoverPage>();

        Assert.True(Button(page, FailoverText.Start).HasAttribute("disabled"));
        Assert.False(Has(page, FailoverText.Switch));
        Assert.Equal([ConsoleRoutes.Pair, ConsoleRoutes.FailoverCreate, ConsoleRoutes.FailoverParts], page.FindAll(".start-reason a").Select(a => a.GetAttribute("href")));
    }

    [Fact]
    public void Page_SomebodyElseHasTheVirtualIp_SaysSoThereAndOnTheOverview()
    {
        var taken = new Problem(ProblemCodes.FailoverAddressConflict, "Somebody else has 10.77.0.10 too: 02:00:00:00:00:99.");
        var status = FakeFailover.Running with { VirtualIps = [FakeFailover.Running.VirtualIps[0] with { Problem = taken }] };

        var page = PageOf(status);

        Assert.Contains(taken.Detail, page.Find("#connections").TextContent, StringComparison.Ordinal);
        Assert.Equal(taken.Detail, Assert.Single(NodeProblem.Find(Node.Live, Node.Peer, [])).Text);
    }

    [Theory]
    [InlineData(ReplicationRole.Destination, null)]
    [InlineData(ReplicationRole.Destination, ReplicationRole.Source)]
    public void Page_RightAfterASwitch_NeverShowsTwoSources(ReplicationRole here, ReplicationRole? there)
    {
        // Configured as source still: what was read before the switch.
        Node.VolumeReplications.Have(FakeVolumeReplications.Task, FakeVolumeReplications.Synced with { Role = here, PeerRole = there });

        var sides = PageOf(FakeFailover.Running).FindAll("#tasks-state .replication-side").Select(s => s.TextContent).ToList();

        Assert.Equal(there is null ? 0 : 1, sides.Count(s => s.Contains(VolumeReplicationText.Source, StringComparison.Ordinal)));
        Assert.Single(sides, s => s.Contains(VolumeReplicationText.Destination, StringComparison.Ordinal));
    }

    [Fact]
    public void Page_StoppedAndReady_OffersStartOnly()
    {
        var page = PageOf(FakeFailover.Stopped);

        Assert.False(Button(page, FailoverText.Start).HasAttribute("disabled"));
        foreach (var text in new[] { FailoverText.Switch, FailoverText.FailBack, FailoverText.Sync, FailoverText.Maintenance })
        {
            Assert.True(Button(page, text).HasAttribute("disabled"));
            Assert.Equal(FailoverText.ManagerStopped, Button(page, text).GetAttribute("title"));
        }
        Assert.Contains(FailoverText.Ready, page.Find("#checks").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Page_AnErrorStands_StartIsDisabledWithItsSentenceAndALink()
    {
        var page = PageOf(FakeFailover.Stopped, FakeFailover.Wrong);

        var start = Button(page, FailoverText.Start);
        Assert.True(start.HasAttribute("disabled"));
        Assert.Equal("LUN 0 of t0 has write-back on.", start.GetAttribute("title"));
        Assert.Contains("LUN 0 of t0 has write-back on.", page.Find(".start-reason").TextContent, StringComparison.Ordinal);
        Assert.Contains(page.FindAll("#checks a"), a => a.GetAttribute("href") == ConsoleRoutes.Target("t0"));
    }

    [Fact]
    public void Page_AnErrorStands_SaysSoInJapanese()
    {
        UseCulture("ja");
        var page = PageOf(FakeFailover.Stopped, FakeFailover.Wrong);

        Assert.Contains("t0 の LUN 0 はライトバックが有効です。", page.Find("#checks").TextContent, StringComparison.Ordinal);
        Assert.Contains("node-b は応答しています。", page.Find("#checks").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Page_Running_ShowsBothNodesPathsAndTheTimeline()
    {
        Node.Failover.Have(FakeFailover.Running);
        Node.VolumeReplications.Have(FakeVolumeReplications.Task, FakeVolumeReplications.Synced);

        var page = Render<FailoverPage>();

        var sides = page.FindAll(".failover-nodes .replication-side");
        Assert.Contains(FailoverText.StateActive, sides[0].TextContent, StringComparison.Ordinal);
        Assert.Contains(FailoverText.StatePassive, sides[1].TextContent, StringComparison.Ordinal);
        Assert.Contains("side-active", sides[0].ClassName, StringComparison.Ordinal);
        var connections = page.Find("#connections").TextContent;
        foreach (var part in new[] { "10.78.0.1 – 10.78.0.2", "180 µs", "2.5 %", "10.77.0.254", FailoverText.NotSeen, "10.77.0.10/24", FailoverText.Held })
            Assert.Contains(part, connections, StringComparison.Ordinal);
        var history = page.Find("#history");
        Assert.Contains("took 812 ms", history.TextContent, StringComparison.Ordinal);
        Assert.Equal(4, history.QuerySelectorAll(".step-bar .step").Length);
        Assert.Contains(FailoverText.Step_Promote, history.TextContent, StringComparison.Ordinal);
        Assert.Contains("NewStep", history.TextContent, StringComparison.Ordinal);
        Assert.Contains(VolumeReplicationText.Synced, page.Find("#tasks-state").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Page_Running_OffersWhatMakesSenseAndKeepsTheDefinition()
    {
        var page = PageOf(FakeFailover.Running);

        Assert.False(Has(page, FailoverText.Start));
        Assert.False(Button(page, FailoverText.Stop).HasAttribute("disabled"));
        Assert.False(Button(page, FailoverText.Switch).HasAttribute("disabled"));
        Assert.Equal(FailoverText.PrimaryIsActive, Button(page, FailoverText.FailBack).GetAttribute("title"));
        Assert.Equal(FailoverText.InSync, Button(page, FailoverText.Sync).GetAttribute("title"));
        Assert.False(Has(page, FailoverText.ServeAnyway));
        // The targets may be put right at any time.
        Assert.All(page.FindAll("#definition button").Where(b => !b.TextContent.Contains(FailoverText.CopyTargets, StringComparison.Ordinal)), b => Assert.Equal(FailoverText.StopFirst, b.GetAttribute("title")));
    }

    [Fact]
    public void Page_SwitchNotPossible_SaysWhy()
    {
        var page = PageOf(FakeFailover.Running with { SwitchProblem = new Problem(ProblemCodes.FailoverNotInSync, "The volumes are not in sync.") });

        Assert.Equal("The volumes are not in sync.", Button(page, FailoverText.Switch).GetAttribute("title"));
    }

    [Fact]
    public void Page_OnThePassiveNode_SwitchesToo()
    {
        var page = PageOf(FakeFailover.Running with
        {
            State = FailoverState.Passive,
            IsPrimary = false,
            PassiveProblem = new Problem(ProblemCodes.FailoverPassivePeerActive, "The peer is active."),
            SwitchProblem = new Problem(ProblemCodes.FailoverNotActive, "Not active."),
            Peer = FakeFailover.Running.Peer! with { State = FailoverState.ActiveMirrored, IsPrimary = true },
        });

        Assert.False(Button(page, FailoverText.Switch).HasAttribute("disabled"));
        Assert.Equal(FailoverText.PrimaryIsActive, Button(page, FailoverText.FailBack).GetAttribute("title"));
    }

    [Fact]
    public void Page_PeerSilentAndNobodyServes_OffersServeAnywayToAdministrators()
    {
        Node.Failover.Have(FakeFailover.Running with
        {
            State = FailoverState.Passive,
            PassiveProblem = new Problem(ProblemCodes.FailoverPassiveNoAuthority, "Nobody has allowed this node to serve."),
            Peer = FakeFailover.Running.Peer! with { Visible = false },
        });

        Assert.True(Has(Render<FailoverPage>(), FailoverText.ServeAnyway));
        SignInAs(UserRole.Operator);
        var page = Render<FailoverPage>();
        Assert.False(Has(page, FailoverText.ServeAnyway));
        Assert.Contains("Nobody has allowed this node to serve.", page.Markup, StringComparison.Ordinal);
        Assert.Contains(FailoverText.PeerSilent, page.Markup, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(UserRole.Viewer, false, false)]
    [InlineData(UserRole.Operator, true, false)]
    [InlineData(UserRole.Administrator, true, true)]
    public void Page_OffersWhatTheRoleMay(UserRole role, bool operates, bool administers)
    {
        SignInAs(role);
        var page = PageOf(FakeFailover.Running);

        Assert.Equal(operates, Has(page, FailoverText.Stop));
        Assert.Equal(administers, Has(page, FailoverText.Switch));
        Assert.Equal(administers, Has(page, CommonText.Delete));
    }

    [Fact]
    public void Page_EngineAway_SaysThatNothingIsKnown()
    {
        Node.Failover.Have(FakeFailover.Running);
        Node.Live.Connected = false;

        var page = Render<FailoverPage>();

        Assert.Contains(FailoverText.NotKnown, page.Find(".failover-nodes").TextContent, StringComparison.Ordinal);
        Assert.Empty(page.FindAll("#connections"));
        Assert.Equal(FailoverText.EngineAway, Button(page, FailoverText.Switch).GetAttribute("title"));
    }

    [Fact]
    public void Page_LiveStatus_IsFollowed()
    {
        var page = PageOf(FakeFailover.Running);

        Node.Live.Failover = FakeFailover.Running with { State = FailoverState.ActiveAlone, Peer = FakeFailover.Running.Peer! with { Visible = false } };
        Node.Live.RaiseChanged();

        page.WaitForAssertion(() => Assert.Contains(FailoverText.StateAlone, page.Find(".failover-nodes").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public void Page_Drift_OffersToCopyTheDefinition()
    {
        Node.Failover.Have(FakeFailover.Stopped);
        Node.Failover.View = Node.Failover.View with { Problem = new Problem(ProblemCodes.FailoverTargetsDiffer, "The targets differ.") };

        var page = Render<FailoverPage>();

        Assert.Contains("The targets differ.", page.Markup, StringComparison.Ordinal);
        Assert.True(Has(page, FailoverText.CopyTargets));
    }

    [Fact]
    public async Task Page_Disposed_FollowsNothing()
    {
        Node.Failover.Have(FakeFailover.Running);
        Render<FailoverPage>();

        await DisposeComponentsAsync();

        Assert.False(Node.Peer.HasSubscribers);
        Assert.False(Node.Live.HasSubscribers);
    }

    [Fact]
    public void Create_Form_ChecksEachChangeAndSendsOneRequest()
    {
        var page = Render<FailoverCreate>();
        page.Find("#virtualIp-0").Change("10.77.0.10/24");
        page.Find("#pingNodes").Change("10.77.0.254, 10.77.0.253");
        Node.Failover.Checks.Add(FakeFailover.Wrong);
        page.Find("#witness").Change("10.77.0.3");

        Assert.Equal(4, Node.Failover.Drafts.Count);
        Assert.Contains("LUN 0 of t0 has write-back on.", page.Find(".preflight").TextContent, StringComparison.Ordinal);
        Button(page, FailoverText.Create).Click();

        var sent = Assert.IsType<FailoverChange>(Assert.Single(Node.Failover.Requests));
        Assert.Equal(["replication1"], sent.Tasks);
        Assert.Equal([new VirtualIpChange("10.77.0.10/24", "eth0", "eth0")], sent.VirtualIps);
        Assert.Equal([new AuxiliaryChange("eth1", "eth1")], sent.Auxiliaries);
        Assert.Equal(["10.77.0.254", "10.77.0.253"], sent.PingNodes);
        Assert.Equal("10.77.0.3", sent.Witness);
        Assert.EndsWith(ConsoleRoutes.Failover, Navigation.Uri, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("virtualIps")]
    [InlineData("auxiliaries")]
    [InlineData("pingNodes")]
    [InlineData("witness")]
    [InlineData("tasks")]
    [InlineData("newVolumes")]
    public void Create_Refused_SaysItAtTheField(string field)
    {
        Node.Failover.Refusal = new Problem(ProblemCodes.FailoverAddressInvalid, "That cannot be used here.", field, new Dictionary<string, string> { ["address"] = "x" });
        var page = Render<FailoverCreate>();

        Button(page, FailoverText.Create).Click();

        Assert.Contains("That cannot be used here.", page.Find($"#{field}-error").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_NothingToPick_AsksForANewVolumeAndSaysWhatItMakes()
    {
        Node.Failover.Offer = Node.Failover.Offer with { Tasks = [] };
        Node.Failover.Plan = new FailoverPlan(
        [
            new(FailoverPlanKind.Volume, FailoverStepState.Done, "Made before.", new Dictionary<string, string> { ["volume"] = "vg00/lv0003", ["size"] = "2 GiB" }),
            new(FailoverPlanKind.Target, FailoverStepState.Waiting, "Target t.", new Dictionary<string, string> { ["target"] = "t" }),
        ]);
        var dialogs = Render<RadzenDialog>();
        var page = Render<FailoverCreate>();
        page.Find("#newVolume-0-size").Change("1 GiB");
        page.Find("#newVolume-0-peerGroup").Change("vg01");
        page.Find("#newVolume-0-lun").Change("7");

        Button(page, FailoverText.Create).Click();
        var form = dialogs.WaitForElement("form.dialog-form");
        var lines = dialogs.FindAll(".consequences li").Select(l => l.TextContent.Trim());
        Assert.Equal(["Target t"], lines);
        Assert.Empty(Node.Failover.Requests);
        form.Submit();

        page.WaitForAssertion(() => Assert.Single(Node.Failover.Requests));
        var sent = Assert.IsType<FailoverChange>(Assert.Single(Node.Failover.Requests));
        Assert.Equal([new NewFailoverVolume("vg00/lv0003", ByteSize.GiB, "iqn.2026-11.example:node-a.target1", "vg01/lv0003", Lun: 7, Allow: "10.77.0.0/24")], sent.NewVolumes);
        Assert.EndsWith(ConsoleRoutes.Failover, Navigation.Uri, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_AStepFails_ShowsWhatIsThereAndHowToGoOn()
    {
        UseCulture("ja");
        Node.Failover.Offer = Node.Failover.Offer with { Tasks = [] };
        Node.Failover.Refusal = new Problem(ProblemCodes.PairUnreachable, "Cut off.", null, new Dictionary<string, string> { ["address"] = "node-b" });
        Node.Failover.Plan = new FailoverPlan(
        [
            new(FailoverPlanKind.Target, FailoverStepState.Done, "Target t", new Dictionary<string, string> { ["target"] = "t" }),
            new(FailoverPlanKind.TargetStart, FailoverStepState.Failed, "Target t is started", new Dictionary<string, string> { ["target"] = "t" }),
        ]);
        var dialogs = Render<RadzenDialog>();
        var page = Render<FailoverCreate>();
        Button(page, FailoverText.Create).Click();
        dialogs.WaitForElement("form.dialog-form").Submit();

        var progress = page.WaitForElement("#set-up-progress li").ParentElement!.ParentElement!;
        Assert.Equal(["Done", "Failed"], progress.QuerySelectorAll("li").Select(l => l.GetAttribute("data-state")));
        Assert.Contains("ターゲット t を開始", progress.TextContent, StringComparison.Ordinal);
        Assert.Contains(FailoverText.SetUpStopped, progress.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_NotAnAdministrator_HasNoForm()
    {
        SignInAs(UserRole.Operator);

        var page = Render<FailoverCreate>();

        Assert.Contains(FailoverText.OnlyAdministrators, page.Markup, StringComparison.Ordinal);
        Assert.Empty(page.FindAll("input"));
    }

    [Fact]
    public void Network_ShowsNicsWithTheirVirtualIpsAndTraffic()
    {
        var nic = FakeFailover.Nic("eth0", "10.77.0.1");
        Node.Live.Nics = [nic with { Addresses = [.. nic.Addresses, new("10.77.0.10", 24, true)] }, FakeFailover.Nic("eth1", "10.78.0.1") with { Up = false, SpeedMbps = null }];
        Node.Live.Failover = FakeFailover.Running;

        var page = Render<NetworkPage>();

        Assert.Equal(2, page.FindAll("section.card").Count);
        var first = page.FindAll("section.card")[0];
        Assert.Contains("10.77.0.10/24", first.TextContent, StringComparison.Ordinal);
        Assert.Contains(NetworkText.VirtualIp, first.TextContent, StringComparison.Ordinal);
        Assert.Contains("1,000 Mb/s", first.TextContent, StringComparison.Ordinal);
        Assert.Contains("4 KiB/s", first.TextContent, StringComparison.Ordinal);
        Assert.Contains(FailoverText.Held, first.TextContent, StringComparison.Ordinal);
        Assert.Contains(FailoverText.Down, page.FindAll("section.card")[1].TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Overview_HasTheFailoverAndWhatIsWrongWithIt()
    {
        Node.Live.Failover = FakeFailover.Running;
        Node.Peer.Become("node-b", new PeerStatus(PeerState.Reachable, Sample.Time));
        var good = Render<Overview>();
        Assert.Contains(FailoverText.ManagerRunning, good.Find("[aria-labelledby=failover-card]").TextContent, StringComparison.Ordinal);
        Assert.Empty(NodeProblem.Find(Node.Live, Node.Peer, []));

        Node.Live.Failover = FakeFailover.Running with { State = FailoverState.ActiveAlone };

        Assert.Equal(ConsoleRoutes.Failover, Assert.Single(NodeProblem.Find(Node.Live, Node.Peer, [])).Address);
    }

    /// <summary>The page of a failover that both nodes have, with how it is and what its checks found besides.</summary>
    private IRenderedComponent<FailoverPage> PageOf(FailoverStatus status, params FailoverCheck[] found)
    {
        Node.Failover.Have(status);
        Node.Failover.Checks.AddRange(found);
        return Render<FailoverPage>();
    }

    private static bool Has<T>(IRenderedComponent<T> page, string text) where T : IComponent =>
        page.FindAll("button").Any(b => b.TextContent.Contains(text, StringComparison.Ordinal));

    private static IElement Button<T>(IRenderedComponent<T> page, string text) where T : IComponent =>
        page.FindAll("button").First(b => b.TextContent.Contains(text, StringComparison.Ordinal));
}
