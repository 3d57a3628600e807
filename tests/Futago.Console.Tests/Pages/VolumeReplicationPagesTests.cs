using Bunit;
using Futago.Console.Client.Pairing;
using Futago.Console.Client.Tasks;
using Futago.Console.Client.Users;
using Futago.Console.Client.VolumeReplication;
using Futago.Console.Components;
using Futago.Console.Components.Pages;
using Futago.Console.Components.Presentation;
using Futago.Console.Resources;
using Futago.Console.Tests.Fakes;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Replication;

namespace Futago.Console.Tests.Pages;

public sealed class VolumeReplicationPagesTests : PageContext
{
    [Fact]
    public void List_NotPaired_LeadsToThePair()
    {
        var page = Render<VolumeReplications>();

        Assert.Contains(VolumeReplicationText.NotPaired, page.Markup, StringComparison.Ordinal);
        Assert.Contains(page.FindAll(".empty a"), a => a.GetAttribute("href") == ConsoleRoutes.Pair);
        Assert.DoesNotContain(VolumeReplicationText.Create, page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void List_Empty_OffersToCreate()
    {
        Paired();

        var page = Render<VolumeReplications>();

        Assert.Contains(VolumeReplicationText.Empty, page.Markup, StringComparison.Ordinal);
        Assert.Contains(VolumeReplicationText.Create, page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void List_Resync_FollowsTheLiveStatus()
    {
        Paired();
        Node.VolumeReplications.Have(FakeVolumeReplications.Task, FakeVolumeReplications.Resyncing);
        var page = Render<VolumeReplications>();
        Assert.Equal("40", page.Find("[role=progressbar]").GetAttribute("aria-valuenow"));
        Assert.Contains("1 min 4 s", page.Markup, StringComparison.Ordinal);
        Assert.Contains(VolumeReplicationText.Inconsistent, page.Markup, StringComparison.Ordinal);
        Assert.True(Button(page, VolumeReplicationText.Switch).HasAttribute("disabled"));

        Node.Live.Replications = [FakeVolumeReplications.Synced];
        Node.Live.RaiseChanged();

        page.WaitForAssertion(() => Assert.Empty(page.FindAll("[role=progressbar]")));
        Assert.Contains(VolumeReplicationText.Synced, page.Markup, StringComparison.Ordinal);
        Assert.False(Button(page, VolumeReplicationText.Switch).HasAttribute("disabled"));
        Assert.Contains("10.78.0.2:7789", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void List_EngineAway_SaysThatNothingIsKnown()
    {
        Paired();
        Node.VolumeReplications.Have(FakeVolumeReplications.Task, FakeVolumeReplications.Synced);
        Node.Live.Connected = false;

        var page = Render<VolumeReplications>();

        Assert.Contains(VolumeReplicationText.NotKnown, page.Find(".badge").TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain(VolumeReplicationText.UpToDate, page.Markup, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(UserRole.Viewer, false, false)]
    [InlineData(UserRole.Operator, true, false)]
    [InlineData(UserRole.Administrator, true, true)]
    public void List_OffersWhatTheRoleMay(UserRole role, bool operates, bool administers)
    {
        SignInAs(role);
        Paired();
        Node.VolumeReplications.Have(FakeVolumeReplications.Task, FakeVolumeReplications.Different);

        var page = Render<VolumeReplications>();

        Assert.Equal(operates, Has(page, VolumeReplicationText.Stop));
        Assert.Equal(operates, Has(page, VolumeReplicationText.Verify));
        Assert.Equal(administers, Has(page, VolumeReplicationText.Switch));
        Assert.Equal(administers, Has(page, VolumeReplicationText.Heal));
        Assert.Equal(administers, Has(page, CommonText.Delete));
        Assert.Equal(administers, page.Markup.Contains(VolumeReplicationText.Create, StringComparison.Ordinal));
    }

    [Fact]
    public void List_Stopped_StartsWithoutADialog()
    {
        Paired();
        Node.VolumeReplications.Have(
            FakeVolumeReplications.Task with { Started = false, StartedAt = null }, FakeVolumeReplications.Synced with { Connection = ReplicationConnection.StandAlone });
        var page = Render<VolumeReplications>();
        Assert.Contains(VolumeReplicationText.Stopped, page.Markup, StringComparison.Ordinal);

        Button(page, VolumeReplicationText.Start).Click();

        Assert.Equal("start replication1", Assert.Single(Node.VolumeReplications.Requests));
    }

    [Fact]
    public void List_SplitBrain_LeadsToTheChoice()
    {
        Paired();
        Node.VolumeReplications.Have(FakeVolumeReplications.Task, FakeVolumeReplications.Split);

        var page = Render<VolumeReplications>();

        Assert.Contains(page.FindAll("a"), a => a.GetAttribute("href") == ConsoleRoutes.SplitBrain("replication1"));
        Assert.Contains(Render<Overview>().FindAll(".problems a"), a => a.GetAttribute("href") == ConsoleRoutes.SplitBrain("replication1"));
    }

    [Fact]
    public void Details_ShowWhatAVerifyFound()
    {
        Node.VolumeReplications.Have(FakeVolumeReplications.Task, FakeVolumeReplications.Different);

        var page = Render<VolumeReplicationDetails>(p => p.Add(d => d.Name, "replication1"));

        Assert.Contains("8 KiB", page.Markup, StringComparison.Ordinal);
        Assert.Contains("at byte 4,096: 4 KiB", page.Markup, StringComparison.Ordinal);
        Assert.Contains("388.9 µs", page.Markup, StringComparison.Ordinal);
        Assert.True(Has(page, VolumeReplicationText.Heal));
        Assert.False(Has(page, VolumeReplicationText.ClearMetadata));
        Assert.False(Has(page, VolumeReplicationText.ForceSource));
    }

    [Fact]
    public void Details_DestinationWithoutSource_OffersTheRareDecisions()
    {
        Node.VolumeReplications.Have(
            FakeVolumeReplications.Task with { Role = ReplicationRole.Destination },
            FakeVolumeReplications.Synced with { Role = ReplicationRole.Destination, PeerRole = null, Connection = ReplicationConnection.Connecting });

        var page = Render<VolumeReplicationDetails>(p => p.Add(d => d.Name, "replication1"));

        Assert.True(Has(page, VolumeReplicationText.ClearMetadata));
        Assert.True(Has(page, VolumeReplicationText.ForceSource));
    }

    [Fact]
    public void Details_UnknownName_SaysSo()
    {
        var page = Render<VolumeReplicationDetails>(p => p.Add(d => d.Name, "nothing"));

        Assert.Contains(Sentence.Of(VolumeReplicationText.NoSuchTask, "nothing"), page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void SplitBrain_ShowsBothSidesAndAsksForOne()
    {
        Node.VolumeReplications.Have(FakeVolumeReplications.Task, FakeVolumeReplications.Split);

        var page = Render<SplitBrain>(p => p.Add(d => d.Name, "replication1"));

        Assert.Contains("18 MiB", page.Find("#here").TextContent, StringComparison.Ordinal);
        Assert.Contains("6 MiB", page.Find("#peer").TextContent, StringComparison.Ordinal);
        Assert.Contains("node-b", page.Find("#peer").TextContent, StringComparison.Ordinal);
        Assert.Empty(Node.VolumeReplications.Requests);
    }

    [Fact]
    public void SplitBrain_ShowsWhereEachSideChanged()
    {
        var (here, there) = (new long[ChangeMap.Parts], new long[ChangeMap.Parts]);
        (here[0], here[5], there[5]) = (4096, 8192, 4096);
        Node.VolumeReplications.Changes = new ReplicationChanges(new ChangeMap(ByteSize.GiB, here), new ChangeMap(ByteSize.GiB, there), null);
        Node.VolumeReplications.Have(FakeVolumeReplications.Task, FakeVolumeReplications.Split);

        var page = Render<SplitBrain>(p => p.Add(d => d.Name, "replication1"));

        var strips = page.FindAll(".change-strip");
        Assert.Equal((1, 1), (strips[0].QuerySelectorAll(".change-one").Length, strips[0].QuerySelectorAll(".change-both").Length));
        Assert.Equal((0, 1), (strips[1].QuerySelectorAll(".change-one").Length, strips[1].QuerySelectorAll(".change-both").Length));
        Assert.Contains(Sentence.Of(VolumeReplicationText.ChangesBoth, 1, ChangeMap.Parts), page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void SplitBrain_PeerAway_SaysWhyItsChangesAreNotShown()
    {
        Node.VolumeReplications.Changes = new ReplicationChanges(new ChangeMap(ByteSize.GiB, new long[ChangeMap.Parts]), null, new Problem(ProblemCodes.PairUnreachable, "nodeb does not answer."));
        Node.VolumeReplications.Have(FakeVolumeReplications.Task, FakeVolumeReplications.Split);

        var page = Render<SplitBrain>(p => p.Add(d => d.Name, "replication1"));

        Assert.Single(page.FindAll(".change-strip"));
        Assert.Contains(VolumeReplicationText.ChangesPeerUnknown, page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Details_ShowScheduleStagesAndLink()
    {
        var run = Sample.Run("replication1 verify") with { Kind = TaskKind.VolumeReplicationVerify, Status = RunStatus.Warning, Reason = "verify-not-connected", Detail = "The two nodes were not connected." };
        Node.VolumeReplications.Have(
            FakeVolumeReplications.Task with { VerifySchedule = Sample.Task("replication1 verify", TaskKind.VolumeReplicationVerify) with { Schedule = "Sun 02:00", LastRun = run } },
            FakeVolumeReplications.Synced with
            {
                Counters = FakeVolumeReplications.Synced.Counters with
                {
                    Stages = [new StageLatency(ReplicationStage.PeerFlush, 100, 12, 321, 654.3, 987)],
                    Link = new LinkCounters(1234, 567, 3, 10 * ByteSize.MiB, ByteSize.KiB, null),
                },
            });

        var page = Render<VolumeReplicationDetails>(p => p.Add(d => d.Name, "replication1"));

        Assert.Contains("Sun 02:00", page.Markup, StringComparison.Ordinal);
        Assert.Contains("The two nodes were not connected.", page.Markup, StringComparison.Ordinal);
        Assert.Contains("654.3 µs", page.Markup, StringComparison.Ordinal);
        Assert.Contains(VolumeReplicationText.StagePeerFlush, page.Markup, StringComparison.Ordinal);
        Assert.Contains("10 MiB/s", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void SplitBrain_ForViewers_OffersNoChoice()
    {
        SignInAs(UserRole.Operator);
        Node.VolumeReplications.Have(FakeVolumeReplications.Task, FakeVolumeReplications.Split);

        var page = Render<SplitBrain>(p => p.Add(d => d.Name, "replication1"));

        Assert.Empty(page.FindAll("#here button, #peer button"));
    }

    [Fact]
    public void SplitBrain_Decided_IsNotAskedAgain()
    {
        Node.VolumeReplications.Have(FakeVolumeReplications.Task, FakeVolumeReplications.Synced);

        var page = Render<SplitBrain>(p => p.Add(d => d.Name, "replication1"));

        Assert.Contains(VolumeReplicationText.NoSplitBrain, page.Markup, StringComparison.Ordinal);
        Assert.Empty(page.FindAll("#here"));
    }

    [Theory]
    [InlineData(DataState.UpToDate, "最新")]
    [InlineData(DataState.Consistent, "整合")]
    [InlineData(DataState.Inconsistent, "不整合")]
    [InlineData(DataState.Outdated, "期限切れ")]
    [InlineData(DataState.Failed, "障害")]
    [InlineData(DataState.Diskless, "ディスクなし")]
    public void DataStates_InJapanese_AreTheGlossarysWords(DataState state, string word)
    {
        UseCulture("ja");

        Assert.Equal(word, ReplicationLabels.Data(state).Text);
    }

    [Fact]
    public void Volumes_ShowReplicationOnAndOff()
    {
        Node.Live.Volumes = [Sample.Volume()];
        Assert.Contains(VolumeReplicationText.Off, Render<Volumes>().Markup, StringComparison.Ordinal);

        Node.Live.Replications = [FakeVolumeReplications.Synced with { VolumeId = Sample.Volume().Id }];

        Assert.Contains(Render<Volumes>().FindAll("a"), a => a.GetAttribute("href") == ConsoleRoutes.VolumeReplication("replication1"));
    }

    private static bool Has<T>(IRenderedComponent<T> page, string text) where T : Microsoft.AspNetCore.Components.IComponent =>
        page.FindAll("button").Any(b => b.TextContent.Contains(text, StringComparison.Ordinal));

    private static AngleSharp.Dom.IElement Button<T>(IRenderedComponent<T> page, string text) where T : Microsoft.AspNetCore.Components.IComponent =>
        page.FindAll("button").First(b => b.TextContent.Contains(text, StringComparison.Ordinal));

    private void Paired() => Node.Peer.Become("node-b", new PeerStatus(PeerState.Reachable, Sample.Time));
}
