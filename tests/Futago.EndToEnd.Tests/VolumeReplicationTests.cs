using System.Globalization;
using System.Text.RegularExpressions;
using Futago.Console.Components;
using Futago.Console.Components.Presentation;
using Futago.Console.Resources;
using Futago.Testing.Nodes;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Futago.EndToEnd.Tests;

/// <summary>Two consoles in two browsers: a volume is replicated, the roles are switched, and a split brain is decided.</summary>
public sealed class VolumeReplicationTests(BrowserFixture browser)
{
    private const string Task1 = "replication1";
    private const string Reverse = "replication1_reverse";

    /// <summary>Generous: pages follow the nodes by themselves, on a machine that may be busy.</summary>
    private static readonly LocatorAssertionsToBeVisibleOptions Soon = new() { Timeout = 120_000 };

    [Fact]
    public async Task TwoConsoles_ReplicateSwitchAndDecide()
    {
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo("ja");
        await using var twins = await Twins.StartAsync();
        await EquipAsync(twins);
        var a = await SignInAsync(await twins.ConsoleUrlAsync("a"));
        var b = await SignInAsync(await twins.ConsoleUrlAsync("b"));

        await CreateAsync(a);
        await SyncedAsync(a, Task1);
        await SyncedAsync(b, Reverse);
        await Screens.KeepAsync(a, "61-volume-replication");
        await Screens.KeepAsync(b, "62-volume-replication-reverse");
        await FitsAsync(a);

        await SwitchAsync(a);
        await Expect(Side(b, 0)).ToContainTextAsync(VolumeReplicationText.ThisNode, new() { Timeout = 120_000 });
        await Expect(Side(a, 1)).ToContainTextAsync(VolumeReplicationText.ThisNode, new() { Timeout = 120_000 });

        await DivergeAsync(twins);
        await DecideAsync(a);
        await SyncedAsync(b, Reverse);
        await DetailsAsync(b);
        var english = await UntranslatedText.FindAsync(b);

        Assert.Empty(english);
        await a.Context.CloseAsync();
        await b.Context.CloseAsync();
    }

    private static async Task EquipAsync(Twins twins)
    {
        await twins.CreateGroupsAsync("1GiB");
        await twins.CliAsync("a", "volume", "create", "vg00/lv0000", "--type", "iscsi", "--size", "128MiB");
        await twins.PairAsync();
    }

    private async Task<IPage> SignInAsync(Uri console)
    {
        var page = await browser.OpenAsync(console, "ja");
        await EquippedNode.SubmitSignInAsync(page, "admin", FutagoNode.AdministratorPassword);
        await page.GetByRole(AriaRole.Navigation).GetByRole(AriaRole.Link, new() { Name = ShellText.VolumeReplication, Exact = true }).ClickAsync();
        await Expect(page.GetByText(VolumeReplicationText.Empty)).ToBeVisibleAsync(Soon);
        return page;
    }

    private static async Task CreateAsync(IPage page)
    {
        await Button(page, VolumeReplicationText.Create).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await Expect(dialog.Locator("#destination")).ToHaveValueAsync("vg00/lv0000");
        // A slip first: the dialog stays, with the reason at its field.
        await dialog.Locator("#destination").FillAsync("lv0000");
        await Button(dialog, CommonText.Create).ClickAsync();
        await Expect(dialog.Locator("#destination[aria-invalid=true]")).ToBeVisibleAsync(Soon);
        await Screens.KeepAsync(page, "60-volume-replication-create");
        await dialog.Locator("#destination").FillAsync("vg00/lv0000");
        await dialog.Locator("#destination").BlurAsync();
        await Button(dialog, CommonText.Create).ClickAsync();
        await Expect(dialog).ToBeHiddenAsync(new() { Timeout = 120_000 });
    }

    private static async Task SyncedAsync(IPage page, string task)
    {
        var card = page.GetByRole(AriaRole.Region, new() { Name = task, Exact = true });
        await Expect(card.GetByText(VolumeReplicationText.Synced, new() { Exact = true })).ToBeVisibleAsync(Soon);
        await Expect(card.GetByText(VolumeReplicationText.UpToDate, new() { Exact = true })).ToHaveCountAsync(2);
    }

