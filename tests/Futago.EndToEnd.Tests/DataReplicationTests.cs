using System.Globalization;
using Futago.Console.Components;
using Futago.Console.Resources;
using Futago.Testing.Nodes;
using Futago.Testing.Processes;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Futago.EndToEnd.Tests;

/// <summary>The evening's copy from node a to node b, set up and looked at in two browsers, in both languages.</summary>
public sealed class DataReplicationTests(BrowserFixture browser)
{
    private const string Password = "correct horse";

    [Fact]
    public async Task TaskOnA_AndShareOnB_CopyAndStandInTheTaskLog()
    {
        await using var twins = await Twins.StartAsync();
        await twins.CreateGroupsAsync("2GiB");
        foreach (var language in new[] { "en", "ja" })
            await FlowAsync(twins, language);
    }

    private async Task FlowAsync(Twins twins, string language)
    {
        CultureInfo.CurrentUICulture = CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(language);
        var a = await SignInAsync(await twins.ConsoleUrlAsync("a"), language);
        var b = await SignInAsync(await twins.ConsoleUrlAsync("b"), language);
        var name = $"office-{language}";
        if (language == "en")
            await EmptyPagesAsync(a);
        await CreateShareAsync(a, name);
        await CreateShareAsync(b, name);
        await FillAsync(twins, name);
        await OfferAsync(b, name);
        await CreateTaskAsync(a, name);
        await RunAsync(a, name);
        await SnapshotScheduleAsync(a, name);
        await LookAtAsync(a);
        await LookAtAsync(b);

        Assert.Equal(["100", "101"], await FilesAsync(twins, "b", name));
        await a.Context.CloseAsync();
        await b.Context.CloseAsync();
    }

    /// <summary>The pages before there is anything on them.</summary>
    private static async Task EmptyPagesAsync(IPage page)
    {
        foreach (var address in new[] { ConsoleRoutes.Snapshots, ConsoleRoutes.Shares, ConsoleRoutes.DataReplication, ConsoleRoutes.Tasks })
        {
            await ReadAsync(page, address);
            await Screens.KeepAsync(page, $"60-empty{address.Replace('/', '-')}");
        }
    }

    private static async Task CreateShareAsync(IPage page, string name)
    {
        await OpenAsync(page, ShellText.Volumes);
        await Button(page, VolumesText.Create).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await dialog.Locator("#type-1").CheckAsync();
        await dialog.Locator("#name").FillAsync(name);
        await dialog.Locator("#sizeBytes").FillAsync("512 MiB");
        await Button(dialog, CommonText.Create).ClickAsync();
        await Expect(dialog).ToBeHiddenAsync();

        await OpenAsync(page, ShellText.Shares);
        await Button(page, SharesText.Create).ClickAsync();
        dialog = page.GetByRole(AriaRole.Dialog);
        await dialog.Locator("#name").FillAsync(name);
        await dialog.Locator("#volume").SelectOptionAsync($"vg00/{name}");
        await Screens.KeepAsync(page, "61-create-share");
        await Button(dialog, CommonText.Create).ClickAsync();
        await Expect(dialog).ToBeHiddenAsync();
        await Expect(page.GetByRole(AriaRole.Row).Filter(new() { HasText = name })).ToBeVisibleAsync();
    }

    /// <summary>The agent's side: enabled, and the share uses data replication.</summary>
    private static async Task OfferAsync(IPage page, string name)
    {
        await OpenAsync(page, DataReplicationText.Title);
        // Enabled once, in the first language.
        var listening = page.GetByText(DataReplicationText.AgentListening);
        var enable = Button(page, DataReplicationText.AgentEnable);
        await Expect(listening.Or(enable)).ToBeVisibleAsync();
        if (await enable.IsVisibleAsync())
            await enable.ClickAsync();
        await Expect(listening).ToBeVisibleAsync();
        await Button(page, DataReplicationText.AgentShareAdd).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await dialog.Locator("#share").FillAsync(name);
        await dialog.Locator("#user").FillAsync("repl");
        await dialog.Locator("#password").FillAsync(Password);
        await dialog.Locator("#allowed").FillAsync("10.77.0.0/24");
        await Screens.KeepAsync(page, "62-agent-share");
        await Button(dialog, CommonText.Save).ClickAsync();
        await Expect(dialog).ToBeHiddenAsync();
        await Expect(page.GetByText("10.77.0.0/24").Last).ToBeVisibleAsync();
    }

