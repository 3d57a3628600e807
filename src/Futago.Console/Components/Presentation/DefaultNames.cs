using System.Globalization;

namespace Futago.Console.Components.Presentation;

/// <summary>The name that an empty name field stands for, shown as its placeholder. The engine has the last word.</summary>
public static class DefaultNames
{
    /// <summary>The first of prefix00, prefix01, … that is not taken.</summary>
    public static string Next(string prefix, int digits, IReadOnlyCollection<string> taken)
    {
        for (var number = 0; ; number++)
        {
            var name = prefix + number.ToString(CultureInfo.InvariantCulture).PadLeft(digits, '0');
            if (!taken.Contains(name))
                return name;
        }
    }
}
