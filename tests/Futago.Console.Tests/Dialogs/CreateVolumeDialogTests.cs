using Bunit;
using Futago.Console.Components.Dialogs;
using Futago.Console.Resources;
using Futago.Console.Tests.Fakes;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Volumes;

namespace Futago.Console.Tests.Dialogs;

public sealed class CreateVolumeDialogTests : DialogContext
{
    [Fact]
    public void Size_Slid_IsShownAsTextAndAskedFor()
    {
        var dialog = RenderDialog();

        dialog.Find("input[type=range]").Input("1536");
        Submit(dialog);

        Assert.Equal("1.5 GiB", dialog.Find("#sizeBytes").GetAttribute("value"));
        Assert.Equal(1536 * ByteSize.MiB, Asked.SizeBytes);
    }

    [Fact]
    public void Size_Typed_MovesTheSlider()
    {
        var dialog = RenderDialog();

        Type(dialog, "sizeBytes", "512 MiB");

        Assert.Equal("512", dialog.Find("input[type=range]").GetAttribute("value"));
    }

    [Fact]
    public void Slider_EndsAtWhatIsFree()
    {
        var dialog = RenderDialog();

        Assert.Equal("2048", dialog.Find("input[type=range]").GetAttribute("max"));
    }

    [Theory]
    [InlineData("", "Not a size")]
    [InlineData("ten", "Not a size")]
    [InlineData("-1 GiB", "Not a size")]
    [InlineData("99999999999999999999 PiB", "Not a size")]
    [InlineData("0", "Too small")]
    [InlineData("1 KiB", "Too small")]
    [InlineData("3 GiB", "Larger than what is free: at most 2 GiB fits.")]
    public void Size_Bad_IsExplainedAndNothingIsAsked(string text, string expected)
    {
        var dialog = RenderDialog();

        Type(dialog, "sizeBytes", text);
        Submit(dialog);

        Assert.StartsWith(expected, ErrorAt(dialog, "sizeBytes"), StringComparison.Ordinal);
        Assert.Empty(Node.Volumes.Requests);
        Assert.False(Closed);
    }

    [Theory]
    [InlineData("ten")]
    [InlineData("3 GiB")]
    public void Size_Mended_LosesItsErrorAtOnce(string bad)
    {
        var dialog = RenderDialog();
        Type(dialog, "sizeBytes", bad);
        Submit(dialog);

        Type(dialog, "sizeBytes", "1 GiB");

        Assert.Null(ErrorAt(dialog, "sizeBytes"));
    }

    [Fact]
    public void Size_TooLargeThenThin_LosesItsErrorAtOnce()
    {
        var dialog = RenderDialog();
        Type(dialog, "sizeBytes", "3 GiB");
        Submit(dialog);

        dialog.Find("#thin").Change(true);

        Assert.Null(ErrorAt(dialog, "sizeBytes"));
    }

    [Fact]
    public void Refusal_FieldChanged_GoesAwayAndOtherErrorsStay()
    {
        Node.Volumes.Refusal = new Problem(ProblemCodes.NameTaken, "There is a volume lv0000 in vg00 already.", "name");
        var dialog = RenderDialog();
        Submit(dialog);
        Type(dialog, "sizeBytes", "512 MiB");
        Assert.NotNull(ErrorAt(dialog, "name"));

        Type(dialog, "name", "other");

        Assert.Null(ErrorAt(dialog, "name"));
    }

    [Fact]
    public void Thin_LargerThanFree_IsAsked()
    {
        var dialog = RenderDialog();

        dialog.Find("#thin").Change(true);
        Type(dialog, "sizeBytes", "3 GiB");
        Submit(dialog);

        Assert.True(Asked.Thin);
        Assert.Equal(3 * ByteSize.GiB, Asked.SizeBytes);
    }

    [Fact]
    public void Thin_TurnedOffAgain_TheSizeIsTooLarge()
    {
        var dialog = RenderDialog();
        dialog.Find("#thin").Change(true);
        Type(dialog, "sizeBytes", "3 GiB");

        dialog.Find("#thin").Change(false);
        Submit(dialog);

        Assert.StartsWith("Larger than what is free", ErrorAt(dialog, "sizeBytes"), StringComparison.Ordinal);
        Assert.Empty(Node.Volumes.Requests);
    }

    [Theory]
    [InlineData("1volume")]
    [InlineData("a b")]
    [InlineData("a/b")]
    public void Name_Bad_IsExplained(string name)
    {
        var dialog = RenderDialog();

        Type(dialog, "name", name);
        Submit(dialog);

        Assert.Equal(FieldsText.ObjectName, ErrorAt(dialog, "name"));
        Assert.Empty(Node.Volumes.Requests);
    }

    [Fact]
    public void Name_Empty_TakesTheNextDefaultName()
    {
        var dialog = RenderDialog();

        Submit(dialog);

        Assert.Null(Asked.Name);
        Assert.Equal("lv0001", dialog.Find("#name").GetAttribute("placeholder"));
        Assert.True(Closed);
    }

    [Fact]
    public void FileIo_Thick_OffersTheInitialisationLimit()
    {
        var dialog = RenderDialog();
        Assert.Empty(dialog.FindAll("#initialisationLimitBytesPerSecond"));

        dialog.Find("#ioType-1").Change(true);
        Type(dialog, "initialisationLimitBytesPerSecond", "100 MiB");
        Submit(dialog);

        Assert.Equal(IoType.File, Asked.IoType);
        Assert.Equal(100 * ByteSize.MiB, Asked.InitialisationLimitBytesPerSecond);
    }

    [Fact]
    public void Refusal_WithField_StandsBesideTheFieldAndKeepsTheDialogOpen()
    {
        Node.Volumes.Refusal = new Problem(ProblemCodes.NameTaken, "There is a volume lv0000 in vg00 already.", "name");
        var dialog = RenderDialog();

        Submit(dialog);

        Assert.Equal("There is a volume lv0000 in vg00 already.", ErrorAt(dialog, "name"));
        Assert.False(Closed);
    }

    [Fact]
    public void Refusal_WithoutField_StandsInTheDialog()
    {
        Node.Volumes.Refusal = new Problem(ProblemCodes.EngineUnreachable, "The engine does not answer.");
        var dialog = RenderDialog();

        Submit(dialog);

        Assert.Contains("The engine does not answer.", dialog.Find(".note.tone-bad").TextContent, StringComparison.Ordinal);
        Assert.False(Closed);
    }

    [Fact]
    public void NoGroup_SaysSoAndCannotBeSubmitted()
    {
        var dialog = Render<CreateVolumeDialog>(p => p.Add(d => d.Groups, []));

        Assert.Contains(VolumesText.NoGroups, dialog.Markup, StringComparison.Ordinal);
        Assert.True(dialog.Find("button[type=submit]").HasAttribute("disabled"));
    }

    private CreateVolumeRequest Asked => Assert.IsType<CreateVolumeRequest>(Assert.Single(Node.Volumes.Requests));

    private IRenderedComponent<CreateVolumeDialog> RenderDialog() => Render<CreateVolumeDialog>(p => p
        .Add(d => d.Groups, [Sample.Group()])
        .Add(d => d.Volumes, [Sample.Volume()]));
}
