using System.Globalization;
using System.Text.RegularExpressions;
using Futago.Console.Components;
using Futago.Console.Components.Presentation;
using Futago.Console.Resources;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Futago.EndToEnd.Tests;

/// <summary>Something that keeps the failover manager from being started, with the page that mends it.</summary>
/// <param name="Code">Of the sentence, in whatever language the page is.</param>
internal sealed record StartReason(string Code, string Address, params (string Name, string Value)[] Args);

/// <summary>The pages of the step-by-step way, one after the other, in the language of the page.</summary>
internal static class FailoverSteps
{
    public const string VirtualIp = "10.77.0.10";

    /// <summary>Generous: pages follow the nodes by themselves, on a machine that may be busy.</summary>
    public static readonly LocatorAssertionsToBeVisibleOptions Soon = new() { Timeout = 120_000 };

    public static async Task CreateVolumeAsync(IPage page, string name)
    {
        await page.GotoAsync(ConsoleRoutes.Volumes);
        await Button(page, VolumesText.Create).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await dialog.Locator("#name").FillAsync(name);
        await dialog.Locator("#sizeBytes").FillAsync("256 MiB");
        await Button(dialog, CommonText.Create).ClickAsync();
        await Expect(dialog).ToBeHiddenAsync();
    }

    public static async Task JoinAsync(IPage page, string code)
    {
        await page.GotoAsync(ConsoleRoutes.Pair);
        await Button(page, PairText.Join).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await dialog.Locator("#address").FillAsync("10.78.0.2");
        await dialog.Locator("#code").FillAsync(code);
        await Button(dialog, PairText.Join).ClickAsync();
        await Expect(dialog).ToBeHiddenAsync();
    }

    /// <summary>To a volume that is on the peer already, so slow that the first resync does not end, and not started.</summary>
    public static async Task CreateTaskAsync(IPage page, string name, string volume)
    {
        await page.GotoAsync(ConsoleRoutes.VolumeReplications);
        await Button(page, VolumeReplicationText.Create).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await dialog.Locator("#name").FillAsync(name);
        await dialog.Locator("#source").SelectOptionAsync(volume);
        await dialog.Locator("label.choice").Filter(new() { HasText = volume }).Locator("input").CheckAsync();
        await dialog.Locator("#overwrite").FillAsync(volume);
        await dialog.Locator("#resyncLimitBytesPerSecond").FillAsync("1 MiB");
        await dialog.Locator("#start").UncheckAsync();
        await Button(dialog, CommonText.Create).ClickAsync();
        await Expect(dialog).ToBeHiddenAsync();
    }

