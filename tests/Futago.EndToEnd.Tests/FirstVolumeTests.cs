using System.Globalization;
using System.Text.RegularExpressions;
using Futago.Console.Components;
using Futago.Console.Resources;
using Futago.Testing.Libiscsi;
using Futago.Testing.Nodes;
using Futago.Testing.Processes;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Futago.EndToEnd.Tests;

/// <summary>The product's main job, from the first visit to data on a volume, as an administrator does it.</summary>
public sealed class FirstVolumeTests(BrowserFixture browser)
{
    private const string TargetName = "iqn.2026-01.example.futago:first";
    private const string Initiator = "iqn.2026-01.example.client:browser";

    [Theory]
    [InlineData("en")]
    [InlineData("ja")]
    public async Task FirstVisit_ToAVolumeThatAnInitiatorWrites_Works(string language)
    {
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(language);
        await using var node = await FutagoNode.StartAsync(withAdministrator: false);
        var page = await browser.OpenAsync(node.ConsoleUrl);

        await CreateAdministratorAsync(page, language);
        await CreateUnitAndGroupAsync(page);
        await CreateVolumeAsync(page);
        await CreateTargetAsync(page);
        await RefuseAndAllowAsync(page, node);
        await WriteAndReadBackAsync(node);
        await ShowSessionAsync(page, node);
        await DeletionIsBlockedWhileServedAsync(page);
        if (language == "ja")
            await NoEnglishIsLeftAsync(page);
    }

