using System.Globalization;

namespace Futago.Volumes;

/// <summary>Sizes in messages: binary units, at most two decimals.</summary>
internal static class SizeText
{
    public const long MiB = 1L << 20;

    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

    public static string Of(long bytes)
    {
        var value = (decimal)bytes;
        var unit = 0;
        for (; Math.Abs(value) >= 1024 && unit < Units.Length - 1; unit++)
            value /= 1024;
        return $"{value.ToString("0.##", CultureInfo.InvariantCulture)} {Units[unit]}";
    }
}