    public static async Task CreateTargetAsync(IPage page, string target, string volume)
    {
        await page.GotoAsync(ConsoleRoutes.Targets);
        await Button(page, TargetsText.Create).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await dialog.Locator("#name").FillAsync(target);
        await Button(dialog, CommonText.Create).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1, Name = target })).ToBeVisibleAsync();
        await Button(page, TargetsText.AddLun).First.ClickAsync();
        await dialog.Locator("label.choice").Filter(new() { HasText = volume }).Locator("input").CheckAsync();
        await dialog.Locator("#lun").FillAsync("1");
        await dialog.Locator("#writeBack").CheckAsync();
        await Button(dialog, TargetsText.AddLun).ClickAsync();
        await Expect(dialog).ToBeHiddenAsync();
        await Button(page, TargetsText.Start).ClickAsync();
        await page.GotoAsync(ConsoleRoutes.Target(target, TargetTab.Access));
        await Button(page, TargetsText.AddRule).First.ClickAsync();
        await dialog.Locator("#address").FillAsync("10.77.0.0/24");
        await Button(dialog, TargetsText.Allow).ClickAsync();
        await Expect(dialog).ToBeHiddenAsync();
    }

    /// <summary>On the target's page.</summary>
    public static async Task TurnWriteBackOffAsync(IPage page)
    {
        await Button(page, CommonText.Change).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await dialog.Locator("#writeBack").UncheckAsync();
        await Button(dialog, CommonText.Save).ClickAsync();
        await Expect(dialog).ToBeHiddenAsync();
    }

    /// <summary>Sets one part of the failover, on its page.</summary>
    public static async Task SetAsync(IPage page, string part, Func<ILocator, Task> fill)
    {
        await page.GotoAsync(ConsoleRoutes.Failover);
        await Button(page.Locator("#definition"), Sentence.Of(FailoverText.EditPart, part)).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        // What it shows is read from both nodes first.
        await Expect(dialog.Locator("fieldset, #pingNodes").First).ToBeVisibleAsync(Soon);
        await fill(dialog);
        await Button(dialog, CommonText.Save).ClickAsync();
        await Expect(dialog).ToBeHiddenAsync(new() { Timeout = 120_000 });
    }

    public static Task SetTaskAsync(IPage page, string task) => SetAsync(page, FailoverText.TasksAndRoles, async dialog =>
    {
        await OnlyTaskAsync(dialog.Locator("#tasks"), task);
    });

    /// <param name="task">Null for none.</param>
    public static async Task OnlyTaskAsync(ILocator tasks, string? task)
    {
        foreach (var choice in await tasks.Locator("input[type=checkbox]").AllAsync())
            await choice.SetCheckedAsync(await choice.GetAttributeAsync("id") == $"task-{task}");
    }

    public static Task SetVirtualIpAsync(IPage page) => SetAsync(page, FailoverText.VirtualIps, async dialog =>
    {
        if (!await dialog.Locator("#virtualIp-0").IsVisibleAsync())
            await Button(dialog, FailoverText.AddVirtualIp).ClickAsync();
        await dialog.Locator("#virtualIp-0").FillAsync($"{VirtualIp}/24");
        await dialog.Locator("#virtualIp-0-nic").SelectOptionAsync("eth0");
        await dialog.Locator("#virtualIp-0-peerNic").SelectOptionAsync("eth0");
    });

    public static Task SetAuxiliaryAsync(IPage page) => SetAsync(page, FailoverText.Auxiliaries, async dialog =>
    {
        if (!await dialog.Locator("#auxiliary-0-nic").IsVisibleAsync())
            await Button(dialog, FailoverText.AddAuxiliary).ClickAsync();
        await dialog.Locator("#auxiliary-0-nic").SelectOptionAsync("eth1");
        await dialog.Locator("#auxiliary-0-peerNic").SelectOptionAsync("eth1");
    });

    public static Task SetPingNodeAsync(IPage page, string address) => SetAsync(page, FailoverText.PingNodesAndWitness, async dialog =>
    {
        await dialog.Locator("#pingNodes").FillAsync(address);
        await dialog.Locator("#pingNodes").BlurAsync();
    });

    /// <summary>
    /// Start is disabled, and the page says exactly why: each reason in the page's language, with a link to the page that mends it.
    /// Ends on the page of the first reason.
    /// </summary>
    public static async Task StartRefusedAsync(IPage page, string picture, params StartReason[] reasons)
    {
        await page.GotoAsync(ConsoleRoutes.Failover);
        var manager = page.Locator("#manager");
        var shown = manager.Locator(".start-reason li");
        foreach (var reason in reasons)
        {
            var sentence = ProblemText.ByCode(reason.Code, reason.Args.ToDictionary(a => a.Name, a => a.Value));
            var line = shown.Filter(new() { HasText = sentence });
            await Expect(line.First).ToBeVisibleAsync(Soon);
            await Expect(line.First.GetByRole(AriaRole.Link)).ToHaveAttributeAsync("href", reason.Address);
        }
        await Expect(shown).ToHaveCountAsync(reasons.Length);
        await Expect(Button(manager, FailoverText.Start)).ToBeDisabledAsync();
        await Screens.KeepAsync(page, picture);
        if (CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "ja")
            Assert.Empty(await UntranslatedText.FindAsync(page));
        await shown.Filter(new() { HasText = ProblemText.ByCode(reasons[0].Code, reasons[0].Args.ToDictionary(a => a.Name, a => a.Value)) }).First.GetByRole(AriaRole.Link).ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex(Regex.Escape(reasons[0].Address) + "$"), new() { Timeout = 60_000 });
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToBeVisibleAsync();
    }

    /// <summary>The language of the texts that are expected. Not in an async method: it would be forgotten when that ends.</summary>
    public static void Expecting(string language) => CultureInfo.CurrentUICulture = CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(language);

    /// <summary>The language switch of the page, without signing in again.</summary>
    public static async Task SwitchLanguageAsync(IPage page, string language)
    {
        var choice = page.Locator($".language-switch button[lang={language}]").First;
        await choice.ClickAsync();
        await Expect(page.Locator($"html[lang={language}]")).ToBeAttachedAsync();
    }

    /// <summary>Presses a button of the manager and confirms what the dialog says will happen.</summary>
    public static async Task AskedAsync(IPage page, string action)
    {
        await Button(page.Locator("#manager"), action).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await Button(dialog, action).ClickAsync();
        await Expect(dialog).ToBeHiddenAsync(new() { Timeout = 120_000 });
    }

    public static ILocator Button(IPage page, string name) => page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    public static ILocator Button(ILocator within, string name) => within.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });
}
