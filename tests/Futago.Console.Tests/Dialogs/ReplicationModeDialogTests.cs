using Bunit;
using Futago.Console.Components.Dialogs;
using Futago.Console.Resources;
using Futago.Console.Tests.Fakes;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Replication;
using Futago.Engine.Contracts.Volumes;

namespace Futago.Console.Tests.Dialogs;

public sealed class ReplicationModeDialogTests : DialogContext
{
    private static readonly VolumeInfo Volume = Sample.Volume() with { UsedBy = [] };

    private static readonly Problem OnlyCopy = new(
        ProblemCodes.VolumeReplicationClearOnlyCopy, "Volume vg00/lv0000 is the only side with the newest data.", null,
        new Dictionary<string, string> { ["volume"] = "vg00/lv0000", ["bytes"] = "4 KiB" });

    [Fact]
    public void Destination_SaysWhatItDoes_AndIsSet()
    {
        var dialog = Open(Volume);
        Assert.True(dialog.Find("#mode-2").HasAttribute("disabled"));

        dialog.Find("#mode-1").Change("on");
        Assert.Contains(VolumeReplicationText.ModeDestinationNow, dialog.Markup, StringComparison.Ordinal);
        Submit(dialog);

        Assert.Equal(("vg00/lv0000", VolumeReplicationMode.Destination), Assert.Single(Node.Volumes.Requests));
        Assert.True(Closed);
    }

    [Fact]
    public void Destination_OfAVolumeInUse_CannotBeChosenAndSaysWhy()
    {
        var dialog = Open(Volume with { UsedBy = ["share office"] });

        Assert.True(dialog.Find("#mode-1").HasAttribute("disabled"));
        Assert.Contains("share office", dialog.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Refusal_OfTheNode_StaysAtTheField()
    {
        Node.Volumes.Refusal = new Problem(ProblemCodes.VolumeReplicationDestinationInUse, "Volume vg00/lv0000 is in use (target t0, LUN 1).", "mode");
        var dialog = Open(Volume);
        dialog.Find("#mode-1").Change("on");

        Submit(dialog);

        Assert.Equal("Volume vg00/lv0000 is in use (target t0, LUN 1).", ErrorAt(dialog, "mode"));
        Assert.False(Closed);
    }

    [Fact]
    public void Clear_NeedsTheName()
    {
        Node.Volumes.ClearPreview = new ClearReplicationPreview(VolumeReplicationMode.Destination, true, null, false);
        var dialog = Open(Volume);
        dialog.Find("#mode-2").Change("on");
        Assert.Contains(VolumeReplicationText.ModeUnlocks, dialog.Markup, StringComparison.Ordinal);
        Assert.Contains(VolumeReplicationText.ModeClearMetadata, dialog.Markup, StringComparison.Ordinal);
        Assert.True(dialog.Find("button[type=submit]").HasAttribute("disabled"));

        Type(dialog, "confirm", "lv0000");
        Submit(dialog);

        Assert.Equal(("vg00/lv0000", new ClearVolumeReplicationMode("lv0000")), Assert.Single(Node.Volumes.Requests));
    }

    [Fact]
    public void Clear_OfTheOnlyNewestSide_SaysSoAndNeedsInsisting()
    {
        Node.Volumes.ClearPreview = new ClearReplicationPreview(VolumeReplicationMode.None, true, OnlyCopy, true);
        var dialog = Open(Volume);
        Assert.Contains(OnlyCopy.Detail, dialog.Markup, StringComparison.Ordinal);
        Type(dialog, "confirm", "lv0000");
        Assert.True(dialog.Find("button[type=submit]").HasAttribute("disabled"));

        dialog.Find("#anyway").Change(true);
        Submit(dialog);

        Assert.Equal(("vg00/lv0000", new ClearVolumeReplicationMode("lv0000", Anyway: true)), Assert.Single(Node.Volumes.Requests));
    }

    /// <summary>What is true now, not what was true when the dialog was opened: nobody has to close it to be able to insist.</summary>
    [Fact]
    public void Clear_RefusedMeanwhile_SaysWhyAndHowToInsist()
    {
        Node.Volumes.ClearPreview = new ClearReplicationPreview(VolumeReplicationMode.Destination, false, null, false);
        var dialog = Open(Volume);
        dialog.Find("#mode-2").Change("on");
        Type(dialog, "confirm", "lv0000");
        Node.Volumes.Refusal = OnlyCopy;
        Node.Volumes.ClearPreview = new ClearReplicationPreview(VolumeReplicationMode.Destination, true, OnlyCopy, true);

        Submit(dialog);

        Assert.False(Closed);
        Assert.Equal(2, dialog.Markup.Split(OnlyCopy.Detail).Length);
        Assert.NotNull(dialog.Find("#anyway"));
        Assert.True(dialog.Find("button[type=submit]").HasAttribute("disabled"));
        Assert.Equal("", dialog.Find("#confirm").GetAttribute("value") ?? "");
    }

    [Fact]
    public void VolumeInATask_LeadsToTheTask()
    {
        Node.Volumes.ClearPreview = new ClearReplicationPreview(VolumeReplicationMode.Source, true, new Problem(
            ProblemCodes.VolumeReplicationModeOfTask, "The volume vg00/lv0000 has its mode from the volume replication task replication1.", null,
            new Dictionary<string, string> { ["volume"] = "vg00/lv0000", ["task"] = "replication1" }), false);

        var dialog = Open(Volume);

        Assert.Equal("replication1", dialog.Find(".note a").TextContent);
        Assert.Empty(dialog.FindAll("button[type=submit]"));
    }

    [Fact]
    public void Japanese_SaysItAll()
    {
        UseCulture("ja");
        Node.Volumes.ClearPreview = new ClearReplicationPreview(VolumeReplicationMode.None, true, OnlyCopy, true);

        var dialog = Open(Volume);

        Assert.Contains("ボリュームレプリケーションモード", dialog.Markup, StringComparison.Ordinal);
        Assert.Contains("最新のデータは論理ボリューム vg00/lv0000 にしかありません", dialog.Markup, StringComparison.Ordinal);
        Assert.Contains("メタデータの消去", dialog.Markup, StringComparison.Ordinal);
    }

    private IRenderedComponent<ReplicationModeDialog> Open(VolumeInfo volume) => Render<ReplicationModeDialog>(p => p.Add(d => d.Volume, volume));
}
