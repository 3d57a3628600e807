using System.Globalization;
using Futago.Console.Resources;
using Futago.Testing.Nodes;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Futago.EndToEnd.Tests;

/// <summary>Two nodes become a pair in two browsers, as an administrator with both consoles open does it.</summary>
public sealed class PairTests(BrowserFixture browser)
{
    /// <summary>A page learns of the other node within a round of five seconds; slow machines take longer.</summary>
    private static readonly LocatorAssertionsToBeVisibleOptions Soon = new() { Timeout = 60_000 };

    [Fact]
    public async Task TwoConsoles_PairTestAndPart()
    {
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo("ja");
        await using var twins = await Twins.StartAsync();
        var a = await SignInAsync(await twins.ConsoleUrlAsync("a"));
        var b = await SignInAsync(await twins.ConsoleUrlAsync("b"));

        var code = await MakeCodeAsync(b);
        await JoinAsync(a, code);
        await PeerIsShownAsync(a, "b");
        await PeerIsShownAsync(b, "a");
        await Screens.KeepAsync(a, "42-pair");
        await FitsAsync(a, 1024);
        await TestPathAsync(a);
        var english = await UntranslatedText.FindAsync(a);
        await PartAsync(a);
        await Expect(b.GetByText(PairText.NotPaired)).ToBeVisibleAsync(Soon);

        Assert.Empty(english);
        await a.Context.CloseAsync();
        await b.Context.CloseAsync();
    }

    private async Task<IPage> SignInAsync(Uri console)
    {
        var page = await browser.OpenAsync(console, "ja");
        await EquippedNode.SubmitSignInAsync(page, "admin", FutagoNode.AdministratorPassword);
        await page.GetByRole(AriaRole.Navigation).GetByRole(AriaRole.Link, new() { Name = ShellText.Pair, Exact = true }).ClickAsync();
        await Expect(page.GetByText(PairText.NotPaired)).ToBeVisibleAsync();
        return page;
    }

    private static async Task<string> MakeCodeAsync(IPage page)
    {
        await Button(page, PairText.MakeCode).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        var code = dialog.Locator("pre");
        await Expect(code).ToBeVisibleAsync();
        var text = await code.InnerTextAsync();
        await Screens.KeepAsync(page, "40-pair-code");
        await dialog.GetByText(CommonText.Close, new() { Exact = true }).ClickAsync();
        await Expect(dialog).ToBeHiddenAsync();
        return text.Trim();
    }

    private static async Task JoinAsync(IPage page, string code)
    {
        await Button(page, PairText.Join).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        // A slip first: the dialog stays, with the reason at its field.
        await dialog.Locator("#address").FillAsync("10.78.0.2");
        await dialog.Locator("#code").FillAsync("0000-0000-0000-0000");
        await Button(dialog, PairText.Join).ClickAsync();
        await Expect(dialog.Locator("#code[aria-invalid=true]")).ToBeVisibleAsync(Soon);
        await Screens.KeepAsync(page, "41-pair-join-wrong");
        await dialog.Locator("#code").FillAsync(code);
        await Button(dialog, PairText.Join).ClickAsync();
        await Expect(dialog).ToBeHiddenAsync(new() { Timeout = 60_000 });
    }

    /// <summary>On the page and in the shell, without anybody reloading.</summary>
    private static async Task PeerIsShownAsync(IPage page, string peer)
    {
        await Expect(page.Locator("#peer").GetByText(StatesText.PeerReachable)).ToBeVisibleAsync(Soon);
        await Expect(page.Locator(".peer-state").GetByText(peer, new() { Exact = true })).ToBeVisibleAsync(Soon);
    }

    private static async Task FitsAsync(IPage page, int width)
    {
        var before = page.ViewportSize!;
        await page.SetViewportSizeAsync(width, before.Height);
        await Screens.KeepAsync(page, "45-pair-narrow");
        Assert.Equal(0, await page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth"));
        await page.SetViewportSizeAsync(before.Width, before.Height);
    }

    private static async Task TestPathAsync(IPage page)
    {
        await Button(page, PairText.TestPath).ClickAsync();
        await Expect(page.Locator("#path").Locator("dl, [role=alert]")).ToBeVisibleAsync(Soon);
        await Expect(page.Locator("#path dl")).ToContainTextAsync("10.78.0.2:7789");
        await Screens.KeepAsync(page, "43-pair-path");
    }

    private static async Task PartAsync(IPage page)
    {
        await Button(page.Locator("#peer"), PairText.Unpair).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await dialog.Locator("#confirm").FillAsync("b");
        await dialog.Locator("#confirm").BlurAsync();
        await Screens.KeepAsync(page, "44-pair-delete");
        await Button(dialog, PairText.Unpair).ClickAsync();
        await Expect(dialog).ToBeHiddenAsync(new() { Timeout = 60_000 });
        await Expect(page.GetByText(PairText.NotPaired)).ToBeVisibleAsync(Soon);
        await Expect(page.Locator(".peer-state")).ToBeHiddenAsync(new() { Timeout = 60_000 });
    }

    private static ILocator Button(IPage page, string name) => page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    private static ILocator Button(ILocator within, string name) => within.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });
}
