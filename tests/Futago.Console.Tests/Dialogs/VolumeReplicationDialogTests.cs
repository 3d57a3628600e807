using Bunit;
using Futago.Console.Client.Pairing;
using Futago.Console.Client.VolumeReplication;
using Futago.Console.Components.Dialogs;
using Futago.Console.Resources;
using Futago.Console.Tests.Fakes;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Volumes;

namespace Futago.Console.Tests.Dialogs;

public sealed class VolumeReplicationDialogTests : DialogContext
{
    private static readonly VolumeInfo Volume = Sample.Volume();

    [Fact]
    public void Create_Proposed_MakesTheDestinationAndStarts()
    {
        var dialog = Open(Volume);

        Submit(dialog);

        Assert.Equal(new CreateVolumeReplication("replication1", "vg00/lv0000", "vg00/lv0000", true), Node.VolumeReplications.Requests[0]);
        Assert.Equal("start replication1", Node.VolumeReplications.Requests[1]);
        Assert.True(Closed);
    }

    [Fact]
    public void Create_NasVolume_IsOfferedAndSaysWhatHappensToItsFileSystem()
    {
        var dialog = Open(Volume, Volume with { Id = Guid.NewGuid(), Name = "nas0", Type = VolumeType.Nas });
        Assert.DoesNotContain(VolumeReplicationText.NasHelp, dialog.Markup, StringComparison.Ordinal);

        dialog.Find("#source").Change("vg00/nas0");
        Submit(dialog);

        Assert.Contains(VolumeReplicationText.NasHelp, dialog.Markup, StringComparison.Ordinal);
        Assert.Equal("vg00/nas0", Node.VolumeReplications.Requests.OfType<CreateVolumeReplication>().Single().Source);
    }

    [Fact]
    public void Create_OtherNameLimitNoStart_AreSent()
    {
        var dialog = Open(Volume);
        Type(dialog, "name", "mail");
        Type(dialog, "destination", "vg00/mail");
        Type(dialog, "resyncLimitBytesPerSecond", "50 MiB/s");
        dialog.Find("#start").Change(false);

        Submit(dialog);

        Assert.Equal(new CreateVolumeReplication("mail", "vg00/lv0000", "vg00/mail", true, null, 50 * ByteSize.MiB), Assert.Single(Node.VolumeReplications.Requests));
    }

    [Fact]
    public void Create_ExistingVolume_AsksForItsPath()
    {
        var dialog = Open(Volume);
        dialog.Find("#where-2").Change("on");
        Submit(dialog);
        Assert.Equal(FieldsText.ConfirmMismatch, ErrorAt(dialog, "overwrite"));
        Assert.Empty(Node.VolumeReplications.Requests);

        Type(dialog, "overwrite", "vg00/lv0003");
        Submit(dialog);

        Assert.Equal(new CreateVolumeReplication("replication1", "vg00/lv0000", "vg00/lv0003", false, "vg00/lv0003"), Node.VolumeReplications.Requests[0]);
    }

    [Fact]
    public void Create_WhatCannotBeChosen_SaysWhy()
    {
        var dialog = Open(Volume);

        Assert.True(dialog.Find("#where-1").HasAttribute("disabled"));
        Assert.True(dialog.Find("#where-3").HasAttribute("disabled"));
        Assert.Contains("The volume vg00/lv0004 is in use.", dialog.Markup, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("name", "")]
    [InlineData("destination", "lv0000")]
    [InlineData("destination", "vg00/../x")]
    [InlineData("resyncLimitBytesPerSecond", "fast")]
    public void Create_BadValue_IsSaidAtItsField(string field, string text)
    {
        var dialog = Open(Volume);
        Type(dialog, field, text);

        Submit(dialog);

        Assert.NotNull(ErrorAt(dialog, field));
        Assert.Empty(Node.VolumeReplications.Requests);
    }

    [Fact]
    public void Create_Refused_KeepsTheDialogWithTheReasonAtItsField()
    {
        var dialog = Open(Volume);
        Node.VolumeReplications.Refusal = new Problem(ProblemCodes.VolumeReplicationDestinationExists, "The peer has a volume vg00/lv0000 already.", "destination");

        Submit(dialog);

        Assert.False(Closed);
        Assert.Equal("The peer has a volume vg00/lv0000 already.", ErrorAt(dialog, "destination"));
    }

    [Fact]
    public void Create_PeerAway_SaysSoAndCanTryAgain()
    {
        Node.VolumeReplications.Refusal = new Problem(ProblemCodes.PairUnreachable, "node-b does not answer.");
        var dialog = Open(Volume);
        Assert.Contains("node-b does not answer.", dialog.Markup, StringComparison.Ordinal);

        Node.VolumeReplications.Refusal = null;
        dialog.FindAll("button").First(b => b.TextContent.Contains(CommonText.TryAgain, StringComparison.Ordinal)).Click();

        Assert.NotEmpty(dialog.FindAll("#where-0"));
    }

    [Fact]
    public void Create_NoVolumeLeft_LeadsToTheVolumes()
    {
        var dialog = Render<VolumeReplicationDialog>(p => p
            .Add(d => d.Tasks, [FakeVolumeReplications.Task with { VolumeId = Volume.Id }]).Add(d => d.Volumes, [Volume, Volume with { Id = Guid.NewGuid(), Type = VolumeType.Fc }]));

        Assert.Contains(VolumeReplicationText.NoSources, dialog.Markup, StringComparison.Ordinal);
        Assert.Empty(dialog.FindAll("#name"));
    }

    [Fact]
    public void Delete_NeedsTheName()
    {
        var dialog = Render<DeleteVolumeReplicationDialog>(p => p.Add(d => d.Task, FakeVolumeReplications.Task));
        Submit(dialog);
        Assert.Empty(Node.VolumeReplications.Requests);
        Assert.Empty(dialog.FindAll("#hereOnly"));

        Type(dialog, "confirm", "replication1");
        Submit(dialog);

        Assert.Equal(new DeleteVolumeReplication("replication1"), Assert.Single(Node.VolumeReplications.Requests));
    }

    [Fact]
    public void Delete_PeerAway_OffersThisNodeOnly()
    {
        Node.Peer.Become("node-b", new PeerStatus(PeerState.Unreachable, Sample.Time, new Problem(ProblemCodes.PairUnreachable, "Away.")));
        var dialog = Render<DeleteVolumeReplicationDialog>(p => p.Add(d => d.Task, FakeVolumeReplications.Task));

        dialog.Find("#hereOnly").Change(true);
        Type(dialog, "confirm", "replication1");
        Submit(dialog);

        Assert.Equal(new DeleteVolumeReplication("replication1", true), Assert.Single(Node.VolumeReplications.Requests));
    }

    [Fact]
    public void Limit_EmptyMeansNone()
    {
        var dialog = Render<ResyncLimitDialog>(p => p.Add(d => d.Task, FakeVolumeReplications.Task));
        Assert.Equal("100 MiB/s", dialog.Find("#resyncLimitBytesPerSecond").GetAttribute("value"));

        Type(dialog, "resyncLimitBytesPerSecond", "");
        Submit(dialog);

        Assert.Equal(new UpdateVolumeReplication(0), Assert.Single(Node.VolumeReplications.Requests));
    }

    private IRenderedComponent<VolumeReplicationDialog> Open(params VolumeInfo[] volumes) =>
        Render<VolumeReplicationDialog>(p => p.Add(d => d.Tasks, []).Add(d => d.Volumes, volumes));
}
