using Bunit;
using Futago.Console.Components.Controls;
using Futago.Console.Components.Pages;
using Futago.Console.Tests.Fakes;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Iscsi;
using Microsoft.AspNetCore.Components;
using SharesPage = Futago.Console.Components.Pages.Shares;
using SnapshotsPage = Futago.Console.Components.Pages.Snapshots;
using TargetsPage = Futago.Console.Components.Pages.Targets;

namespace Futago.Console.Tests.Pages;

/// <summary>
/// A click is a press and a release on one element: the buttons of a row are the same ones after a live update, which may come
/// between the two.
/// </summary>
public sealed class LiveTableTests : PageContext
{
    [Fact]
    public void Volumes_Update_KeepsTheButtonsOfARow()
    {
        Node.Live.Volumes = [Sample.Volume(), Sample.NasVolume()];

        AssertButtonsStay<Volumes>(() => Node.Live.Volumes = [Sample.Volume() with { SizeBytes = 7 * ByteSize.GiB }, Sample.NasVolume()], "7 GiB");
    }

    [Fact]
    public void Snapshots_Update_KeepsTheButtonsOfARow()
    {
        var snapshot = Sample.Snapshot();
        Node.Live.Snapshots = [snapshot];

        AssertButtonsStay<SnapshotsPage>(() => Node.Live.Snapshots = [snapshot with { UsedBytes = 7 * ByteSize.MiB }], "7 MiB");
    }

    [Fact]
    public void Targets_Update_KeepsTheButtonsOfARow()
    {
        var target = Sample.Target();
        Node.Targets.Views.Add(target);

        AssertButtonsStay<TargetsPage>(() => Node.Targets.Views[0] = target with { Alias = "renamed" }, "renamed");
    }

    [Fact]
    public void RefusedLogins_Update_KeepsTheButtonsOfARow()
    {
        Node.Live.Targets = [Sample.Status(Sample.Target())];
        Node.Live.RefusedLogins = [Sample.Refused(RefusalReason.NoAccessRule)];

        AssertButtonsStay<RefusedLogins>(() => Node.Live.RefusedLogins = [Sample.Refused(RefusalReason.NoAccessRule) with { Count = 4711 }], "4711");
    }

    [Fact]
    public void Tables_EveryHeader_Sorts()
    {
        Sample.Fill(Node);
        Node.Live.Snapshots = [Sample.Snapshot("snap0001"), Sample.Snapshot() with { UsedBytes = null }];
        Node.Live.Shares = [Sample.Share("public") with { Volume = null }, Sample.Share()];

        AssertSorts<Volumes>();
        AssertSorts<Units>();
        AssertSorts<TargetsPage>();
        AssertSorts<RefusedLogins>();
        AssertSorts<SnapshotsPage>();
        AssertSorts<SharesPage>();
        AssertSorts<Users>();
        AssertSorts<Tokens>();
        AssertSorts<TargetPage>(p => p.Add(t => t.Name, Sample.Iqn).Add(t => t.Tab, "luns"));
    }

    private void AssertSorts<TPage>(Action<ComponentParameterCollectionBuilder<TPage>>? parameters = null) where TPage : class, IComponent
    {
        var page = RenderPage(parameters);
        List<string> Rows() => [.. page.FindAll(".rz-data-row").Select(r => r.TextContent).Order(StringComparer.Ordinal)];
        var before = Rows();
        var headers = page.FindAll("thead [blazor\\:onclick]").Count;
        Assert.NotEqual(0, headers);

        for (var i = 0; i < headers; i++)
        {
            page.FindAll("thead [blazor\\:onclick]")[i].Click();
            Assert.NotEmpty(page.FindAll("th[aria-sort=ascending], th[aria-sort=descending]"));
            Assert.Equal(before, Rows());
        }
    }

    private void AssertButtonsStay<TPage>(Action update, string text) where TPage : class, IComponent
    {
        var page = RenderPage<TPage>();
        object[] Buttons() => [.. page.FindComponents<ActionLink>().Select(b => b.Instance)];
        var before = Buttons();
        Assert.NotEmpty(before);
        Assert.DoesNotContain(text, page.Markup, StringComparison.Ordinal);

        update();
        Node.Live.RaiseChanged();

        page.WaitForAssertion(() => Assert.Contains(text, page.Markup, StringComparison.Ordinal));
        Assert.Equal(before, Buttons(), ReferenceEqualityComparer.Instance);
    }
}