    private static async Task CreateTaskAsync(IPage page, string name)
    {
        await OpenAsync(page, DataReplicationText.Title);
        await Button(page, DataReplicationText.Create).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await dialog.Locator("#name").FillAsync(name);
        await dialog.Locator("#source").FillAsync(name);
        await dialog.Locator("#destination").FillAsync("10.77.0.2");
        await dialog.Locator("#user").FillAsync("repl");
        // A slip first: the dialog stays and says what is wrong.
        await dialog.Locator("#password").FillAsync("wrong horse");
        await dialog.Locator("#share").FillAsync(name);
        await dialog.Locator("#schedule").FillAsync("Mon–Fri 18:00");
        await Button(dialog, CommonText.Create).ClickAsync();
        await Expect(dialog.Locator("[role=alert]").First).ToBeVisibleAsync();
        await Screens.KeepAsync(page, "63-task-refused");

        await dialog.Locator("#password").FillAsync(Password);
        await Button(dialog, DataReplicationText.Browse).ClickAsync();
        await Expect(Button(dialog, name)).ToBeVisibleAsync();
        await Button(dialog, DataReplicationText.Test).ClickAsync();
        await Expect(dialog.Locator("ul.checks li")).Not.ToHaveCountAsync(0);
        await Expect(dialog.Locator(".next-runs li")).ToHaveCountAsync(5);
        await Screens.KeepAsync(page, "64-task");
        await Button(dialog, CommonText.Create).ClickAsync();
        await Expect(dialog).ToBeHiddenAsync();
        await Expect(page.GetByRole(AriaRole.Row).Filter(new() { HasText = name })).ToContainTextAsync("Mon-Fri 18:00");
    }

    private static async Task RunAsync(IPage page, string name)
    {
        var row = page.GetByRole(AriaRole.Row).Filter(new() { HasText = name });
        await Button(row, DataReplicationText.Start).ClickAsync();
        await Expect(row.GetByText(TasksText.Ok)).ToBeVisibleAsync();
        await Screens.KeepAsync(page, "65-data-replication");

        await OpenAsync(page, ShellText.Tasks);
        await page.Locator("select").First.SelectOptionAsync(name);
        var rows = page.Locator("tbody").GetByRole(AriaRole.Row);
        await Expect(rows).ToHaveCountAsync(2);
        await Expect(rows.Nth(0)).ToContainTextAsync(TasksText.Ok);
        await Expect(rows.Nth(0)).ToContainTextAsync(TasksText.Finished);
        await Expect(rows.Nth(1)).ToContainTextAsync(TasksText.Ok);
        await Expect(rows.Nth(1)).ToContainTextAsync(TasksText.Started);
        await Button(rows.Nth(0), TasksText.ShowRun).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await Expect(dialog.GetByText(TasksText.RecoveryPoint)).ToBeVisibleAsync();
        await Screens.KeepAsync(page, "66-run");
        await page.Keyboard.PressAsync("Escape");
        await Expect(dialog).ToBeHiddenAsync();
    }

