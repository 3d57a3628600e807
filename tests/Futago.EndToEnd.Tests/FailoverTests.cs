using System.Globalization;
using Futago.Console.Client.Failover;
using Futago.Console.Components;
using Futago.Console.Resources;
using Futago.Engine.Contracts;
using Futago.Testing.Nodes;
using Microsoft.Playwright;
using static Futago.EndToEnd.Tests.FailoverSteps;
using static Microsoft.Playwright.Assertions;

namespace Futago.EndToEnd.Tests;

/// <summary>
/// A failover pair set up in the browser, in both languages: step by step over the pages, with what keeps it from being started
/// after each step; and in one form that makes what is missing. One pair of nodes for all of it: they are the expensive part.
/// </summary>
public sealed class FailoverTests(BrowserFixture browser)
{
    private const string Target = "iqn.2026-01.example.futago:failover";

    private static readonly StartReason NoVirtualIp = new(FailoverCheckCodes.NoVirtualIp, ConsoleRoutes.FailoverParts);

    [Fact]
    public async Task StepByStep_AndInOneForm_StartsSwitchesAndFailsBack()
    {
        await using var twins = await Twins.StartAsync();
        await twins.CreateGroupsAsync("1GiB");
        await NotPairedAsync(twins);
        foreach (var (language, number) in new[] { ("en", 0), ("ja", 1) })
        {
            Expecting(language);
            var page = await SignInAsync(twins, language);
            await StepByStepAsync(twins, page, $"lv{number:0000}", $"replication{number}", $"{Target}-{language}");
            await StartAsync(page);
            Assert.Contains($"{Target}-{language}", await Twins.ClientAsync("iscsi-ls", $"iscsi://{VirtualIp}/"), StringComparison.Ordinal);
            await AwayAsync(twins);

            await OneFormAsync(page, makesVolume: number == 0);
            await StartAsync(page);
            Assert.Contains(number == 0 ? $"{Target}-new" : $"{Target}-{language}", await Twins.ClientAsync("iscsi-ls", $"iscsi://{VirtualIp}/"), StringComparison.Ordinal);
            await SwitchAndBackAsync(twins, page);
            await page.Context.CloseAsync();
            await AwayAsync(twins);
        }
    }

    private async Task<IPage> SignInAsync(Twins twins, string language)
    {
        Expecting(language);
        var page = await browser.OpenAsync(await twins.ConsoleUrlAsync("a"), language);
        await EquippedNode.SubmitSignInAsync(page, "admin", FutagoNode.AdministratorPassword);
        return page;
    }

    /// <summary>Nothing at all yet, and then a pair and nothing else: both pages are read in both languages.</summary>
    private async Task NotPairedAsync(Twins twins)
    {
        var page = await SignInAsync(twins, "en");
        StartReason[] nothing = [new(ProblemCodes.FailoverNotConfigured, ConsoleRoutes.FailoverCreate), new(FailoverCheckCodes.NoTask, ConsoleRoutes.VolumeReplications), NoVirtualIp];
        foreach (var language in new[] { "en", "ja" })
        {
            Expecting(language);
            await SwitchLanguageAsync(page, language);
            await StartRefusedAsync(page, "70-failover-not-paired", [new(FailoverCheckCodes.NotPaired, ConsoleRoutes.Pair), .. nothing]);
        }
        await JoinAsync(page, (await twins.CliAsync("b", "pair", "code")).Trim());
        foreach (var language in new[] { "ja", "en" })
        {
            Expecting(language);
            await SwitchLanguageAsync(page, language);
            await StartRefusedAsync(page, "71-failover-nothing", nothing);
        }
        await page.Context.CloseAsync();
    }

