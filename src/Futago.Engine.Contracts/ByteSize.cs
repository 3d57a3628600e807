using System.Buffers;
using System.Globalization;

namespace Futago.Engine.Contracts;

/// <summary>
/// Sizes as people type and read them: binary units only (<c>KiB</c>, <c>MiB</c>, <c>GiB</c>, <c>TiB</c>, <c>PiB</c>), because
/// a volume that is "10 GB" on one page and "9.31 GB" on the next is how space gets lost.
/// </summary>
public static class ByteSize
{
    public const long KiB = 1L << 10;
    public const long MiB = 1L << 20;
    public const long GiB = 1L << 30;
    public const long TiB = 1L << 40;

    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789.");
    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

    /// <summary>
    /// Reads <c>10 GiB</c>, <c>1.5TiB</c>, <c>512m</c> or a plain number of bytes. A one-letter unit and a decimal-looking unit
    /// (<c>GB</c>) mean the binary one. False for anything negative, fractional below one byte, over <see cref="long.MaxValue"/>,
    /// or not a size at all; <paramref name="bytes"/> is 0 then.
    /// </summary>
    public static bool TryParse(string? text, out long bytes)
    {
        bytes = 0;
        if (string.IsNullOrWhiteSpace(text))
            return false;
        var trimmed = text.AsSpan().Trim();
        var digits = trimmed.IndexOfAnyExcept(NumberCharacters);
        var number = digits < 0 ? trimmed : trimmed[..digits];
        var unit = digits < 0 ? [] : trimmed[digits..].Trim();
        if (!TryParseUnit(unit, out var shift)
            || !decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value))
            return false;
        // 2^63 has 19 digits, so anything longer than that overflows before the multiplication could.
        if (value > long.MaxValue >> shift)
            return false;
        var exact = value * (1L << shift);
        if (exact != decimal.Truncate(exact))
        {
            if (shift == 0)
                return false;
            exact = decimal.Truncate(exact);
        }
        bytes = (long)exact;
        return true;
    }

    /// <summary>Writes a size with at most two decimals in the largest unit that keeps the number at 1 or above.</summary>
    public static string Format(long bytes, CultureInfo? culture = null)
    {
        var negative = bytes < 0;
        var value = Math.Abs((decimal)bytes);
        var unit = 0;
        while (value >= 1024 && unit < Units.Length - 1)
        {
            value /= 1024;
            unit++;
        }
        var number = value.ToString(unit == 0 ? "0" : "0.##", culture ?? CultureInfo.InvariantCulture);
        return $"{(negative ? "-" : "")}{number} {Units[unit]}";
    }

    private static bool TryParseUnit(ReadOnlySpan<char> unit, out int shift)
    {
        shift = 0;
        if (unit.IsEmpty || unit.Equals("B", StringComparison.OrdinalIgnoreCase))
            return true;
        var power = "KMGTP".IndexOf(char.ToUpperInvariant(unit[0]), StringComparison.Ordinal);
        if (power < 0)
            return false;
        shift = (power + 1) * 10;
        var rest = unit[1..];
        return rest.IsEmpty || rest.Equals("iB", StringComparison.OrdinalIgnoreCase) || rest.Equals("B", StringComparison.OrdinalIgnoreCase);
    }
}
