using System.Globalization;
using System.Text.RegularExpressions;
using Futago.Console.Components;
using Futago.Console.Components.Presentation;
using Futago.Console.Resources;
using Futago.Testing.Iscsi;
using Futago.Testing.Nodes;
using Futago.Testing.Processes;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Futago.EndToEnd.Tests;

/// <summary>What must hold on every page and for every role, on one node.</summary>
public sealed class SharedNodeTests(EquippedNode equipped) : IClassFixture<EquippedNode>
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private static readonly string[] Pages =
    [
        ConsoleRoutes.Overview, ConsoleRoutes.Units, ConsoleRoutes.Groups, ConsoleRoutes.Group("vg00"), ConsoleRoutes.Volumes, ConsoleRoutes.Targets,
        .. Enum.GetValues<TargetTab>().Select(tab => ConsoleRoutes.Target(EquippedNode.TargetName, tab)),
        ConsoleRoutes.Sessions, ConsoleRoutes.RefusedLogins, ConsoleRoutes.Events, ConsoleRoutes.Pair, ConsoleRoutes.Settings, ConsoleRoutes.Users, ConsoleRoutes.Tokens,
    ];

    private FutagoNode Node => equipped.Node;

    [Theory]
    [InlineData("en", "light")]
    [InlineData("ja", "dark")]
    public async Task Pages_1024PixelsWide_DoNotScrollSideways(string language, string theme)
    {
        var page = await equipped.SignInAsync(language: language);
        await page.SetViewportSizeAsync(1024, 768);
        await page.Context.AddCookiesAsync([new Cookie { Name = "futago.theme", Value = theme, Url = Node.ConsoleUrl.ToString() }]);
        List<string> wide = [];

        foreach (var address in Pages)
        {
            await page.GotoAsync(address);
            await Expect(page.Locator($"html[data-theme={theme}]")).ToBeAttachedAsync();
            await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToBeVisibleAsync();
            if (address == ConsoleRoutes.Target(EquippedNode.TargetName, TargetTab.Statistics))
                await Expect(page.Locator(".plot")).ToHaveCountAsync(4);
            await Screens.KeepAsync(page, $"30-1024{address.Replace('/', '-').Replace(':', '_')}");
            var excess = await page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
            if (excess > 0)
                wide.Add($"{address}: {excess} px");
        }

        Assert.Empty(wide);
        await page.Context.CloseAsync();
    }

    /// <summary>The recorder of the engine itself: a page of commands at a time, unfolded and filtered, and the capture as a file.</summary>
    [Theory]
    [InlineData("en")]
    [InlineData("ja")]
    public async Task Session_OfManyCommands_IsPagedFilteredAndCaptured(string language)
    {
        // What the sign-in sets for itself does not come back to whoever waits for it.
        FailoverSteps.Expecting(language);
        using var initiator = new ScriptedInitiator(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, Node.IscsiPort));
        initiator.LoginNormal(EquippedNode.TargetName);
        initiator.TakeAttentions(1);
        var page = await equipped.SignInAsync(language: language);
        await page.GotoAsync(ConsoleRoutes.Sessions);
        await page.GetByRole(AriaRole.Link, new() { Name = SessionsText.Diagnose, Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = DiagnosticsText.CaptureStart }).ClickAsync();
        var download = page.GetByRole(AriaRole.Link, new() { Name = DiagnosticsText.Download });
        await Expect(download).ToBeVisibleAsync();
        for (var i = 0; i < 40; i++)
        {
            initiator.Execute(1, ScriptedInitiator.Cdb10(0x2A, (uint)i * 8, 8), dataOut: new byte[4096]);
            initiator.Execute(1, ScriptedInitiator.Cdb10(0x28, (uint)i * 8, 8), 4096);
        }
        initiator.Execute(1, [0x28, 0, 0xFF, 0, 0, 0, 0, 0, 8, 0], 4096);

        await page.GetByRole(AriaRole.Button, new() { Name = DiagnosticsText.Refresh }).ClickAsync();
        var rows = page.Locator("section[aria-labelledby=commands] tbody tr");
        await Expect(rows).ToHaveCountAsync(20);
        await Expect(rows.First).ToContainTextAsync("5/21/00");
        await page.Locator(".rz-row-toggler").First.ClickAsync();
        await Expect(page.GetByText(DiagnosticsText.ExecutionHelp)).ToBeVisibleAsync();
        await Screens.KeepAsync(page, "43-session");
        await page.Locator("input[name=errors]").CheckAsync();
        await Expect(page.Locator("section[aria-labelledby=commands] tbody")).ToContainTextAsync("READ(10)");
        await Expect(page.GetByText("WRITE(10)", new() { Exact = true }).Locator("visible=true")).ToHaveCountAsync(0);
        await Screens.KeepAsync(page, "43-session-errors");
        var file = await page.RunAndWaitForDownloadAsync(() => download.ClickAsync());
        await page.SetViewportSizeAsync(1024, 768);
        await page.Locator("input[name=errors]").UncheckAsync();
        await Expect(page.Locator(".rz-pager-next")).ToBeVisibleAsync();
        await Screens.KeepAsync(page, "43-session-1024");

        Assert.EndsWith(".pcapng", file.SuggestedFilename, StringComparison.Ordinal);
        Assert.Equal(0, await page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth"));
        await page.Context.CloseAsync();
    }

    /// <summary>The volume replication mode: what may be chosen and why not, what each choice does, and a clearing that is refused until a person insists.</summary>
    [Theory]
    [InlineData("en")]
    [InlineData("ja")]
    public async Task Mode_IsSetAndClearedInTheDialog(string language)
    {
        FailoverSteps.Expecting(language);
        var name = $"mode-{language}";
        await Node.CliAsync("volume", "create", $"vg00/{name}", "--type", "iscsi", "--size", "16MiB");
        var page = await equipped.SignInAsync(language: language);
        await page.GotoAsync(ConsoleRoutes.Volumes);
        var row = page.GetByRole(AriaRole.Row).Filter(new() { HasText = name });
        var dialog = page.GetByRole(AriaRole.Dialog);

        // A target serves it: the mode destination says so and cannot be chosen.
        await OpenModeAsync(page, "lv0000");
        await Expect(dialog.Locator("#mode-1")).ToBeDisabledAsync();
        await Expect(dialog).ToContainTextAsync(EquippedNode.TargetName);
        await Screens.KeepAsync(page, "68-mode-in-use");
        await page.Keyboard.PressAsync("Escape");
        await Expect(dialog).ToBeHiddenAsync();

        await OpenModeAsync(page, name);
        await Expect(dialog.Locator("#mode-2")).ToBeDisabledAsync();
        await dialog.Locator("#mode-1").CheckAsync();
        await Expect(dialog.GetByText(Sentence.Of(VolumeReplicationText.ModeDestinationThen, $"vg00/{name}"))).ToBeVisibleAsync();
        await Screens.KeepAsync(page, "69-mode-destination");
        await dialog.Locator("button[type=submit]").ClickAsync();
        await Expect(dialog).ToBeHiddenAsync();
        await Expect(row).ToContainTextAsync(Sentence.Of(VolumeReplicationText.OnLocked, VolumeReplicationText.Destination));
        await Screens.KeepAsync(page, "70-mode-in-the-list");

        // What an earlier replication left comes while the dialog is open: the refusal stays in it, with the way to insist.
        await OpenModeAsync(page, name);
        await dialog.Locator("#mode-2").CheckAsync();
        await Expect(dialog.Locator("button[type=submit]")).ToBeDisabledAsync();
        await Screens.KeepAsync(page, "71-mode-clear");
        LeaveMetadata(name);
        await dialog.Locator("#confirm").FillAsync(name);
        await dialog.Locator("button[type=submit]").ClickAsync();
        await Expect(dialog.Locator("#anyway")).ToBeVisibleAsync();
        await Screens.KeepAsync(page, "72-mode-clear-refused");
        await Expect(dialog.Locator("button[type=submit]")).ToBeDisabledAsync();
        if (language == "ja")
            Assert.Empty(await UntranslatedText.FindAsync(page));
        await dialog.Locator("#anyway").CheckAsync();
        await dialog.Locator("#confirm").FillAsync(name);
        await Screens.KeepAsync(page, "73-mode-clear-anyway");
        await dialog.Locator("button[type=submit]").ClickAsync();
        await Expect(dialog).ToBeHiddenAsync();
        await Expect(row).ToContainTextAsync(VolumeReplicationText.Off);

        await Node.CliAsync("volume", "delete", $"vg00/{name}", "--yes");
        await page.Context.CloseAsync();
    }

    private static async Task OpenModeAsync(IPage page, string volume)
    {
        await page.GetByRole(AriaRole.Row).Filter(new() { HasText = volume }).GetByText(VolumeReplicationText.ModeAction, new() { Exact = true }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Dialog).Locator("#mode-0")).ToBeVisibleAsync();
    }

    /// <summary>A browser clicks what was pressed and released: the update of the row between the two must leave the button where it is.</summary>
    [Fact]
    public async Task Click_WithALiveUpdateBetweenPressAndRelease_IsNotLost()
    {
        const string name = "pressed";
        await Node.CliAsync("volume", "create", $"vg00/{name}", "--type", "iscsi", "--size", "16MiB");
        var page = await equipped.SignInAsync();
        await page.GotoAsync(ConsoleRoutes.Volumes);
        var row = page.GetByRole(AriaRole.Row).Filter(new() { HasText = name });

        await row.GetByText(VolumeReplicationText.ModeAction, new() { Exact = true }).HoverAsync();
        await page.Mouse.DownAsync();
        await Node.CliAsync("volume", "set", $"vg00/{name}", "--replication", "destination");
        await Expect(row).ToContainTextAsync(Sentence.Of(VolumeReplicationText.OnLocked, VolumeReplicationText.Destination));
        await page.Mouse.UpAsync();

        await Expect(page.GetByRole(AriaRole.Dialog).Locator("#mode-0")).ToBeVisibleAsync();
        await Node.CliAsync("volume", "set", $"vg00/{name}", "--replication", "none", "--yes");
        await Node.CliAsync("volume", "delete", $"vg00/{name}", "--yes");
        await page.Context.CloseAsync();
    }

    /// <summary>Metadata of a replication beside a volume that nobody can read, in the mounts of the node.</summary>
    private void LeaveMetadata(string volume)
    {
        var engine = Node.FindProcesses("futago-engine").Single();
        var group = File.ReadLines($"/proc/{engine}/mountinfo").Select(l => l.Split(' ')[4]).Single(m => m.EndsWith("/groups/vg00", StringComparison.Ordinal));
        var directory = Directory.GetDirectories($"/proc/{engine}/root{group}/volumes")
            .Single(d => File.ReadAllText(Path.Combine(d, "volume.json")).Contains($"\"name\":\"{volume}\"", StringComparison.Ordinal));
        File.WriteAllBytes(Path.Combine(directory, "replication"), new byte[1 << 20]);
    }

    [Fact]
    public async Task Keyboard_OpensFillsAndLeavesADialog()
    {
        var page = await equipped.SignInAsync();
        await page.GotoAsync(ConsoleRoutes.Units);
        var open = page.GetByRole(AriaRole.Button, new() { Name = UnitsText.CreateImage, Exact = true });
        var dialog = page.GetByRole(AriaRole.Dialog);
        await Expect(page.GetByRole(AriaRole.Row).Filter(new() { HasText = "unit0.img" })).ToBeVisibleAsync();

        await open.FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(dialog.Locator("#path")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Escape");
        await Expect(dialog).ToBeHiddenAsync();
        await Expect(open).ToBeFocusedAsync();

        await page.Keyboard.PressAsync("Enter");
        await Expect(dialog.Locator("#path")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Control+A");
        await page.Keyboard.TypeAsync(Path.Combine(Node.DataDirectory, "images", "keyboard.img"));
        await dialog.Locator("#sizeBytes").FocusAsync();
        await page.Keyboard.PressAsync("Control+A");
        await page.Keyboard.TypeAsync("600 MiB");
        await page.Keyboard.PressAsync("Enter");

        await Expect(dialog).ToBeHiddenAsync();
        await Expect(page.GetByRole(AriaRole.Row).Filter(new() { HasText = "keyboard.img" })).ToContainTextAsync("600 MiB");
        await Expect(open).ToBeFocusedAsync();

        // A dialog that first reads what its fields will show has only Cancel until then, which must not keep the focus.
        await page.GotoAsync(ConsoleRoutes.Targets);
        await page.GetByRole(AriaRole.Button, new() { Name = TargetsText.Create, Exact = true }).ClickAsync();
        await Expect(dialog.Locator("#name")).ToBeFocusedAsync();
        await Expect(dialog.Locator("#name")).ToHaveValueAsync(new Regex("^iqn\\."));
        await page.Context.CloseAsync();
    }

    [Theory]
    [InlineData("viewer", false)]
    [InlineData("operator", true)]
    public async Task Role_SeesWhatItMayDoAndIsRefusedTheRest(string role, bool mayOperate)
    {
        var page = await equipped.SignInAsync(role);

        await Expect(page.GetByRole(AriaRole.Link, new() { Name = ShellText.Users, Exact = true })).ToBeHiddenAsync();
        await page.GotoAsync(ConsoleRoutes.Units);
        await Expect(page.GetByRole(AriaRole.Row).Filter(new() { HasText = "unit0.img" })).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = UnitsText.CreateImage })).ToHaveCountAsync(0);
        await page.GotoAsync(ConsoleRoutes.Volumes);
        await Expect(page.GetByRole(AriaRole.Row).Filter(new() { HasText = "lv0000" })).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = CommonText.Delete })).ToHaveCountAsync(0);
        await page.GotoAsync(ConsoleRoutes.Target(EquippedNode.TargetName));
        await Expect(page.GetByRole(AriaRole.Row).Filter(new() { HasText = "vg00/lv0000" })).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = TargetsText.AddLun })).ToHaveCountAsync(0);
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = TargetsText.Stop })).ToHaveCountAsync(mayOperate ? 1 : 0);
        await Screens.KeepAsync(page, $"40-{role}-target");
        await page.GotoAsync(ConsoleRoutes.Users);
        await Expect(page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
        await Screens.KeepAsync(page, $"40-{role}-users");

        var target = $"/api/v1/targets/{EquippedNode.TargetName}";
        Assert.Equal(200, await StatusAsync(page, "GET", target));
        Assert.Equal(mayOperate ? 200 : 403, await StatusAsync(page, "POST", $"{target}/start"));
        Assert.Equal(403, await StatusAsync(page, "PATCH", target, """{"alias":"changed"}"""));
        Assert.Equal(403, await StatusAsync(page, "POST", "/api/v1/targets", """{"name":"iqn.2026-01.example.futago:no"}"""));
        Assert.Equal(403, await StatusAsync(page, "DELETE", "/api/v1/volumes/vg00/lv0000", """{"confirm":"lv0000"}"""));
        Assert.Equal(403, await StatusAsync(page, "GET", "/api/v1/users"));
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task OwnPassword_OfAViewer_IsChangedInTheUserMenu()
    {
        const string password = "another correct horse";
        var name = "vera";
        var file = Path.Combine(Node.DataDirectory, "user-password");
        await Node.CliAsync("user", "create", name, "--role", "viewer", "--password-file", file);
        var page = await equipped.SignInAsync(name);

        await page.GetByRole(AriaRole.Button, new() { Name = Sentence.Of(ShellText.UserMenu, name) }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = ShellText.ChangePassword }).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog).Filter(new() { Has = page.Locator("#currentPassword") });
        await dialog.Locator("#currentPassword").FillAsync("not the password");
        await dialog.Locator("#password").FillAsync(password);
        await dialog.Locator("#again").FillAsync(password);
        await dialog.Locator("button[type=submit]").ClickAsync();
        await Expect(dialog.Locator("#currentPassword-error")).ToBeVisibleAsync();
        await Screens.KeepAsync(page, "41-own-password");
        await dialog.Locator("#currentPassword").FillAsync(FutagoNode.AdministratorPassword);
        await Expect(dialog.Locator("#currentPassword-error")).ToBeHiddenAsync();
        await dialog.Locator("button[type=submit]").ClickAsync();

        await Expect(page).ToHaveURLAsync(new Regex("/sign-in"));
        await EquippedNode.SubmitSignInAsync(page, name, password);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Console_Killed_ThePageComesBackByItself()
    {
        var page = await equipped.SignInAsync();
        await page.GotoAsync(ConsoleRoutes.Targets);
        await Expect(page.GetByRole(AriaRole.Row).Filter(new() { HasText = EquippedNode.TargetName })).ToBeVisibleAsync();

        await SignalAsync("KILL", "futago-console");
        await WaitUntilHealthyAsync(page);
        await Node.CliAsync("target", "create", "iqn.2026-01.example.futago:after");

        // Nobody touched the page: it found the new console, is still signed in, and follows what happens there.
        await Expect(page.GetByRole(AriaRole.Row).Filter(new() { HasText = "iqn.2026-01.example.futago:after" })).ToBeVisibleAsync(new() { Timeout = (float)Patience.TotalMilliseconds });
        await page.Context.CloseAsync();
    }

    /// <summary>An engine that hangs, and a guard that hangs with it and so does not start it again: the page says so, and recovers by itself.</summary>
    [Fact]
    public async Task EngineAndGuard_Stopped_ThePageSaysSoUntilTheyGoOn()
    {
        var page = await equipped.SignInAsync();
        await page.GotoAsync(ConsoleRoutes.Targets);
        var banner = page.GetByRole(AriaRole.Alert).Filter(new() { HasText = ShellText.EngineLost });
        await Expect(page.GetByRole(AriaRole.Row).Filter(new() { HasText = EquippedNode.TargetName })).ToBeVisibleAsync();
        await Expect(banner).ToBeHiddenAsync();

        // The guard first: it would end an engine that does not answer.
        await SignalAsync("STOP", "futago-guard");
        await SignalAsync("STOP", "futago-engine");
        try
        {
            await Expect(banner).ToBeVisibleAsync(new() { Timeout = (float)Patience.TotalMilliseconds });
            await Screens.KeepAsync(page, "42-engine-lost");
        }
        finally
        {
            await SignalAsync("CONT", "futago-engine");
            await SignalAsync("CONT", "futago-guard");
        }

        await Expect(banner).ToBeHiddenAsync(new() { Timeout = (float)Patience.TotalMilliseconds });
        await Expect(page.GetByRole(AriaRole.Row).Filter(new() { HasText = EquippedNode.TargetName })).ToBeVisibleAsync();
        await page.Context.CloseAsync();
    }

    private Task SignalAsync(string signal, string part) =>
        Command.RunOkAsync("kill", [$"-{signal}", .. Node.FindProcesses(part).Select(p => p.ToString(CultureInfo.InvariantCulture))]);

    private static async Task WaitUntilHealthyAsync(IPage page)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (true)
        {
            try
            {
                var health = await page.APIRequest.GetAsync("/healthz");
                if (health.Ok)
                    return;
            }
            catch (PlaywrightException)
            {
                // Not listening yet.
            }
            await Task.Delay(TimeSpan.FromMilliseconds(250), limit.Token);
        }
    }

    private static Task<int> StatusAsync(IPage page, string method, string address, string? body = null) => page.EvaluateAsync<int>(
        """
        async ([method, address, body]) =>
          (await fetch(address, { method, body: body ?? undefined, headers: body ? { 'content-type': 'application/json' } : {} })).status
        """,
        new[] { method, address, body });
}