    private static async Task StepByStepAsync(Twins twins, IPage page, string volume, string task, string target)
    {
        var path = $"vg00/{volume}";
        (string, string) named = ("task", task);
        await CreateVolumeAsync(page, volume);
        await twins.CliAsync("b", "volume", "create", path, "--type", "iscsi", "--size", "256MiB");
        await CreateTaskAsync(page, task, path);
        await StartRefusedAsync(page, "72-failover-task-outside",
            new(ProblemCodes.FailoverNotConfigured, ConsoleRoutes.FailoverCreate), new(FailoverCheckCodes.NoTask, ConsoleRoutes.FailoverParts), NoVirtualIp);

        await SetTaskAsync(page, task);
        var noTarget = new StartReason(FailoverCheckCodes.NoTarget, ConsoleRoutes.Targets);
        await StartRefusedAsync(page, "73-failover-task-stopped", new(FailoverCheckCodes.TaskStopped, ConsoleRoutes.VolumeReplication(task), named), noTarget, NoVirtualIp);

        await Button(page, VolumeReplicationText.Start).ClickAsync();
        await Expect(Button(page, VolumeReplicationText.Stop)).ToBeVisibleAsync(Soon);
        await StartRefusedAsync(page, "74-failover-resync", new(FailoverCheckCodes.TaskNotSynced, ConsoleRoutes.VolumeReplication(task), named), noTarget, NoVirtualIp);
        await twins.CliAsync("a", "volume-replication", "set", task, "--resync-limit", "none");
        await twins.CliAsync("a", "volume-replication", "start", task, "--wait-synced");

        await CreateTargetAsync(page, target, path);
        await StartRefusedAsync(page, "75-failover-target",
            new(FailoverCheckCodes.LunWriteBack, ConsoleRoutes.Target(target), ("lun", "1"), ("target", target)),
            new(ProblemCodes.FailoverTargetsDiffer, ConsoleRoutes.FailoverParts, ("peer", "b")), NoVirtualIp);
        await TurnWriteBackOffAsync(page);
        await StartRefusedAsync(page, "76-failover-targets-differ", new(ProblemCodes.FailoverTargetsDiffer, ConsoleRoutes.FailoverParts, ("peer", "b")), NoVirtualIp);
        await CopyTargetsAsync(page);
        await StartRefusedAsync(page, "77-failover-no-virtual-ip", NoVirtualIp);

        await SetVirtualIpAsync(page);
        await SetAuxiliaryAsync(page);
        await NoPingNodeIsSaidAsync(page);
        await SetPingNodeAsync(page, "10.77.0.99");
        await StartRefusedAsync(page, "78-failover-ping-node",
            [.. new[] { "a", "b" }.Select(node => new StartReason(FailoverCheckCodes.PingNodeSilent, ConsoleRoutes.FailoverParts, ("address", "10.77.0.99"), ("node", node)))]);
        await SetPingNodeAsync(page, "10.77.0.254");
    }

    /// <summary>The peer gets the target that only this node has.</summary>
    private static async Task CopyTargetsAsync(IPage page)
    {
        await page.GotoAsync(ConsoleRoutes.Failover);
        await Button(page.Locator("#definition"), FailoverText.CopyTargets).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await Button(dialog, FailoverText.CopyTargets).ClickAsync();
        await Expect(dialog).ToBeHiddenAsync(new() { Timeout = 120_000 });
    }

    /// <summary>It can be started without one, but nobody should be surprised.</summary>
    private static async Task NoPingNodeIsSaidAsync(IPage page)
    {
        await page.GotoAsync(ConsoleRoutes.Failover);
        var line = page.Locator("#checks li").Filter(new() { HasText = Futago.Console.Components.Presentation.ProblemText.ByCode(FailoverCheckCodes.NoPingNode) });
        await Expect(line).ToBeVisibleAsync(Soon);
        await Expect(line.GetByRole(AriaRole.Link)).ToHaveAttributeAsync("href", ConsoleRoutes.FailoverParts);
    }

    /// <summary>The one form: with a volume that is made on both nodes, or with the tasks that there are.</summary>
    private static async Task OneFormAsync(IPage page, bool makesVolume)
    {
        await page.GotoAsync(ConsoleRoutes.Failover);
        await page.GetByRole(AriaRole.Navigation).GetByRole(AriaRole.Link, new() { Name = FailoverText.Title, Exact = true }).ClickAsync();
        await Button(page, FailoverText.Create).ClickAsync();
        var address = page.Locator("#virtualIp-0");
        await Expect(address).ToBeVisibleAsync();
        if (makesVolume)
            await AskForVolumeAsync(page);
        // A slip first: the form stays, with the reason.
        await address.FillAsync("10.77.0.300/24");
        await page.Locator("#pingNodes").FillAsync("10.77.0.254");
        await page.Locator("#pingNodes").BlurAsync();
        var create = Button(page.Locator("section.card").First, FailoverText.Create);
        await create.ClickAsync();
        await Expect(page.Locator("[role=alert]").First).ToBeVisibleAsync(Soon);
        await Screens.KeepAsync(page, "80-failover-create-refused");
        await address.FillAsync($"{VirtualIp}/24");
        await address.BlurAsync();
        await create.ClickAsync();
        if (makesVolume)
            await ConfirmAsync(page);
        await Expect(page.Locator("#manager")).ToBeVisibleAsync(Soon);
    }

