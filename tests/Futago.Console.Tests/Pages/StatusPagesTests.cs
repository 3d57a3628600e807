using Bunit;
using Futago.Console.Client.Pairing;
using Futago.Console.Client.Targets;
using Futago.Console.Client.Tasks;
using Futago.Console.Components.Pages;
using Futago.Console.Components.Presentation;
using Futago.Console.Resources;
using Futago.Console.Tests.Fakes;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Iscsi;
using Futago.Engine.Contracts.Volumes;
using Radzen.Blazor;
using TargetsPage = Futago.Console.Components.Pages.Targets;
using VolumesPage = Futago.Console.Components.Pages.Volumes;

namespace Futago.Console.Tests.Pages;

public sealed class StatusPagesTests : PageContext
{
    [Fact]
    public void Overview_NothingWrong_SaysSo()
    {
        var page = Render<Overview>();

        Assert.Contains(OverviewText.NothingWrong, page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Overview_Problems_ComeWorstFirstWithALink()
    {
        var target = Sample.Target(started: true);
        Node.Live.Targets = [Sample.Status(target) with { State = TargetState.Degraded, Problems = [new("LUN 1", new Problem(ProblemCodes.VolumeFailed, "The volume cannot be read."))] }];
        Node.Live.Groups = [Sample.Group() with { State = GroupState.Missing, Problem = new Problem(ProblemCodes.GroupMissing, "The unit is gone.") }];

        var page = Render<Overview>();

        var links = page.FindAll(".problems a").Select(a => a.GetAttribute("href"));
        Assert.Equal(["/groups/vg00", "/targets/iqn.2026-01.example.futago%3At0"], links);
    }

    [Theory]
    [InlineData("en", "Data replication: evening", "The last run failed: The destination is full.")]
    [InlineData("ja", "データレプリケーション: evening", "前回の実行が失敗しました: レプリケーション先の容量が不足しています。")]
    public void Overview_TaskWhoseLastRunFailed_IsAProblemUntilARunIsGood(string language, string subject, string text)
    {
        UseCulture(language);
        var task = Sample.Task("evening");
        Node.Tasks.Tasks.Add(task);
        var page = Render<Overview>();
        Assert.Empty(page.FindAll(".problems"));

        Node.Tasks.Tasks[0] = task with { LastRun = task.LastRun! with { Status = RunStatus.Error, Reason = "destination-full", Detail = "The destination is full." } };
        Node.Tasks.Move();
        page.WaitForAssertion(() => Assert.Equal((subject, text), (page.Find(".problems a").TextContent, page.Find(".problems p").TextContent)));

        Node.Tasks.Tasks[0] = task;
        Node.Tasks.Move();
        page.WaitForAssertion(() => Assert.Empty(page.FindAll(".problems")));
    }

    [Fact]
    public void Overview_FreshNode_ShowsTheNextStep()
    {
        var page = Render<Overview>();
        Assert.Equal(OverviewText.StepUnit, page.Find(".steps .next a").TextContent);

        Node.Live.Units = [Sample.Unit()];
        Node.Live.RaiseChanged();

        page.WaitForAssertion(() => Assert.Equal(OverviewText.StepGroup, page.Find(".steps .next a").TextContent));
    }

    [Fact]
    public void Overview_DatabaseAway_SaysSoAndStillShowsTheVolumes()
    {
        (Node.Targets.Unreadable, Node.Targets.Refusal) = (true, new Problem(ProblemCodes.DatabaseUnreachable, "The database does not answer."));
        Node.Live.Volumes = [Sample.Volume()];

        var page = Render<Overview>();

        Assert.Contains("The database does not answer.", page.Markup, StringComparison.Ordinal);
        Assert.Contains(page.FindAll(".tile-value"), v => v.TextContent == "1");
    }

    [Fact]
    public void Pages_BeforeTheEngineHasEverAnswered_DoNotSayThatThereIsNothing()
    {
        (Node.Live.Connected, Node.Live.Node) = (false, null);

        foreach (var markup in new[] { Render<VolumesPage>().Markup, Render<Groups>().Markup, Render<Units>().Markup, Render<GroupPage>(p => p.Add(g => g.Name, "vg00")).Markup })
        {
            Assert.Contains(ShellText.NotKnown, markup, StringComparison.Ordinal);
            Assert.DoesNotContain(VolumesText.Empty, markup, StringComparison.Ordinal);
            Assert.DoesNotContain(GroupsText.NoSuchGroup, markup, StringComparison.Ordinal);
        }
        Assert.DoesNotContain(Render<Overview>().FindAll(".tile-value"), v => v.TextContent == "0");
    }

    [Fact]
    public void Overview_LongWork_IsShownWithItsProgressAndTheTimeLeft()
    {
        Node.Live.Volumes = [Sample.Volume() with
        {
            State = VolumeState.Initialising,
            Initialisation = new InitialisationInfo(256 * ByteSize.MiB, ByteSize.GiB, null, 64 * ByteSize.MiB, 12),
        }];
        Node.Live.Replications = [FakeVolumeReplications.Resyncing];

        var page = Render<Overview>();

        var work = page.FindAll("#under-way .work");
        Assert.Equal(2, work.Count);
        Assert.Equal(["40", "25"], work.Select(w => w.QuerySelector("[role=progressbar]")!.GetAttribute("aria-valuenow")));
        Assert.Contains("64 MiB/s", work[1].TextContent, StringComparison.Ordinal);
        Assert.Contains("12 s", work[1].TextContent, StringComparison.Ordinal);

        Node.Live.Connected = false;
        Node.Live.RaiseChanged();
        page.WaitForAssertion(() => Assert.Empty(page.FindAll("#under-way")));
    }

    [Fact]
    public void Overview_NetworkLoad_IsShown()
    {
        Node.Live.Nics = [FakeFailover.Nic("eth0", "10.77.0.1"), FakeFailover.Nic("eth1", "10.78.0.1")];

        var page = Render<Overview>();

        Assert.Contains("2 KiB/s", page.Find("#network-load").TextContent, StringComparison.Ordinal);
        Assert.Contains("4 KiB/s", page.Find("#network-load").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Overview_PeerReachableWithoutItsEngine_IsAProblem()
    {
        var page = Render<Overview>();

        Node.Peer.Become("node-b", new PeerStatus(PeerState.Reachable, Sample.Time, EngineRunning: false));

        page.WaitForAssertion(() => Assert.Contains(Sentence.Of(PairText.PeerEngineAway, "node-b"), page.Markup, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Group_ToBeDestroyed_SaysFirstWhoUsesIt(bool shared)
    {
        Node.Live.Groups = [Sample.Group()];
        var volume = Sample.NasVolume() with { UsedBy = shared ? ["share office"] : [] };
        Node.Live.Volumes = [volume];
        Node.Live.Shares = shared ? [Sample.Share() with { VolumeId = volume.Id }] : [];
        var dialogs = Render<RadzenDialog>();
        var page = Render<GroupPage>(p => p.Add(g => g.Name, "vg00"));

        page.FindAll("button").Single(b => b.TextContent.Contains(GroupsText.Destroy, StringComparison.Ordinal)).Click();

        dialogs.WaitForAssertion(() => Assert.Contains(Sentence.Of(shared ? GroupsText.InUseBlocked : GroupsText.DestroyText, "vg00"), dialogs.Markup, StringComparison.Ordinal));
        Assert.Equal(shared, dialogs.Markup.Contains("share office", StringComparison.Ordinal));
        Assert.Equal(shared ? 0 : 1, dialogs.FindAll("button[type=submit]").Count);
    }

    [Fact]
    public void Targets_WhileTheEngineHangs_SaysThatItIsReading()
    {
        var ready = new TaskCompletionSource();
        Node.Targets.Ready = ready.Task;
        Node.Targets.Views.Add(Sample.Target());

        var page = Render<TargetsPage>();

        Assert.Equal(CommonText.Reading, page.Find("[role=status]").TextContent);
        ready.SetResult();
        page.WaitForAssertion(() => Assert.Empty(page.FindAll(".loading")));
        Assert.Contains(Sample.Iqn, page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void RefusedLogin_WithoutARule_IsAllowedAfterConfirming()
    {
        Node.Live.Targets = [Sample.Status(Sample.Target())];
        Node.Live.RefusedLogins = [Sample.Refused(RefusalReason.NoAccessRule)];
        var dialogs = Render<RadzenDialog>();
        var page = Render<RefusedLogins>();

        page.FindAll(".row-actions button")[0].Click();
        Assert.Empty(Node.Targets.Requests);
        dialogs.WaitForElement("form.dialog-form").Submit();

        dialogs.WaitForAssertion(() => Assert.Equal(
            (Sample.Iqn, new AllowRequest(Initiator: "iqn.1991-05.com.microsoft:pc01")), Assert.Single(Node.Targets.Requests)));
    }

    [Theory]
    [InlineData(RefusalReason.UnknownTarget, "iqn.2026-01.example:gone")]
    [InlineData(RefusalReason.WrongChap, Sample.Iqn)]
    public void RefusedLogin_ThatARuleWouldNotHelp_CannotBeAllowedAndSaysWhy(RefusalReason reason, string target)
    {
        Node.Live.Targets = [Sample.Status(Sample.Target())];
        Node.Live.RefusedLogins = [Sample.Refused(reason, target)];

        var page = Render<RefusedLogins>();

        Assert.All(page.FindAll(".row-actions button"), b => Assert.True(b.HasAttribute("disabled")));
        Assert.NotEmpty(page.Find(".row-actions .sub").TextContent);
    }

    [Fact]
    public void Target_WithoutRules_SaysThatNobodyMayLogIn()
    {
        Node.Targets.Views.Add(Sample.Target());

        var page = Render<TargetPage>(p => p.Add(t => t.Name, Sample.Iqn).Add(t => t.Tab, "access"));

        Assert.Contains(TargetsText.Nobody, page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Target_Started_CannotBeDeleted()
    {
        Node.Targets.Views.Add(Sample.Target(started: true));

        var page = Render<TargetPage>(p => p.Add(t => t.Name, Sample.Iqn));

        var button = page.FindAll(".page-actions button").Single(b => b.TextContent.Contains(CommonText.Delete, StringComparison.Ordinal));
        Assert.True(button.HasAttribute("disabled"));
    }

    [Fact]
    public void Target_ConnectTab_NamesTheHostByWhichThePageWasReached()
    {
        Node.Targets.Views.Add(Sample.Target() with { ChapUser = "u1" });

        var page = Render<TargetPage>(p => p.Add(t => t.Name, Sample.Iqn).Add(t => t.Tab, "connect"));

        Assert.Contains($"iscsiadm -m node -T {Sample.Iqn} -p localhost:3260 --login", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void ConnectCommands_QuoteWhatAShellWouldRead()
    {
        var commands = new ConnectCommands(Sample.Iqn, new PortalConfiguration("fd00::1", 3260), "o'brien<&", "SECRET");

        Assert.Contains("-p [fd00::1]:3260", commands.Linux, StringComparison.Ordinal);
        Assert.Contains(@"-v 'o'\''brien<&'", commands.Linux, StringComparison.Ordinal);
        Assert.Contains("-ChapUsername 'o''brien<&'", commands.Windows, StringComparison.Ordinal);
        Assert.Contains("username='o&apos;brien&lt;&amp;'", commands.Libvirt, StringComparison.Ordinal);
        Assert.Contains("--authname='o'", commands.Esxi, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a {x}[ ({y})].", "a 1.")]
    [InlineData("a[ {x}][ {y}] b", "a 1 b")]
    [InlineData("a {y}", null)]
    [InlineData("plain", "plain")]
    public void Sentence_LeavesOutBracketsWithMissingArguments(string template, string? expected) =>
        Assert.Equal(expected, Sentence.Fill(template, new Dictionary<string, string> { ["x"] = "1" }));

    [Fact]
    public void Problem_InJapanese_IsTranslatedWithItsArguments()
    {
        UseCulture("ja");

        var text = ProblemText.Describe(new Problem(ProblemCodes.VolumeInUse, "The volume is in use.", null, new Dictionary<string, string> { ["target"] = "t0", ["lun"] = "1" }));

        Assert.Equal("論理ボリュームは使用中です (t0、LUN 1)。先にターゲットを停止してください。", text);
    }

    [Fact]
    public void Problem_WithoutTranslation_IsShownInEnglish()
    {
        UseCulture("ja");

        Assert.Equal("Something new.", ProblemText.Describe(new Problem("brand.new", "Something new.")));
    }
}
