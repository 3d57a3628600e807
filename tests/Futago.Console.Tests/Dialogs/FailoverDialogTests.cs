using Bunit;
using Futago.Console.Client.Failover;
using Futago.Console.Components.Dialogs;
using Futago.Console.Components.Failover;
using Futago.Console.Tests.Fakes;
using Futago.Engine.Contracts;

namespace Futago.Console.Tests.Dialogs;

public sealed class FailoverDialogTests : DialogContext
{
    [Theory]
    [InlineData(FailoverParts.Tasks)]
    [InlineData(FailoverParts.VirtualIps)]
    [InlineData(FailoverParts.Auxiliaries)]
    [InlineData(FailoverParts.PingNodes)]
    public void Part_Saved_SendsThatPartAlone(FailoverParts part)
    {
        var dialog = Render<FailoverPartDialog>(p => p.Add(d => d.Part, part).Add(d => d.Definition, FakeFailover.Definition));

        Submit(dialog);

        var sent = Assert.IsType<FailoverChange>(Assert.Single(Node.Failover.Requests));
        Assert.Equal(part == FailoverParts.Tasks, sent.Tasks is not null);
        Assert.Equal(part == FailoverParts.VirtualIps, sent.VirtualIps is not null);
        Assert.Equal(part == FailoverParts.Auxiliaries, sent.Auxiliaries is not null);
        Assert.Equal(part == FailoverParts.PingNodes, sent.PingNodes is not null);
        Assert.Null(sent.Witness);
        Assert.True(Closed);
    }

    [Fact]
    public void Part_OfANewFailoverWithoutTasks_MakesNoVolumes()
    {
        Node.Failover.Offer = Node.Failover.Offer with { Tasks = [] };
        var dialog = Render<FailoverPartDialog>(p => p.Add(d => d.Part, FailoverParts.PingNodes));

        Type(dialog, "pingNodes", "10.77.0.254");
        Submit(dialog);

        Assert.Null(Assert.IsType<FailoverChange>(Assert.Single(Node.Failover.Requests)).NewVolumes);
    }

    [Fact]
    public void Part_Refused_StaysOpenWithTheReasonAtTheField()
    {
        Node.Failover.Refusal = new Problem(ProblemCodes.FailoverPingNodeIsNode, "10.77.0.2 belongs to node-b.", "pingNodes");
        var dialog = Render<FailoverPartDialog>(p => p.Add(d => d.Part, FailoverParts.PingNodes).Add(d => d.Definition, FakeFailover.Definition));

        Type(dialog, "pingNodes", "10.77.0.2");
        Submit(dialog);

        Assert.False(Closed);
        Assert.Equal("10.77.0.2 belongs to node-b.", ErrorAt(dialog, "pingNodes"));
    }

    [Fact]
    public void Part_PeerAway_SaysSo()
    {
        Node.Failover.Offer = Node.Failover.Offer with { PeerNics = [], PeerProblem = new Problem(ProblemCodes.PairUnreachable, "node-b cannot be reached.") };

        var dialog = Render<FailoverPartDialog>(p => p.Add(d => d.Part, FailoverParts.VirtualIps));

        Assert.Contains("node-b cannot be reached.", dialog.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void ServeAnyway_OnlyWithTheNameTyped()
    {
        var view = new FailoverView("node-a", "node-b", FakeFailover.Definition, FakeFailover.Running, null);
        var dialog = Render<ServeAnywayDialog>(p => p.Add(d => d.View, view));
        Type(dialog, "confirm", "node-b");
        Submit(dialog);
        Assert.Empty(Node.Failover.Requests);

        dialog.Find("#force").Change(true);
        Type(dialog, "confirm", "node-a");
        Submit(dialog);

        Assert.Equal(new ServeAnyway("node-a", Force: true), Assert.Single(Node.Failover.Requests));
    }
}
