using System.Globalization;
using Futago.Console.Resources;
using Futago.Testing.Nodes;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Futago.EndToEnd.Tests;

/// <summary>One node for many tests: a volume that a started target serves, and a user of each role.</summary>
public sealed class EquippedNode(BrowserFixture browser) : IAsyncLifetime
{
    public const string TargetName = "iqn.2026-01.example.futago:shared";

    public FutagoNode Node { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Node = await FutagoNode.StartAsync();
        var image = Path.Combine(Node.DataDirectory, "images", "unit0.img");
        var password = Path.Combine(Node.DataDirectory, "user-password");
        await File.WriteAllTextAsync(password, FutagoNode.AdministratorPassword);
        await Node.CliAsync("unit", "create-image", image, "--size", "2GiB");
        await Node.CliAsync("group", "create", "vg00", "--unit", image);
        await Node.CliAsync("volume", "create", "vg00/lv0000", "--type", "iscsi", "--size", "256MiB");
        await Node.CliAsync("target", "create", TargetName);
        await Node.CliAsync("lun", "add", TargetName, "--volume", "vg00/lv0000", "--lun", "1");
        await Node.CliAsync("access", "allow", TargetName, "--address", "127.0.0.0/8");
        await Node.CliAsync("target", "start", TargetName);
        foreach (var role in new[] { "viewer", "operator" })
            await Node.CliAsync("user", "create", role, "--role", role, "--password-file", password);
    }

    /// <summary>A signed-in browser on the overview.</summary>
    public async Task<IPage> SignInAsync(string user = "admin", string password = FutagoNode.AdministratorPassword, string language = "en")
    {
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(language);
        var page = await browser.OpenAsync(Node.ConsoleUrl, language);
        await SubmitSignInAsync(page, user, password);
        return page;
    }

    public static async Task SubmitSignInAsync(IPage page, string user, string password)
    {
        await page.GotoAsync("/sign-in");
        await page.Locator("#userName").FillAsync(user);
        await page.Locator("#password").FillAsync(password);
        await page.Locator("form button[type=submit]").First.ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1, Name = ShellText.Overview })).ToBeVisibleAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (Node is not null)
            await Node.DisposeAsync();
    }
}
