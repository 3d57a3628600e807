using Bunit;
using Futago.Console.Client.Volumes;
using Futago.Console.Components.Dialogs;
using Futago.Console.Components.Presentation;
using Futago.Console.Resources;
using Futago.Console.Tests.Fakes;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Volumes;

namespace Futago.Console.Tests.Dialogs;

public sealed class DestructiveDialogTests : DialogContext
{
    [Theory]
    [InlineData("")]
    [InlineData("vg0")]
    [InlineData("VG00")]
    public void Consequence_NameNotTyped_NothingHappens(string typed)
    {
        var done = new List<string>();
        var dialog = RenderConsequence(done.Add);

        Type(dialog, "confirm", typed);
        Submit(dialog);

        Assert.True(dialog.Find("button[type=submit]").HasAttribute("disabled"));
        Assert.Equal(FieldsText.ConfirmMismatch, ErrorAt(dialog, "confirm"));
        Assert.Empty(done);
    }

    /// <summary>Who has typed the name clicks the button next, or presses Enter: it has to be ready without the field being left first.</summary>
    [Fact]
    public void Consequence_LastKeyOfTheName_ReadiesTheButton()
    {
        var dialog = RenderConsequence(_ => { });

        dialog.Find("#confirm").Input("vg0");
        Assert.True(dialog.Find("button[type=submit]").HasAttribute("disabled"));
        dialog.Find("#confirm").Input("vg00");

        Assert.False(dialog.Find("button[type=submit]").HasAttribute("disabled"));
    }

    [Fact]
    public void Consequence_NameTyped_ActsAndCloses()
    {
        var done = new List<string>();
        var dialog = RenderConsequence(done.Add);

        Type(dialog, "confirm", "vg00");
        Submit(dialog);

        Assert.Equal(["vg00"], done);
        Assert.True(Closed);
    }

    [Fact]
    public void Consequence_ListsWhatIsLost()
    {
        var dialog = RenderConsequence(_ => { });

        Assert.Equal("vg00/lv0000 with all its data.", dialog.Find(".consequences li").TextContent);
    }

    [Fact]
    public void Consequence_Refused_StaysOpenAndSaysWhy()
    {
        var dialog = RenderConsequence(_ => throw new ProblemException(new Problem(ProblemCodes.GroupBusy, "The volume group vg00 is in use.")));

        Type(dialog, "confirm", "vg00");
        Submit(dialog);

        Assert.Contains("The volume group vg00 is in use.", dialog.Find(".note.tone-bad").TextContent, StringComparison.Ordinal);
        Assert.False(Closed);
    }

    [Fact]
    public void Consequence_Cancelled_NothingHappens()
    {
        var done = new List<string>();
        var dialog = RenderConsequence(done.Add);

        dialog.Find(".dialog-buttons button[type=button]").Click();

        Assert.True(Closed);
        Assert.Null(Result);
        Assert.Empty(done);
    }

    [Fact]
    public void DeleteVolume_UsedByStartedTarget_NamesTheTargetToStopAndOffersNoButton()
    {
        Node.Targets.Views.Add(Sample.Target(started: true) with { Luns = [Sample.Lun()] });
        Node.Volumes.Preview = new DeletionPreview("vg00/lv0000", ByteSize.GiB, [], ["target t0, LUN 1"], Blocked: true);

        var dialog = Render<DeleteVolumeDialog>(p => p.Add(d => d.Volume, Sample.Volume()));

        Assert.Equal("/targets/iqn.2026-01.example.futago%3At0", dialog.Find(".consequences a").GetAttribute("href"));
        Assert.Empty(dialog.FindAll("button[type=submit]"));
    }

    [Fact]
    public void DeleteVolume_UsedByStoppedTarget_SaysWhichLunGoesWithIt()
    {
        Node.Targets.Views.Add(Sample.Target() with { Luns = [Sample.Lun()] });

        var dialog = Render<DeleteVolumeDialog>(p => p.Add(d => d.Volume, Sample.Volume()));
        Type(dialog, "confirm", "lv0000");
        Submit(dialog);

        Assert.Contains(dialog.FindAll(".consequences li"), line => line.TextContent.Contains($"LUN 1 of {Sample.Iqn}", StringComparison.Ordinal));
        Assert.Equal(("vg00/lv0000", "lv0000"), Assert.Single(Node.Volumes.Requests));
    }

