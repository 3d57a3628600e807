using Bunit;
using Futago.Console.Client.Users;
using Futago.Console.Components.Dialogs;
using Futago.Console.Resources;
using Futago.Console.Tests.Fakes;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Shares;
using Futago.Engine.Contracts.Snapshots;
using Futago.Engine.Contracts.Volumes;
using Radzen.Blazor;
using SharesPage = Futago.Console.Components.Pages.Shares;
using SnapshotsPage = Futago.Console.Components.Pages.Snapshots;

namespace Futago.Console.Tests.Pages;

public sealed class SnapshotPagesTests : DialogContext
{
    [Fact]
    public void Snapshots_ShowPauseAgeSpaceAndProtection()
    {
        Node.Live.Volumes = [Sample.NasVolume()];
        Node.Live.Snapshots = [Sample.Snapshot() with { Protected = true, PauseMicroseconds = 3240 }];

        var page = RenderPage<SnapshotsPage>();

        Assert.Contains("3.2 ms", page.Markup, StringComparison.Ordinal);
        Assert.Contains(SnapshotsText.Protected, page.Markup, StringComparison.Ordinal);
        Assert.Contains(SnapshotsText.Unprotect, page.Markup, StringComparison.Ordinal);
        Assert.Contains("102 MiB", page.Find(".reserves").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Snapshots_OfAViewer_OfferNoAction()
    {
        SignInAs(UserRole.Viewer);
        Node.Live.Snapshots = [Sample.Snapshot()];

        var page = RenderPage<SnapshotsPage>();

        Assert.Empty(page.FindAll(".row-actions button"));
        Assert.Empty(page.FindAll(".page-actions button"));
    }

    [Fact]
    public void Create_SendsVolumeAndName()
    {
        var dialog = Render<CreateSnapshotDialog>(p => p.Add(d => d.Volumes, [Sample.Volume(), Sample.NasVolume()]).Add(d => d.VolumePath, "vg00/nas0"));

        Type(dialog, "name", "before-update");
        Submit(dialog);

        Assert.True(Closed);
        Assert.Equal(("vg00/nas0", new CreateSnapshotRequest("before-update", false)), Assert.Single(Node.Snapshots.Requests));
    }

    [Fact]
    public void Create_WithABadName_SaysSoBesideTheField()
    {
        var dialog = Render<CreateSnapshotDialog>(p => p.Add(d => d.Volumes, [Sample.Volume()]));

        Type(dialog, "name", "1 2");
        Submit(dialog);

        Assert.Equal(FieldsText.ObjectName, ErrorAt(dialog, "name"));
        Assert.Empty(Node.Snapshots.Requests);
    }

    [Fact]
    public void RollBack_NeedsTheNameOfTheVolume_AndShowsWhoIsConnected()
    {
        Node.Snapshots.Refusal = new Problem(ProblemCodes.VolumeConnected, "Volume vg00/nas0 is in use by user alice from 10.77.0.3 on share office.");
        var dialog = Render<RollBackDialog>(p => p.Add(d => d.Snapshot, Sample.Snapshot("before-update")));
        Assert.Contains(SnapshotsText.RollBackSafety, dialog.Markup, StringComparison.Ordinal);
        Assert.NotNull(dialog.Find("button[type=submit]").GetAttribute("disabled"));

        Type(dialog, "confirm", "nas0");
        Submit(dialog);

        Assert.False(Closed);
        Assert.Contains("alice", dialog.Markup, StringComparison.Ordinal);
        Node.Snapshots.Refusal = null;
        dialog.Find("#whileConnected").Change(true);
        Submit(dialog);

        Assert.True(Closed);
        Assert.Equal(("vg00/nas0@before-update", new RollBackRequest("nas0", true)), Node.Snapshots.Requests[^1]);
    }

    [Fact]
    public void Clone_SendsNameAndKind()
    {
        var dialog = Render<CloneSnapshotDialog>(p => p.Add(d => d.Snapshot, Sample.Snapshot("good")));

        Type(dialog, "name", "copy");
        dialog.Find("#thin").Change(true);
        Submit(dialog);

        Assert.Equal(("vg00/nas0@good", new CloneSnapshotRequest("copy", true)), Assert.Single(Node.Snapshots.Requests));
    }

    [Theory]
    [InlineData("25", 25)]
    [InlineData("0", 0)]
    [InlineData("1001", null)]
    [InlineData("x", null)]
    public void Reserve_TakesWholePercents(string typed, int? sent)
    {
        var dialog = Render<SnapshotReserveDialog>(p => p.Add(d => d.Volume, Sample.NasVolume()));

        Type(dialog, "snapshotReservePercent", typed);
        Submit(dialog);

        Assert.Equal(sent is null ? [] : [new UpdateVolumeRequest(SnapshotReservePercent: sent)], Node.Volumes.Requests);
        Assert.Equal(sent is null ? SnapshotsText.ReserveRange : null, ErrorAt(dialog, "snapshotReservePercent"));
    }

    [Fact]
    public void CreateVolume_Nas_HasNoIoTypeAndAMinimum()
    {
        var dialog = Render<CreateVolumeDialog>(p => p.Add(d => d.Groups, [Sample.Group()]));

        dialog.Find("#type-1").Change(true);
        Assert.Empty(dialog.FindAll("#ioType-0"));
        Type(dialog, "name", "nas0");
        Submit(dialog);

        var request = Assert.IsType<CreateVolumeRequest>(Assert.Single(Node.Volumes.Requests));
        Assert.Equal((VolumeType.Nas, "nas0", IoType.Block), (request.Type, request.Name, request.IoType));
    }

    [Fact]
    public void Snapshots_UsedByAShare_SaySoInJapanese()
    {
        UseCulture("ja");
        Node.Live.Snapshots = [Sample.Snapshot() with { UsedBy = ["share office"], Users = [Phrase.Of(PhraseCodes.UsedByShare, "share office", ("share", "office"))] }];

        var page = RenderPage<SnapshotsPage>();

        Assert.Contains("共有 office", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Delete_SaysTheTimeAsEverywhereElse()
    {
        Node.Live.Snapshots = [Sample.Snapshot() with { CreatedAt = new DateTimeOffset(2026, 11, 30, 3, 4, 5, TimeSpan.Zero) }];
        var dialogs = Render<RadzenDialog>();
        var page = RenderPage<SnapshotsPage>();

        page.FindAll(".row-actions button").Last(b => b.TextContent.Contains(CommonText.Delete, StringComparison.Ordinal)).Click();

        dialogs.WaitForAssertion(() => Assert.Matches(@"\b2026-1[12]-[0-9]{2} [0-9:]{8} UTC[+-]", dialogs.Markup));
    }

    /// <summary>Nobody knows yet whether there are any.</summary>
    [Fact]
    public void Shares_WhileTheEngineHangs_DoNotSayThatThereAreNoUsers()
    {
        var ready = new TaskCompletionSource();
        Node.Shares.Ready = ready.Task;

        var page = RenderPage<SharesPage>();

        Assert.DoesNotContain(SharesText.NoUsers, page.Markup, StringComparison.Ordinal);
        Assert.DoesNotContain(CommonText.NothingHere, page.Markup, StringComparison.Ordinal);
        Assert.DoesNotContain(SharesText.NobodyConnected, page.Markup, StringComparison.Ordinal);
        ready.SetResult();
        page.WaitForAssertion(() => Assert.Contains(SharesText.NoUsers, page.Markup, StringComparison.Ordinal));
    }

    [Fact]
    public void Shares_ShowWhoMayAndWhoIsConnected()
    {
        Node.Live.Shares = [Sample.Share(), Sample.Share("broken") with { Problem = new Problem(ProblemCodes.VolumeNotMounted, "The file system of vg00/nas0 is not mounted.") }];
        Node.Shares.Users = [new("alice")];
        Node.Shares.Connections = [new("office", "alice", "10.77.0.3", Sample.Time, "SMB3_11")];

        var page = RenderPage<SharesPage>();

        Assert.Contains(SharesText.Served, page.Markup, StringComparison.Ordinal);
        Assert.Contains("is not mounted", page.Markup, StringComparison.Ordinal);
        Assert.Contains("10.77.0.3", page.Markup, StringComparison.Ordinal);
        Assert.DoesNotContain(SharesText.NobodyConnected, page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void ShareDialog_Create_SendsEverything()
    {
        var dialog = Render<ShareDialog>(p => p.Add(d => d.Volumes, [Sample.NasVolume(), Sample.Volume()]).Add(d => d.Users, [new ShareUserInfo("alice"), new ShareUserInfo("bob")]));

        Assert.Equal(["vg00/nas0"], dialog.FindAll("#volume option").Select(o => o.TextContent));
        Type(dialog, "name", "office");
        Type(dialog, "folder", "team");
        Type(dialog, "allowedHosts", "10.77.0.0/24, 192.0.2.1");
        dialog.Find("#user-alice").Change(true);
        Submit(dialog);

        var request = Assert.IsType<CreateShareRequest>(Assert.Single(Node.Shares.Requests));
        Assert.Equal(("office", "vg00/nas0", "team", false), (request.Name, request.Volume, request.Folder, request.Guest));
        Assert.Equal(["10.77.0.0/24", "192.0.2.1"], request.AllowedHosts);
        Assert.Equal(["alice"], request.Users);
    }

    [Fact]
    public void ShareDialog_Change_KeepsWhatIsNotTouched()
    {
        var dialog = Render<ShareDialog>(p => p.Add(d => d.Volumes, []).Add(d => d.Users, [new ShareUserInfo("alice")]).Add(d => d.Share, Sample.Share()));

        dialog.Find("#readOnly").Change(true);
        Submit(dialog);

        var (name, request) = Assert.IsType<(string, UpdateShareRequest)>(Assert.Single(Node.Shares.Requests));
        Assert.Equal(("office", true, false), (name, request.ReadOnly, request.Guest));
        Assert.Equal(["alice"], request.Users);
    }

    [Fact]
    public void ShareUserDialog_ChecksNameAndPassword()
    {
        var dialog = Render<ShareUserDialog>();

        Type(dialog, "name", "Alice");
        Type(dialog, "password", "short");
        Submit(dialog);
        Assert.Equal(SharesText.UserName, ErrorAt(dialog, "name"));
        Assert.Equal(SharesText.PasswordHelp, ErrorAt(dialog, "password"));

        Type(dialog, "name", "alice");
        Type(dialog, "password", "long enough");
        Submit(dialog);
        Assert.Equal(("alice", new SetShareUserRequest("long enough")), Assert.Single(Node.Shares.Requests));
    }

    [Theory]
    [InlineData("en")]
    [InlineData("ja")]
    public void Pages_RenderInBothLanguages(string culture)
    {
        UseCulture(culture);
        Node.Live.Volumes = [Sample.NasVolume()];
        Node.Live.Snapshots = [Sample.Snapshot()];
        Node.Live.Shares = [Sample.Share()];

        Assert.Contains(SnapshotsText.Text, RenderPage<SnapshotsPage>().Markup, StringComparison.Ordinal);
        Assert.Contains(SharesText.Text, RenderPage<SharesPage>().Markup, StringComparison.Ordinal);
    }
}