    private static async Task CreateAdministratorAsync(IPage page, string language)
    {
        await page.GotoAsync("/");
        await Expect(page).ToHaveURLAsync(new Regex("/setup"));
        if (language == "ja")
            await page.GetByRole(AriaRole.Button, new() { Name = "日本語" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = AccountText.SetupTitle })).ToBeVisibleAsync();
        await Screens.KeepAsync(page, "01-setup");
        await page.Locator("#password").FillAsync(FutagoNode.AdministratorPassword);
        await page.Locator("#confirmPassword").FillAsync(FutagoNode.AdministratorPassword);
        await Button(page, AccountText.CreateAdministrator).ClickAsync();
        await HeadingAsync(page, ShellText.Overview);
        await Screens.KeepAsync(page, "02-overview-fresh");
    }

    private static async Task CreateUnitAndGroupAsync(IPage page)
    {
        await OpenAsync(page, ShellText.Units);
        await Button(page, UnitsText.CreateImage).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await dialog.Locator("#sizeBytes").FillAsync("much");
        await Button(dialog, CommonText.Create).ClickAsync();
        await Expect(dialog.Locator("#sizeBytes[aria-invalid=true]")).ToBeVisibleAsync();
        await Screens.KeepAsync(page, "03-create-image-error");
        await dialog.Locator("#sizeBytes").FillAsync("4 GiB");
        await Button(dialog, CommonText.Create).ClickAsync();
        await Expect(dialog).ToBeHiddenAsync();
        var row = page.GetByRole(AriaRole.Row).Filter(new() { HasText = ".img" });
        await Expect(row).ToContainTextAsync("4 GiB");
        await Screens.KeepAsync(page, "04-units");

        await Button(row, UnitsText.CreateGroup).ClickAsync();
        await Screens.KeepAsync(page, "05-create-group");
        await Button(page.GetByRole(AriaRole.Dialog), CommonText.Create).ClickAsync();
        await HeadingAsync(page, "vg00");
        await Screens.KeepAsync(page, "06-group");
    }

    private static async Task CreateVolumeAsync(IPage page)
    {
        await OpenAsync(page, ShellText.Volumes);
        await Button(page, VolumesText.Create).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await dialog.Locator("#sizeBytes").FillAsync("1 TiB");
        await Button(dialog, CommonText.Create).ClickAsync();
        await Expect(dialog.Locator("#sizeBytes[aria-invalid=true]")).ToBeVisibleAsync();
        await dialog.Locator("#sizeBytes").FillAsync("1 GiB");
        await Screens.KeepAsync(page, "07-create-volume");
        await Button(dialog, CommonText.Create).ClickAsync();
        await Expect(dialog).ToBeHiddenAsync();
        await Expect(page.GetByRole(AriaRole.Row).Filter(new() { HasText = "lv0000" })).ToContainTextAsync("1 GiB");
        await Screens.KeepAsync(page, "08-volumes");
    }

    private static async Task CreateTargetAsync(IPage page)
    {
        await OpenAsync(page, ShellText.Targets);
        await Button(page, TargetsText.Create).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await dialog.Locator("#name").FillAsync("iqn.2026-13.example:bad");
        await Button(dialog, CommonText.Create).ClickAsync();
        await Expect(dialog.Locator("#name[aria-invalid=true]")).ToBeVisibleAsync();
        await dialog.Locator("#name").FillAsync(TargetName);
        await Button(dialog, CommonText.Create).ClickAsync();
        await HeadingAsync(page, TargetName);

        await Button(page, TargetsText.AddLun).First.ClickAsync();
        dialog = page.GetByRole(AriaRole.Dialog);
        await dialog.Locator("#lun").FillAsync("1");
        await Screens.KeepAsync(page, "09-add-lun");
        await Button(dialog, TargetsText.AddLun).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Row).Filter(new() { HasText = "vg00/lv0000" })).ToBeVisibleAsync();
        await Button(page, TargetsText.Start).ClickAsync();
        await Expect(Button(page, TargetsText.Stop)).ToBeVisibleAsync();
        await Screens.KeepAsync(page, "10-target");
    }

    /// <summary>Nobody gets in before a rule lets them; the refusal shows up, and one click mends it.</summary>
    private static async Task RefuseAndAllowAsync(IPage page, FutagoNode node)
    {
        Assert.Null(Connect(node));

        await OpenAsync(page, ShellText.RefusedLogins);
        var row = page.GetByRole(AriaRole.Row).Filter(new() { HasText = Initiator }).Filter(new() { HasText = StatesText.RefusedNoAccessRule });
        await Expect(row).ToBeVisibleAsync();
        await Screens.KeepAsync(page, "11-refused");
        await Button(row, SessionsText.AllowAddress).ClickAsync();
        await Screens.KeepAsync(page, "12-allow");
        await page.GetByRole(AriaRole.Dialog).Locator("button[type=submit]").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Dialog)).ToBeHiddenAsync();
        await page.GotoAsync(ConsoleRoutes.Target(TargetName, TargetTab.Access));
        await Expect(page.GetByRole(AriaRole.Row).Filter(new() { HasText = "127.0.0.1" })).ToBeVisibleAsync();
        await Screens.KeepAsync(page, "13-access");
    }

    private static async Task WriteAndReadBackAsync(FutagoNode node)
    {
        var scratch = Directory.CreateTempSubdirectory("futago-e2e-");
        try
        {
            var image = Path.Combine(scratch.FullName, "source.img");
            var back = Path.Combine(scratch.FullName, "back.img");
            var portal = string.Create(CultureInfo.InvariantCulture, $"iscsi://127.0.0.1:{node.IscsiPort}/");
            await Command.RunOkAsync("mkfs.ext4", "-q", "-d", "/usr/share/doc", image, "1G");

            Assert.Contains(TargetName, await Command.RunOkAsync("iscsi-ls", "-s", portal), StringComparison.Ordinal);
            await Command.RunOkAsync("qemu-img", "convert", "-n", "-f", "raw", "-O", "raw", image, $"{portal}{TargetName}/1");
            await Command.RunOkAsync("qemu-img", "convert", "-f", "raw", "-O", "raw", $"{portal}{TargetName}/1", back);
            await Command.RunOkAsync("cmp", image, back);
            await Command.RunOkAsync("e2fsck", "-fn", back);
        }
        finally
        {
            scratch.Delete(recursive: true);
        }
    }

    private static async Task ShowSessionAsync(IPage page, FutagoNode node)
    {
        await page.GotoAsync(ConsoleRoutes.Target(TargetName, TargetTab.Sessions));
        await HeadingAsync(page, TargetName);
        using (Connect(node))
        {
            // No reload: the page follows the node.
            await Expect(page.GetByText(Initiator)).ToBeVisibleAsync();
            await Screens.KeepAsync(page, "14-sessions");
        }
        await Expect(page.GetByText(Initiator)).ToBeHiddenAsync();
        foreach (var tab in new[] { TargetTab.Connect, TargetTab.Details, TargetTab.Chap })
        {
            await page.GotoAsync(ConsoleRoutes.Target(TargetName, tab));
            await HeadingAsync(page, TargetName);
            await Screens.KeepAsync(page, $"15-{tab}");
        }
    }

    private static async Task DeletionIsBlockedWhileServedAsync(IPage page)
    {
        await OpenAsync(page, ShellText.Volumes);
        var row = page.GetByRole(AriaRole.Row).Filter(new() { HasText = "lv0000" });
        await Button(row, CommonText.Delete).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await Expect(dialog).ToContainTextAsync(TargetName);
        await Screens.KeepAsync(page, "16-delete-blocked");
        await page.Keyboard.PressAsync("Escape");
        await Expect(dialog).ToBeHiddenAsync();
        await Expect(row).ToBeVisibleAsync();
    }

    private static async Task NoEnglishIsLeftAsync(IPage page)
    {
        var found = new List<string>();
        foreach (var address in new[]
        {
            ConsoleRoutes.Overview, ConsoleRoutes.Units, ConsoleRoutes.Groups, ConsoleRoutes.Group("vg00"), ConsoleRoutes.Volumes, ConsoleRoutes.Targets,
            ConsoleRoutes.Target(TargetName), ConsoleRoutes.Target(TargetName, TargetTab.Access), ConsoleRoutes.Target(TargetName, TargetTab.Connect),
            ConsoleRoutes.Sessions, ConsoleRoutes.RefusedLogins, ConsoleRoutes.Events, ConsoleRoutes.Pair, ConsoleRoutes.Settings, ConsoleRoutes.Users, ConsoleRoutes.Tokens,
        })
        {
            await page.GotoAsync(address);
            await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToBeVisibleAsync();
            await Screens.KeepAsync(page, $"20{address.Replace('/', '-').Replace(':', '_')}");
            found.AddRange((await UntranslatedText.FindAsync(page)).Select(text => $"{address}: {text}"));
        }
        Assert.Empty(found);
    }

    private static LibiscsiSession? Connect(FutagoNode node) => LibiscsiSession.TryConnect(
        string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{node.IscsiPort}"), TargetName, 1, Initiator, 1, 4096);

    private static async Task OpenAsync(IPage page, string name)
    {
        await page.GetByRole(AriaRole.Navigation).GetByRole(AriaRole.Link, new() { Name = name, Exact = true }).ClickAsync();
        await HeadingAsync(page, name);
    }

    private static Task HeadingAsync(IPage page, string text) =>
        Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1, Name = text })).ToBeVisibleAsync();

    private static ILocator Button(IPage page, string name) => page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    private static ILocator Button(ILocator within, string name) => within.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });
}
