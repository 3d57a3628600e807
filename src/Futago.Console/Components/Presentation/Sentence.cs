using System.Globalization;
using System.Text;

namespace Futago.Console.Components.Presentation;

/// <summary>
/// Sentences with named places: <c>{name}</c> takes the argument of that name; a part in square brackets is left out when an
/// argument in it is missing or empty, because older engines and other nodes may send fewer.
/// </summary>
public static class Sentence
{
    /// <summary>A <see cref="string.Format(IFormatProvider, string, object?[])"/> in the person's culture.</summary>
    public static string Of(string format, params object?[] values) => string.Format(CultureInfo.CurrentCulture, format, values);

    /// <summary>The filled sentence; null when an argument outside brackets is missing.</summary>
    public static string? Fill(string template, IReadOnlyDictionary<string, string>? args)
    {
        StringBuilder result = new(template.Length + 32);
        var rest = template.AsSpan();
        while (!rest.IsEmpty)
        {
            var open = rest.IndexOf('[');
            var close = open < 0 ? -1 : rest[open..].IndexOf(']');
            if (close < 0)
                return FillPart(rest, args) is { } tail ? result.Append(tail).ToString() : null;
            if (FillPart(rest[..open], args) is not { } part)
                return null;
            result.Append(part).Append(FillPart(rest.Slice(open + 1, close - 1), args, mayBeEmpty: false));
            rest = rest[(open + close + 1)..];
        }
        return result.ToString();
    }

    private static string? FillPart(ReadOnlySpan<char> part, IReadOnlyDictionary<string, string>? args, bool mayBeEmpty = true)
    {
        StringBuilder result = new(part.Length + 16);
        while (!part.IsEmpty)
        {
            var open = part.IndexOf('{');
            var close = open < 0 ? -1 : part[open..].IndexOf('}');
            if (close < 0)
                return result.Append(part).ToString();
            if (args is null || !args.TryGetValue(part.Slice(open + 1, close - 1).ToString(), out var value)
                || (!mayBeEmpty && value.Length == 0))
                return null;
            result.Append(part[..open]).Append(value);
            part = part[(open + close + 1)..];
        }
        return result.ToString();
    }
}
