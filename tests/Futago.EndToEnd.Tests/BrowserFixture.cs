using Futago.EndToEnd.Tests;
using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(BrowserFixture))]
// Whole nodes on two cores: one at a time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace Futago.EndToEnd.Tests;

/// <summary>Debian's Chromium, without a single connection of its own to anywhere.</summary>
public sealed class BrowserFixture : IAsyncLifetime
{
    private IPlaywright _playwright = null!;
    private IBrowser _browser = null!;

    public async ValueTask InitializeAsync()
    {
        // A verdict on what the page says, never on how fast a busy machine says it.
        Assertions.SetDefaultExpectTimeout(60_000);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = "/usr/bin/chromium",
            Args =
            [
                "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                "--disable-component-update", "--disable-sync",
            ],
        });
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
    }

    /// <summary>A fresh browser profile that accepts the certificate that the node made for itself.</summary>
    public async Task<IPage> OpenAsync(Uri console, string language = "en")
    {
        var context = await _browser.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = console.ToString(),
            IgnoreHTTPSErrors = true,
            // Painting what moves would take the nodes' processor.
            ReducedMotion = ReducedMotion.Reduce,
            Locale = language == "ja" ? "ja-JP" : "en-US",
            ViewportSize = new ViewportSize { Width = 1440, Height = 900 },
        });
        context.SetDefaultTimeout(60_000);
        return await context.NewPageAsync();
    }
}
