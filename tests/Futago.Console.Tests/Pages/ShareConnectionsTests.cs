using Bunit;
using Futago.Console.Resources;
using Futago.Console.Tests.Fakes;
using Futago.Engine.Contracts;
using Futago.Testing.Iscsi;
using Microsoft.Extensions.DependencyInjection;
using Radzen.Blazor;
using SharesPage = Futago.Console.Components.Pages.Shares;

namespace Futago.Console.Tests.Pages;

/// <summary>Who is connected to shares, as the page follows it.</summary>
public sealed class ShareConnectionsTests : PageContext
{
    [Fact]
    public async Task WhoConnectsAndLeaves_IsFollowedWhileThePageIsOpenOnly()
    {
        var clock = new ManualTimeProvider();
        Services.AddSingleton<TimeProvider>(clock);
        var page = RenderPage<SharesPage>();
        Assert.Contains(SharesText.NobodyConnected, page.Markup, StringComparison.Ordinal);

        Node.Shares.Connections = [new("office", "alice", "10.77.0.3", Sample.Time, "SMB3_11")];
        clock.Advance(TimeSpan.FromSeconds(2));
        page.WaitForAssertion(() => Assert.Contains("10.77.0.3", page.Markup, StringComparison.Ordinal));
        Node.Shares.Connections = [];
        clock.Advance(TimeSpan.FromSeconds(2));
        page.WaitForAssertion(() => Assert.Contains(SharesText.NobodyConnected, page.Markup, StringComparison.Ordinal));

        await DisposeComponentsAsync();
        var before = Node.Shares.ConnectionReads;
        clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(before, Node.Shares.ConnectionReads);
    }

    [Fact]
    public void ConnectionsUnreadable_IsSaid_AndNotThatNobodyIsConnected()
    {
        var clock = new ManualTimeProvider();
        Services.AddSingleton<TimeProvider>(clock);
        Node.Live.Shares = [Sample.Share()];
        Node.Shares.ConnectionsProblem = new Problem(ProblemCodes.SmbConnectionsUnreadable, "The connections to shares cannot be read: smbstatus ended with exit code 1.");
        var dialogs = Render<RadzenDialog>();
        var page = RenderPage<SharesPage>();

        Assert.Contains("smbstatus ended with exit code 1", page.Markup, StringComparison.Ordinal);
        Assert.DoesNotContain(SharesText.NobodyConnected, page.Markup, StringComparison.Ordinal);
        // The users were read, and deleting goes on not knowing whom it disturbs.
        Assert.Contains(SharesText.NoUsers, page.Markup, StringComparison.Ordinal);
        page.FindAll("button").Single(b => b.TextContent.Contains(CommonText.Delete, StringComparison.Ordinal)).Click();
        dialogs.WaitForAssertion(() => Assert.Contains(SharesText.DeleteDisturbsUnknown, dialogs.Markup, StringComparison.Ordinal));

        Node.Shares.ConnectionsProblem = null;
        clock.Advance(TimeSpan.FromSeconds(2));
        page.WaitForAssertion(() => Assert.Contains(SharesText.NobodyConnected, page.Markup, StringComparison.Ordinal));
    }

    [Fact]
    public void ConnectionsUnreadable_InJapanese_SaysWhyInJapanese()
    {
        UseCulture("ja");
        Node.Shares.ConnectionsProblem = new Problem(ProblemCodes.SmbConnectionsUnreadable, "English.", null, new Dictionary<string, string>
        {
            ["reason"] = "smbstatus ended with exit code 1",
            ["reasonCode"] = PhraseCodes.ReasonProgramFailed,
            ["program"] = "smbstatus",
            ["exitCode"] = "1",
            ["said"] = "",
            ["log"] = "/x/smbd.log",
        });
        var page = RenderPage<SharesPage>();

        Assert.Contains("smbstatus が終了コード 1 で終了しました", page.Markup, StringComparison.Ordinal);
        Assert.Contains("/x/smbd.log", page.Markup, StringComparison.Ordinal);
    }
}
