using System.Globalization;
using Futago.Console.Components;
using Futago.Console.Resources;
using Futago.Testing.Nodes;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Futago.EndToEnd.Tests;

/// <summary>A failover pair from one form: created, started, switched by hand and failed back in the browser, in both languages.</summary>
public sealed class FailoverTests(BrowserFixture browser)
{
    private const string Target = "iqn.2026-01.example.futago:failover";
    private const string VirtualIp = "10.77.0.10";

    /// <summary>Generous: pages follow the nodes by themselves, on a machine that may be busy.</summary>
    private static readonly LocatorAssertionsToBeVisibleOptions Soon = new() { Timeout = 120_000 };

    [Fact]
    public async Task OneForm_CreatesAPairThatStartsSwitchesAndFailsBack()
    {
        await using var twins = await Twins.StartAsync();
        await EquipAsync(twins);
        foreach (var language in new[] { "en", "ja" })
        {
            CultureInfo.CurrentUICulture = CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(language);
            var page = await browser.OpenAsync(await twins.ConsoleUrlAsync("a"), language);
            await EquippedNode.SubmitSignInAsync(page, "admin", FutagoNode.AdministratorPassword);
            await CreateAsync(page);
            await StartAsync(twins, page);
            Assert.Contains(Target, await Twins.ClientAsync("iscsi-ls", $"iscsi://{VirtualIp}/"), StringComparison.Ordinal);

            await AskedAsync(page, FailoverText.Switch);
            await Expect(Button(page, FailoverText.FailBack)).ToBeEnabledAsync(new() { Timeout = 120_000 });
            await Screens.KeepAsync(page, "83-failover-switched");
            Assert.Contains($"{VirtualIp}/24", await twins.CliAsync("b", "network", "list"), StringComparison.Ordinal);
            await AskedAsync(page, FailoverText.FailBack);
            await Expect(Button(page, FailoverText.FailBack)).ToBeDisabledAsync(new() { Timeout = 120_000 });
            await NetworkAsync(page);
            if (language == "ja")
                Assert.Empty(await UntranslatedText.FindAsync(page));

            await page.Context.CloseAsync();
            await twins.CliAsync("a", "failover", "stop");
            await twins.CliAsync("a", "failover", "delete", "--yes");
        }
    }

    private static async Task EquipAsync(Twins twins)
    {
        await twins.CreateGroupsAsync("1GiB");
        await twins.CliAsync("a", "volume", "create", "vg00/lv0000", "--type", "iscsi", "--size", "64MiB");
        await twins.PairAsync();
        await twins.CliAsync("a", "volume-replication", "create", "replication1", "--source", "vg00/lv0000", "--destination", "vg00/lv0000", "--create-destination");
        await twins.CliAsync("a", "target", "create", Target);
        await twins.CliAsync("a", "lun", "add", Target, "--volume", "vg00/lv0000", "--lun", "1");
        await twins.CliAsync("a", "access", "allow", Target, "--address", "10.77.0.0/24");
        await twins.CliAsync("a", "target", "start", Target);
    }

    private async Task CreateAsync(IPage page)
    {
        await page.GetByRole(AriaRole.Navigation).GetByRole(AriaRole.Link, new() { Name = FailoverText.Title, Exact = true }).ClickAsync();
        await Button(page, FailoverText.Create).ClickAsync();
        await page.Locator("#task-replication1").CheckAsync();
        var address = page.Locator("#virtualIp-0");
        if (!await address.IsVisibleAsync())
            await Button(page, FailoverText.AddVirtualIp).ClickAsync();
        // A slip first: the form stays, with the reason.
        await address.FillAsync("10.77.0.300/24");
        await page.Locator("#pingNodes").FillAsync("10.77.0.254");
        await page.Locator("#pingNodes").BlurAsync();
        await Button(page.Locator("section.card").First, FailoverText.Create).ClickAsync();
        await Expect(page.Locator("[role=alert]").First).ToBeVisibleAsync(Soon);
        await Screens.KeepAsync(page, "80-failover-create-refused");
        await address.FillAsync($"{VirtualIp}/24");
        await address.BlurAsync();
        await Button(page.Locator("section.card").First, FailoverText.Create).ClickAsync();
        await Expect(page.Locator("#manager")).ToBeVisibleAsync(Soon);
    }

    /// <summary>Not while the volumes are not in sync, and the page says so; then it can be pressed.</summary>
    private static async Task StartAsync(Twins twins, IPage page)
    {
        var start = Button(page.Locator("#manager"), FailoverText.Start);
        if (CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "en")
        {
            await Expect(page.Locator(".start-reason")).ToContainTextAsync("replication1", new() { Timeout = 120_000 });
            await Expect(start).ToBeDisabledAsync();
            await Screens.KeepAsync(page, "81-failover-not-ready");
            await twins.CliAsync("a", "volume-replication", "start", "replication1", "--wait-synced");
            await Button(page, FailoverText.CheckAgain).ClickAsync();
        }
        await Expect(start).ToBeEnabledAsync(new() { Timeout = 120_000 });
        await AskedAsync(page, FailoverText.Start);
        await Expect(Button(page.Locator("#manager"), FailoverText.Switch)).ToBeEnabledAsync(new() { Timeout = 120_000 });
        await Expect(page.Locator("#history")).ToBeVisibleAsync(Soon);
        await Screens.KeepAsync(page, "82-failover");
    }

    private static async Task NetworkAsync(IPage page)
    {
        await page.GotoAsync(ConsoleRoutes.Network);
        await Expect(page.GetByText($"{VirtualIp}/24").First).ToBeVisibleAsync(Soon);
        await Screens.KeepAsync(page, "84-network");
    }

    /// <summary>Presses a button of the manager and confirms what the dialog says will happen.</summary>
    private static async Task AskedAsync(IPage page, string action)
    {
        await Button(page.Locator("#manager"), action).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await Button(dialog, action).ClickAsync();
        await Expect(dialog).ToBeHiddenAsync(new() { Timeout = 120_000 });
    }

    private static ILocator Button(IPage page, string name) => page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    private static ILocator Button(ILocator within, string name) => within.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });
}