    private static async Task AskForVolumeAsync(IPage page)
    {
        await OnlyTaskAsync(page.Locator("#tasks"), null);
        await Button(page.Locator("#newVolumes"), FailoverText.AddNewVolume).ClickAsync();
        await page.Locator("#newVolume-0-name").FillAsync("lv0009");
        await page.Locator("#newVolume-0-size").FillAsync("64 MiB");
        await page.Locator("#newVolume-0-target").FillAsync($"{Target}-new");
        await page.Locator("#newVolume-0-lun").FillAsync("300");
        await page.Locator("#newVolume-0-allow").FillAsync("10.77.0.0/24");
        await page.Locator("#newVolume-0-allow").BlurAsync();
        await Expect(page.Locator(".preflight")).ToContainTextAsync("255", new() { Timeout = 120_000 });
        await page.Locator("#newVolume-0-lun").FillAsync("2");
        await page.Locator("#newVolume-0-lun").BlurAsync();
        await Expect(page.Locator(".preflight")).ToContainTextAsync("vg00/lv0009", new() { Timeout = 120_000 });
    }

    /// <summary>The dialog says what will be made.</summary>
    private static async Task ConfirmAsync(IPage page)
    {
        var dialog = page.GetByRole(AriaRole.Dialog);
        await Expect(dialog).ToContainTextAsync("vg00/lv0009", new() { Timeout = 120_000 });
        await Expect(dialog).ToContainTextAsync($"{Target}-new");
        await Screens.KeepAsync(page, "81-failover-create-plan");
        await Button(dialog, FailoverText.Create).ClickAsync();
        // Or it is made already.
        await Expect(page.Locator("#set-up-progress li, #manager").First).ToBeVisibleAsync(Soon);
        await Screens.KeepAsync(page, "82-failover-create-progress");
    }

    /// <summary>Not before both sides have the same data; then it can be pressed.</summary>
    private static async Task StartAsync(IPage page)
    {
        await page.GotoAsync(ConsoleRoutes.Failover);
        var start = Button(page.Locator("#manager"), FailoverText.Start);
        await Expect(start).ToBeEnabledAsync(new() { Timeout = 120_000 });
        await AskedAsync(page, FailoverText.Start);
        await Expect(Button(page.Locator("#manager"), FailoverText.Switch)).ToBeEnabledAsync(new() { Timeout = 120_000 });
        await Expect(page.Locator("#history")).ToBeVisibleAsync(Soon);
        await Screens.KeepAsync(page, "83-failover");
    }

    /// <summary>The page of the other node may know of the switch before this node has looked at its NICs again.</summary>
    private static async Task HoldsVirtualIpAsync(Twins twins, string node)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (!(await twins.CliAsync(node, "network", "list")).Contains($"{VirtualIp}/24", StringComparison.Ordinal))
            await Task.Delay(TimeSpan.FromMilliseconds(500), limit.Token);
    }

    private static async Task SwitchAndBackAsync(Twins twins, IPage page)
    {
        await AskedAsync(page, FailoverText.Switch);
        await Expect(Button(page, FailoverText.FailBack)).ToBeEnabledAsync(new() { Timeout = 120_000 });
        await Screens.KeepAsync(page, "84-failover-switched");
        await HoldsVirtualIpAsync(twins, "b");
        await AskedAsync(page, FailoverText.FailBack);
        await Expect(Button(page, FailoverText.FailBack)).ToBeDisabledAsync(new() { Timeout = 120_000 });
        await page.GotoAsync(ConsoleRoutes.Network);
        await Expect(page.GetByText($"{VirtualIp}/24").First).ToBeVisibleAsync(Soon);
        await Screens.KeepAsync(page, "85-network");
        if (CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "ja")
            Assert.Empty(await UntranslatedText.FindAsync(page));
    }

    /// <summary>Volumes, tasks and targets stay.</summary>
    private static async Task AwayAsync(Twins twins)
    {
        await twins.CliAsync("a", "failover", "stop");
        await twins.CliAsync("a", "failover", "delete", "--yes");
    }
}