    private static async Task SnapshotScheduleAsync(IPage page, string name)
    {
        await OpenAsync(page, ShellText.Snapshots);
        await Button(page, SnapshotsText.CreateSchedule).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await dialog.Locator("#name").FillAsync($"hourly-{name}");
        await dialog.Locator("#volume").SelectOptionAsync($"vg00/{name}");
        await Expect(dialog.Locator(".next-runs li")).ToHaveCountAsync(5);
        // Only what the test starts counts, also when it runs across a full hour.
        await dialog.Locator("#enabled").UncheckAsync();
        // Of one hour only the last snapshot would stay.
        await dialog.Locator("#last").FillAsync("5");
        await Screens.KeepAsync(page, "67-snapshot-schedule");
        await Button(dialog, CommonText.Create).ClickAsync();
        await Expect(dialog).ToBeHiddenAsync();
        var schedule = page.Locator(".schedule").Filter(new() { HasText = $"hourly-{name}" });
        for (var run = 1; run <= 2; run++)
        {
            await Button(schedule, SnapshotsText.RunNow).ClickAsync();
            await Expect(page.GetByRole(AriaRole.Row).Filter(new() { HasText = "auto-" }).Filter(new() { HasText = name })).ToHaveCountAsync(run);
            // The snapshot is seen before its run has ended.
            await Expect(schedule.GetByText(TasksText.Ok)).ToBeVisibleAsync();
        }

        // Keeping less shows first what that deletes.
        await Button(schedule, DataReplicationText.Edit).ClickAsync();
        foreach (var field in new[] { "last", "hours", "weeks" })
            await dialog.Locator($"#{field}").FillAsync("");
        await dialog.Locator("#days").FillAsync("1");
        await dialog.Locator("#days").BlurAsync();
        await Expect(dialog.Locator(".doomed li")).ToHaveCountAsync(1);
        await Button(dialog, CommonText.Save).ClickAsync();
        await Expect(dialog.Locator("#confirm-error")).ToBeVisibleAsync();
        await Screens.KeepAsync(page, "68-retention");
        await dialog.Locator("#confirm").CheckAsync();
        await Button(dialog, CommonText.Save).ClickAsync();
        await Expect(dialog).ToBeHiddenAsync();
        await Screens.KeepAsync(page, "69-snapshots");
    }

    /// <summary>Every page fits a small screen and is wholly in the language.</summary>
    private static async Task LookAtAsync(IPage page)
    {
        foreach (var address in new[] { ConsoleRoutes.Snapshots, ConsoleRoutes.Shares, ConsoleRoutes.DataReplication, ConsoleRoutes.Tasks })
        {
            await page.SetViewportSizeAsync(1024, 768);
            await ReadAsync(page, address);
            await Screens.KeepAsync(page, $"70-narrow{address.Replace('/', '-')}-{new Uri(page.Url).Port}");
            Assert.Equal(0, await page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth"));
            if (CultureInfo.CurrentUICulture.Name == "ja")
                Assert.Empty(await UntranslatedText.FindAsync(page));
        }
        await page.SetViewportSizeAsync(1440, 900);
    }

    /// <summary>Goes to a page and waits for what is on it.</summary>
    private static async Task ReadAsync(IPage page, string address)
    {
        await page.GotoAsync(address);
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToBeVisibleAsync();
        await Expect(page.Locator(".loading")).ToHaveCountAsync(0);
    }

    private static async Task FillAsync(Twins twins, string name)
    {
        await Command.RunOkAsync("bash", "-ec", "cd \"$0\"; mkdir tree; for i in $(seq 100); do echo \"$i\" >\"tree/$i\"; done; echo 日本語 >tree/日本語", await twins.RootOfAsync("a", $"vg00/{name}"));
    }

    /// <summary>How many files there are, without and with those whose names are not ASCII.</summary>
    private static async Task<string[]> FilesAsync(Twins twins, string node, string name)
    {
        var root = await twins.RootOfAsync(node, $"vg00/{name}");
        var all = Directory.GetFiles(Path.Combine(root, "tree"));
        return
        [
            all.Count(f => Path.GetFileName(f).All(char.IsAscii)).ToString(CultureInfo.InvariantCulture),
            all.Length.ToString(CultureInfo.InvariantCulture),
        ];
    }

    private async Task<IPage> SignInAsync(Uri console, string language)
    {
        var page = await browser.OpenAsync(console, language);
        await EquippedNode.SubmitSignInAsync(page, "admin", FutagoNode.AdministratorPassword);
        return page;
    }

    private static async Task OpenAsync(IPage page, string link)
    {
        await page.GetByRole(AriaRole.Navigation).GetByRole(AriaRole.Link, new() { Name = link, Exact = true }).First.ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1, Name = link })).ToBeVisibleAsync();
    }

    private static ILocator Button(IPage page, string name) => page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    private static ILocator Button(ILocator within, string name) => within.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });
}
