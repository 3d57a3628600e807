using Bunit;
using Futago.Console.Client.Targets;
using Futago.Console.Components.Dialogs;
using Futago.Console.Resources;
using Futago.Console.Tests.Fakes;
using Futago.Engine.Contracts.Volumes;

namespace Futago.Console.Tests.Dialogs;

public sealed class TargetDialogTests : DialogContext
{
    [Fact]
    public void CreateTarget_ProposesTheDefaultName()
    {
        var dialog = Render<CreateTargetDialog>();

        Submit(dialog);

        var request = Assert.IsType<CreateTargetRequest>(Assert.Single(Node.Targets.Requests));
        Assert.Equal("iqn.2026-11.local.futago:node-a.target0", request.Name);
        Assert.IsType<TargetView>(Result);
    }

    [Theory]
    [InlineData("")]
    [InlineData("target0")]
    [InlineData("iqn.2026-13.example:t")]
    [InlineData("iqn.26-01.example:t")]
    [InlineData("iqn.2026-01.example: t")]
    [InlineData("iqn.2026-01.example:")]
    [InlineData("eui.0123")]
    public void CreateTarget_BadName_IsExplained(string name)
    {
        var dialog = Render<CreateTargetDialog>();

        Type(dialog, "name", name);
        Submit(dialog);

        Assert.NotNull(ErrorAt(dialog, "name"));
        Assert.Empty(Node.Targets.Requests);
    }

    [Theory]
    [InlineData("256")]
    [InlineData("-1")]
    [InlineData("one")]
    [InlineData("1.5")]
    public void Lun_BadNumber_IsExplained(string number)
    {
        var dialog = RenderLun();

        Type(dialog, "lun", number);
        Submit(dialog);

        Assert.Equal(FieldsText.LunNumber, ErrorAt(dialog, "lun"));
        Assert.Empty(Node.Targets.Requests);
    }

    [Fact]
    public void Lun_TakenNumber_IsExplained()
    {
        var dialog = RenderLun(Sample.Target() with { Luns = [Sample.Lun(1) with { VolumeId = Guid.NewGuid() }] });

        Type(dialog, "lun", "1");
        Submit(dialog);

        Assert.Contains("LUN 1", ErrorAt(dialog, "lun"), StringComparison.Ordinal);
        Assert.Empty(Node.Targets.Requests);
    }

    [Theory]
    [InlineData("123")]
    [InlineData("3a1b2c3d4e5f607g")]
    [InlineData("3a1b2c3d4e5f6071a")]
    public void Lun_BadScsiId_IsExplained(string id)
    {
        var dialog = RenderLun();

        Type(dialog, "scsiId", id);
        Submit(dialog);

        Assert.Equal(FieldsText.ScsiId, ErrorAt(dialog, "scsiId"));
        Assert.Empty(Node.Targets.Requests);
    }

    [Fact]
    public void Lun_WithEverything_AsksForIt()
    {
        var dialog = RenderLun();

        Type(dialog, "lun", "7");
        Type(dialog, "scsiId", "3A1B2C3D4E5F6071");
        dialog.Find("#blockSize").Change("4096");
        dialog.Find("#readOnly").Change(true);
        dialog.Find("#writeBack").Change(true);
        Submit(dialog);

        Assert.Equal(new AddLunRequest("vg00/lv0000", 7, "3A1B2C3D4E5F6071", true, true, 4096, false), Assert.Single(Node.Targets.Requests));
    }

    [Fact]
    public void Lun_CdRom_ListsTheImagesOfTheNasVolumeAndAsksForOne()
    {
        Node.Volumes.IsoImages.Add(new("/iso/debian.iso", 1 << 20));
        var dialog = RenderLun(volumes: [Sample.Volume(), Sample.NasVolume()]);

        dialog.Find("#kind-1").Change(true);
        var offered = dialog.FindAll("#iso-suggestions option").Select(o => o.GetAttribute("value")).ToList();
        Submit(dialog);
        var missing = ErrorAt(dialog, "iso");
        Type(dialog, "iso", "/../etc/shadow");
        Submit(dialog);
        var wrong = ErrorAt(dialog, "iso");
        Type(dialog, "iso", "iso/debian.iso");
        Submit(dialog);

        Assert.Equal(["/iso/debian.iso"], offered);
        Assert.Equal((TargetsText.ChooseImage, TargetsText.IsoPathWrong), (missing, wrong));
        Assert.Empty(dialog.FindAll("#writeBack"));
        Assert.Equal(new AddLunRequest(null, Iso: "vg00/nas0:/iso/debian.iso"), Assert.Single(Node.Targets.Requests));
    }