    private static async Task SwitchAsync(IPage page)
    {
        await Button(page, VolumeReplicationText.Switch).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await Screens.KeepAsync(page, "63-volume-replication-switch");
        await Button(dialog, VolumeReplicationText.Switch).ClickAsync();
        await Expect(dialog).ToBeHiddenAsync(new() { Timeout = 120_000 });
    }

    /// <summary>Each node goes on by itself: b as the source it is, a by force.</summary>
    private static async Task DivergeAsync(Twins twins)
    {
        const string Name = "iqn.2026-01.example.futago:split";
        await twins.CliAsync("b", "volume-replication", "stop", Reverse);
        await twins.CliAsync("a", "volume-replication", "force-source", Task1, "--yes");
        foreach (var (node, address) in new[] { ("a", "10.77.0.1"), ("b", "10.77.0.2") })
        {
            await twins.CliAsync(node, "target", "create", $"{Name}-{node}");
            await twins.CliAsync(node, "lun", "add", $"{Name}-{node}", "--volume", "vg00/lv0000", "--lun", "1");
            await twins.CliAsync(node, "access", "allow", $"{Name}-{node}", "--address", "10.77.0.3");
            await twins.CliAsync(node, "target", "start", $"{Name}-{node}");
            await Twins.ClientAsync("qemu-io", "-f", "raw", "-c", "write -P 0x11 0 1M", $"iscsi://{address}/{Name}-{node}/1");
        }
        await twins.CliAsync("a", "volume-replication", "start", Task1);
    }

    /// <summary>Keeps the peer's side, which makes this node's a snapshot.</summary>
    private static async Task DecideAsync(IPage page)
    {
        await page.GetByRole(AriaRole.Link, new() { Name = VolumeReplicationText.SplitBrainDecide }).ClickAsync(new() { Timeout = 120_000 });
        await Expect(page.Locator("#here")).ToContainTextAsync("MiB", new() { Timeout = 120_000 });
        await Screens.KeepAsync(page, "64-split-brain");
        await Button(page.Locator("#peer"), Sentence.Of(VolumeReplicationText.KeepSide, "b")).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await dialog.Locator("#confirm").FillAsync(Task1);
        await dialog.Locator("#confirm").BlurAsync();
        await Screens.KeepAsync(page, "65-split-brain-confirm");
        await Button(dialog, Sentence.Of(VolumeReplicationText.KeepSide, "b")).ClickAsync();
        await Expect(dialog).ToBeHiddenAsync(new() { Timeout = 120_000 });
        // Not WaitForURLAsync: a navigation that comes while it sets itself up is one that it never sees.
        await Expect(page).ToHaveURLAsync(new Regex(Regex.Escape(ConsoleRoutes.VolumeReplication(Task1)) + "$"), new() { Timeout = 60_000 });
    }

    private static async Task DetailsAsync(IPage page)
    {
        await page.GetByRole(AriaRole.Link, new() { Name = Reverse, Exact = true }).ClickAsync();
        await Expect(page.Locator("#performance")).ToBeVisibleAsync(Soon);
        await Button(page, VolumeReplicationText.VerifyNow).ClickAsync();
        await Expect(page.GetByText(new Regex(VolumeReplicationText.VerifySame.Split('{', '}')[^1].Trim()))).ToBeVisibleAsync(Soon);
        await Screens.KeepAsync(page, "66-volume-replication-details");
    }

    private static async Task FitsAsync(IPage page)
    {
        var before = page.ViewportSize!;
        await page.SetViewportSizeAsync(1024, before.Height);
        await Screens.KeepAsync(page, "67-volume-replication-narrow");
        Assert.Equal(0, await page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth"));
        await page.SetViewportSizeAsync(before.Width, before.Height);
    }

    private static ILocator Side(IPage page, int index) => page.Locator(".replication-side").Nth(index);

    private static ILocator Button(IPage page, string name) => page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    private static ILocator Button(ILocator within, string name) => within.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });
}
