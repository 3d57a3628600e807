using System.Collections;
using System.Globalization;
using System.Resources;
using Futago.Console.Resources;
using Microsoft.Playwright;

namespace Futago.EndToEnd.Tests;

/// <summary>Finds English texts of the resource files on a Japanese page.</summary>
public static class UntranslatedText
{
    private static readonly HashSet<string> English = Collect();

    public static async Task<IReadOnlyList<string>> FindAsync(IPage page)
    {
        var text = await page.Locator("body").InnerTextAsync();
        return [.. text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Where(English.Contains)];
    }

    private static HashSet<string> Collect()
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        foreach (var type in typeof(CommonText).Assembly.GetTypes().Where(t => t.Namespace == typeof(CommonText).Namespace))
        {
            if (type.GetProperty(nameof(CommonText.ResourceManager))?.GetValue(null) is not ResourceManager resources)
                continue;
            var japanese = CultureInfo.GetCultureInfo("ja");
            foreach (DictionaryEntry entry in resources.GetResourceSet(CultureInfo.InvariantCulture, true, false)!)
            {
                if (entry.Value is string english && english != resources.GetString((string)entry.Key, japanese))
                    found.Add(english);
            }
        }
        return found;
    }
}