    [Fact]
    public void Lun_CdRomWithoutNasVolume_SaysSo()
    {
        var dialog = RenderLun();

        dialog.Find("#kind-1").Change(true);

        Assert.Contains(TargetsText.NoNasVolumes, dialog.Markup, StringComparison.Ordinal);
        Assert.True(dialog.Find("button[type=submit]").HasAttribute("disabled"));
    }

    [Fact]
    public void Lun_OfACdRom_ChangesTheMediumOnly()
    {
        var lun = Sample.Lun() with { Volume = "vg00/nas0", VolumeId = Sample.NasVolume().Id, Image = "/iso/debian.iso", ReadOnly = true, Removable = true, BlockSize = 2048 };
        var dialog = Render<LunDialog>(p => p.Add(d => d.Target, Sample.Target() with { Luns = [lun] }).Add(d => d.Lun, lun).Add(d => d.Volumes, [Sample.NasVolume()]));

        Type(dialog, "iso", "/iso/other.iso");
        Submit(dialog);

        Assert.Empty(dialog.FindAll("#kind-0"));
        Assert.Equal(new UpdateLunRequest(1, "3a1b2c3d4e5f6071", Iso: "vg00/nas0:/iso/other.iso"), Assert.Single(Node.Targets.Requests));
    }

    [Fact]
    public void Lun_VolumeOfAnotherTarget_CannotBeChosenAndSaysWhy()
    {
        Node.Targets.Views.Add(Sample.Target("iqn.2026-01.example:other") with { Luns = [Sample.Lun()] });

        var dialog = RenderLun();

        Assert.True(dialog.Find("#volume-0").HasAttribute("disabled"));
        Assert.Contains("iqn.2026-01.example:other", dialog.Find(".choice-reason").TextContent, StringComparison.Ordinal);
        Assert.True(dialog.Find("button[type=submit]").HasAttribute("disabled"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("10.0.0")]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.0/-1")]
    [InlineData("10.0.0.256")]
    [InlineData("fe80::1/129")]
    [InlineData("everybody")]
    public void Allow_BadAddress_IsExplained(string address)
    {
        var dialog = Render<AllowDialog>(p => p.Add(d => d.Target, Sample.Target()));

        Type(dialog, "address", address);
        Submit(dialog);

        Assert.NotNull(ErrorAt(dialog, "address"));
        Assert.Empty(Node.Targets.Requests);
    }

    [Theory]
    [InlineData("10.0.0.1")]
    [InlineData("127.0.0.0/8")]
    [InlineData("fe80::/10")]
    [InlineData("ALL")]
    public void Allow_GoodAddress_IsAsked(string address)
    {
        var dialog = Render<AllowDialog>(p => p.Add(d => d.Target, Sample.Target()));

        Type(dialog, "address", address);
        Submit(dialog);

        Assert.Equal((Sample.Iqn, new AllowRequest(Address: address)), Assert.Single(Node.Targets.Requests));
    }

    [Theory]
    [InlineData("short")]
    [InlineData("elevenchars")]
    [InlineData("seventeencharacte")]
    [InlineData("日本語の秘密ですよねえええ")]
    public void Chap_BadSecret_IsExplained(string secret)
    {
        var dialog = Render<ChapDialog>(p => p.Add(d => d.Target, Sample.Target()));

        Type(dialog, "chapUser", "u1");
        Type(dialog, "chapSecret", secret);
        Submit(dialog);

        Assert.Equal(FieldsText.ChapSecret, ErrorAt(dialog, "chapSecret"));
        Assert.Empty(Node.Targets.Requests);
    }

    [Fact]
    public void Chap_Mutual_AsksForTheMutualAccountOnly()
    {
        var dialog = Render<ChapDialog>(p => p.Add(d => d.Target, Sample.Target()).Add(d => d.Mutual, true));

        Type(dialog, "mutualUser", "node");
        Type(dialog, "mutualSecret", "twelve chars");
        Submit(dialog);

        Assert.Equal(new UpdateTargetRequest(MutualUser: "node", MutualSecret: "twelve chars"), Assert.Single(Node.Targets.Requests));
    }

    private IRenderedComponent<LunDialog> RenderLun(TargetView? target = null, params IReadOnlyList<VolumeInfo> volumes) => Render<LunDialog>(p => p
        .Add(d => d.Target, target ?? Sample.Target())
        .Add(d => d.Volumes, volumes.Count == 0 ? [Sample.Volume()] : volumes));
}
