using Bunit;
using Futago.Console.Client.Pairing;
using Futago.Console.Client.Users;
using Futago.Console.Components;
using Futago.Console.Components.Dialogs;
using Futago.Console.Components.Layout;
using Futago.Console.Components.Pages;
using Futago.Console.Components.Presentation;
using Futago.Console.Resources;
using Futago.Console.Tests.Fakes;
using Futago.Engine.Contracts;

namespace Futago.Console.Tests.Pages;

public sealed class PairPageTests : DialogContext
{
    [Fact]
    public void NotPaired_Page_OffersBothWays()
    {
        var page = Render<PairPage>();

        Assert.Contains(PairText.NotPaired, page.Markup, StringComparison.Ordinal);
        Assert.Contains(PairText.MakeCode, page.Markup, StringComparison.Ordinal);
        Assert.Contains(PairText.Join, page.Markup, StringComparison.Ordinal);
        Assert.Empty(page.FindAll("#path"));
    }

    [Theory]
    [InlineData(UserRole.Viewer, false, false)]
    [InlineData(UserRole.Operator, false, true)]
    [InlineData(UserRole.Administrator, true, true)]
    public void Paired_Page_OffersWhatTheRoleMay(UserRole role, bool unpair, bool test)
    {
        SignInAs(role);
        Node.Pair.View = FakePair.Paired;

        var page = Render<PairPage>();

        Assert.Equal(unpair, page.FindAll(".text-danger").Count > 0);
        Assert.Equal(test, page.Markup.Contains(PairText.TestPath, StringComparison.Ordinal));
        Assert.DoesNotContain(PairText.MakeCode, page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Paired_Page_ShowsPeerAndClock()
    {
        Node.Pair.View = FakePair.Paired;

        var page = Render<PairPage>();

        var peer = page.Find("#peer").TextContent;
        Assert.Contains("node-b", peer, StringComparison.Ordinal);
        Assert.Contains("+12.5 ms", peer, StringComparison.Ordinal);
        Assert.Contains("10.78.0.2:7789", peer, StringComparison.Ordinal);
        Assert.Contains(StatesText.PeerReachable, peer, StringComparison.Ordinal);
    }

    [Fact]
    public void Peer_GoneMeanwhile_IsShownWithoutReloading()
    {
        Node.Pair.View = FakePair.Paired;
        var page = Render<PairPage>();

        Node.Peer.Become("node-b", new PeerStatus(PeerState.PairUnknown, Sample.Time, new Problem(ProblemCodes.PairNotPaired, "The node is not paired with the one that asks.")));

        page.WaitForAssertion(() => Assert.Contains(StatesText.PeerPairUnknown, page.Markup, StringComparison.Ordinal));
        Assert.Contains(PairText.PairUnknownText, page.Markup, StringComparison.Ordinal);
    }

    /// <summary>The key of the peer's console is another one: what to do is on the page.</summary>
    [Fact]
    public void Peer_WithAnotherKey_SaysWhatToDo()
    {
        Node.Pair.View = FakePair.Paired;
        var page = Render<PairPage>();
        Assert.DoesNotContain(PairText.CertificateChangedText, page.Markup, StringComparison.Ordinal);

        Node.Peer.Become("node-b", new PeerStatus(PeerState.Unreachable, Sample.Time, new Problem(ProblemCodes.PairCertificateMismatch, "It shows another certificate.")));

        page.WaitForAssertion(() => Assert.Contains(PairText.CertificateChangedText, page.Markup, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Page_Disposed_NoLongerFollowsThePeer()
    {
        Render<PairPage>();
        Assert.True(Node.Peer.HasSubscribers);

        await DisposeComponentsAsync();

        Assert.False(Node.Peer.HasSubscribers);
    }

    [Fact]
    public void PathTest_Done_ShowsWhatWasMeasured()
    {
        Node.Pair.View = FakePair.Paired;
        var page = Render<PairPage>();

        page.Find("#path button").Click();

        page.WaitForAssertion(() => Assert.Contains("median 84.0 µs", page.Find("#path").TextContent, StringComparison.Ordinal));
        Assert.Contains("400 MiB/s", page.Find("#path").TextContent, StringComparison.Ordinal);
        Assert.Contains("1,500", page.Find("#path").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void PathTest_Refused_LeavesThePageAsItWas()
    {
        Node.Pair.View = FakePair.Paired;
        Node.Pair.Refusal = new Problem(ProblemCodes.LinkUnreachable, "The peer cannot be reached.");
        var page = Render<PairPage>();

        page.Find("#path button").Click();

        page.WaitForAssertion(() => Assert.False(page.Find("#path button").HasAttribute("disabled")));
        Assert.Empty(page.FindAll("#path dl"));
    }

    [Fact]
    public void Code_Dialog_SaysWhereThisNodeIs()
    {
        var dialog = Render<PairCodeDialog>(p => p.Add(d => d.Code, new PairCode("7K3M-7K3M-7K3M-7K3M", Sample.Time)).Add(d => d.Addresses, ["10.77.0.1", "10.78.0.1"]));

        Assert.Equal("7K3M-7K3M-7K3M-7K3M", dialog.Find("pre").TextContent);
        Assert.Contains("10.77.0.1, 10.78.0.1", dialog.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Join_AddressAndCode_AreAsked()
    {
        var dialog = Render<JoinDialog>();
        Submit(dialog);
        Assert.Equal((FieldsText.Required, FieldsText.Required), (ErrorAt(dialog, "address"), ErrorAt(dialog, "code")));
        Assert.Empty(Node.Pair.Requests);

        Type(dialog, "address", " 10.78.0.2 ");
        Type(dialog, "code", "7k3m-7k3m-7k3m-7k3m");
        Submit(dialog);

        Assert.Equal(new JoinRequest("10.78.0.2", "7k3m-7k3m-7k3m-7k3m"), Assert.Single(Node.Pair.Requests));
        Assert.True(Closed);
    }

    [Fact]
    public void Join_Refused_KeepsTheDialogWithTheReasonAtItsField()
    {
        Node.Pair.Refusal = new Problem(ProblemCodes.PairCodeExpired, "The pairing code is older than ten minutes.", "code");
        var dialog = Render<JoinDialog>();
        Type(dialog, "address", "10.78.0.2");
        Type(dialog, "code", "7K3M-7K3M-7K3M-7K3M");

        Submit(dialog);

        Assert.False(Closed);
        Assert.Equal("The pairing code is older than ten minutes.", ErrorAt(dialog, "code"));
    }

    [Fact]
    public void Network_AddressChosen_IsSaved()
    {
        var dialog = Render<ReplicationNetworkDialog>(p => p.Add(d => d.Pair, FakePair.Paired));

        dialog.Find("#replicationAddress").Change("10.78.0.1");
        Type(dialog, "linkPort", "7800");
        Submit(dialog);

        Assert.Equal(new UpdatePairRequest("10.78.0.1", 7800), Assert.Single(Node.Pair.Requests));
    }

    [Fact]
    public void Network_AddressThatIsGone_StaysChosen()
    {
        var dialog = Render<ReplicationNetworkDialog>(p => p.Add(d => d.Pair, FakePair.Paired with { ReplicationAddress = "10.99.0.1" }));

        Submit(dialog);

        Assert.Equal(new UpdatePairRequest("10.99.0.1", 7789), Assert.Single(Node.Pair.Requests));
    }

    [Fact]
    public void Shell_Paired_ShowsThePeersState()
    {
        var bar = Render<TopBar>();
        Assert.Empty(bar.FindAll(".peer-state"));

        Node.Peer.Become("node-b", new PeerStatus(PeerState.Reachable, Sample.Time));
        bar.WaitForAssertion(() => Assert.Contains(StatesText.PeerReachable, bar.Find(".peer-state").TextContent, StringComparison.Ordinal));

        Node.Peer.Become("node-b", new PeerStatus(PeerState.Reachable, Sample.Time, ClockDifferenceMilliseconds: 2500, ClockOff: true));
        bar.WaitForAssertion(() => Assert.Contains(StatesText.PeerClockOff, bar.Find(".peer-state").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public void Overview_PeerNotReachable_IsAmongTheProblems()
    {
        Node.Peer.Become("node-b", new PeerStatus(PeerState.Unreachable, Sample.Time, new Problem(ProblemCodes.PairUnreachable, "node-b does not answer.")));

        var page = Render<Overview>();

        Assert.Contains(page.FindAll(".problems a"), a => a.GetAttribute("href") == ConsoleRoutes.Pair);
        Assert.Contains("node-b does not answer.", page.Markup, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(PeerState.Reachable, Tone.Good)]
    [InlineData(PeerState.Unreachable, Tone.Bad)]
    [InlineData(PeerState.PairUnknown, Tone.Bad)]
    [InlineData(PeerState.Unknown, Tone.Neutral)]
    public void PeerState_HasWordsAndColour(PeerState state, Tone tone)
    {
        var label = StateLabels.Of(state);

        Assert.Equal(tone, label.Tone);
        Assert.NotEqual("", label.Text);
    }
}
