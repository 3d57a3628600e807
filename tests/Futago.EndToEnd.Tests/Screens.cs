using System.Globalization;
using Futago.Testing.Nodes;
using Microsoft.Playwright;

namespace Futago.EndToEnd.Tests;

/// <summary>Pictures of the pages for people to look at, in <c>artifacts/screens/LANGUAGE</c>.</summary>
public static class Screens
{
    public static Task KeepAsync(IPage page, string name) => page.ScreenshotAsync(new PageScreenshotOptions
    {
        Path = Path.Combine(Checkout.Root, "artifacts", "screens", CultureInfo.CurrentUICulture.TwoLetterISOLanguageName, $"{name}.png"),
        FullPage = true,
    });
}
