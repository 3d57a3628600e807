using Bunit;
using Futago.Console.Resources;
using Futago.Console.Tests.Fakes;
using Futago.Testing.Iscsi;
using Microsoft.Extensions.DependencyInjection;
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
}