    [Fact]
    public void CreateGroup_UnitInUse_CannotBeChosenAndSaysWhy()
    {
        var dialog = RenderGroup(Sample.Unit("/dev/sda", UnitUse.SystemUse, "ext4 file system, mounted at /"));

        Assert.True(dialog.Find("#unitPath-0").HasAttribute("disabled"));
        Assert.Contains("mounted at /", dialog.Find(".choice-reason").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void CreateGroup_NoUnitChosen_IsExplained()
    {
        var dialog = RenderGroup(Sample.Unit("/dev/sda", UnitUse.SystemUse));

        Submit(dialog);

        Assert.Equal(GroupsText.ChooseUnit, ErrorAt(dialog, "unitPath"));
        Assert.Empty(Node.Volumes.Requests);
    }

    [Fact]
    public void CreateGroup_OnForeignData_WantsThePathTyped()
    {
        var dialog = RenderGroup(Sample.Unit("/dev/sdc", UnitUse.ForeignData, "ext4 file system “backup”"));

        dialog.Find("#unitPath-0").Change(true);
        Submit(dialog);
        Assert.Equal(FieldsText.ConfirmMismatch, ErrorAt(dialog, "confirm"));
        Assert.Empty(Node.Volumes.Requests);

        Type(dialog, "confirm", "/dev/sdc");
        Submit(dialog);
        Assert.Equal(new CreateGroupRequest(null, "/dev/sdc", Overwrite: true), Assert.Single(Node.Volumes.Requests));
    }

    [Fact]
    public void CreateGroup_FreeUnit_IsChosenAndNothingIsOverwritten()
    {
        var dialog = RenderGroup(Sample.Unit());

        Submit(dialog);

        Assert.Equal(new CreateGroupRequest(null, "/dev/sdb", Overwrite: false), Assert.Single(Node.Volumes.Requests));
    }

    [Fact]
    public void CreateImage_ProposesAFreePathInTheImageDirectory()
    {
        var dialog = Render<CreateImageDialog>(p => p.Add(d => d.Taken, ["/var/lib/futago/images/unit0.img"]));

        Submit(dialog);

        Assert.Equal(new CreateImageRequest("/var/lib/futago/images/unit1.img", 4 * ByteSize.GiB), Assert.Single(Node.Volumes.Requests));
    }

    [Theory]
    [InlineData("unit.img", "4 GiB", "path")]
    [InlineData("", "4 GiB", "path")]
    [InlineData("/images/unit.img", "100 MiB", "sizeBytes")]
    [InlineData("/images/unit.img", "much", "sizeBytes")]
    public void CreateImage_BadInput_IsExplained(string path, string size, string field)
    {
        var dialog = Render<CreateImageDialog>();

        Type(dialog, "path", path);
        Type(dialog, "sizeBytes", size);
        Submit(dialog);

        Assert.NotNull(ErrorAt(dialog, field));
        Assert.Empty(Node.Volumes.Requests);
    }

    [Theory]
    [InlineData("1 GiB")]
    [InlineData("512 MiB")]
    [InlineData("4 GiB")]
    [InlineData("")]
    public void Expand_NotLargerOrTooLarge_IsExplained(string size)
    {
        var dialog = Render<ExpandVolumeDialog>(p => p.Add(d => d.Volume, Sample.Volume()).Add(d => d.Group, Sample.Group()));

        Type(dialog, "sizeBytes", size);
        Submit(dialog);

        Assert.NotNull(ErrorAt(dialog, "sizeBytes"));
        Assert.Empty(Node.Volumes.Requests);
    }

    [Theory]
    [InlineData("fast")]
    [InlineData("-5 MiB")]
    [InlineData("1 KiB")]
    public void InitialisationLimit_Bad_IsExplained(string limit)
    {
        var dialog = Render<InitialisationLimitDialog>(p => p.Add(d => d.Volume, Sample.Volume()));

        Type(dialog, "initialisationLimitBytesPerSecond", limit);
        Submit(dialog);

        Assert.Equal(Sentence.Of(FieldsText.SpeedLimit, "1 MiB/s"), ErrorAt(dialog, "initialisationLimitBytesPerSecond"));
        Assert.Empty(Node.Volumes.Requests);
    }

    [Fact]
    public void InitialisationLimit_Empty_RemovesTheLimit()
    {
        var dialog = Render<InitialisationLimitDialog>(p => p.Add(d => d.Volume, Sample.Volume()));

        Submit(dialog);

        Assert.Equal(new UpdateVolumeRequest(InitialisationLimitBytesPerSecond: 0), Assert.Single(Node.Volumes.Requests));
    }

    private IRenderedComponent<ConsequenceDialog> RenderConsequence(Action<string> action) => Render<ConsequenceDialog>(p => p
        .Add(d => d.Text, "The volume group vg00 will be destroyed.")
        .Add(d => d.Consequences, ["vg00/lv0000 with all its data."])
        .Add(d => d.ConfirmName, "vg00")
        .Add(d => d.ActionLabel, "Destroy")
        .Add(d => d.Action, typed =>
        {
            action(typed);
            return Task.CompletedTask;
        }));

    private IRenderedComponent<CreateGroupDialog> RenderGroup(params UnitInfo[] units) => Render<CreateGroupDialog>(p => p.Add(d => d.Units, units));
}
