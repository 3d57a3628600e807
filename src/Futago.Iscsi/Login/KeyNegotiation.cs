using System.Globalization;

namespace Futago.Iscsi.Login;

/// <summary>Applies the table: one offered value in, one answer out.</summary>
internal static class KeyNegotiation
{
    public const string Reject = "Reject";
    public const string Irrelevant = "Irrelevant";
    public const string NotUnderstood = "NotUnderstood";

    /// <returns>The value to answer with, or null when the key takes no answer.</returns>
    public static string? Answer(KeyDefinition key, string offered, bool discovery, IscsiServerOptions options, NegotiatedParameters parameters)
    {
        // RFC 7143 section 6.1: these are answers, not offers; answering an answer would never end.
        if (offered is Reject or Irrelevant or NotUnderstood)
            return null;
        if (key.Function == ResultFunction.Withdrawn)
            return key.Ours(options);
        if (discovery && key.NormalOnly)
            return Irrelevant;
        var result = key.Function switch
        {
            ResultFunction.FirstSupported => FirstSupported(offered, key.Ours(options)),
            ResultFunction.And or ResultFunction.Or => Combine(key.Function, offered, key.Ours(options)),
            _ => Limit(key, offered, options),
        };
        // Section 6.2.2: a value out of range or of the wrong type is answered with Reject and the former value stays.
        if (result is null)
            return Reject;
        key.Apply(parameters, result);
        return key.Function == ResultFunction.Declaration ? null : result;
    }

    /// <summary>Decimal or <c>0x</c> hexadecimal, section 6.1 (numerical-value), within a range.</summary>
    public static bool TryParseNumber(ReadOnlySpan<char> text, long minimum, long maximum, out long value)
    {
        var hexadecimal = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        var digits = hexadecimal ? text[2..] : text;
        value = 0;
        return digits.Length is > 0 and <= 15
            && long.TryParse(digits, hexadecimal ? NumberStyles.AllowHexSpecifier : NumberStyles.None, CultureInfo.InvariantCulture, out value)
            && value >= minimum && value <= maximum;
    }

    private static string? FirstSupported(string offered, string ours)
    {
        var known = ours.Split(',');
        foreach (var value in offered.Split(','))
        {
            if (Array.IndexOf(known, value) >= 0)
                return value;
        }
        return null;
    }

    private static string? Combine(ResultFunction function, string offered, string ours)
    {
        if (offered is not ("Yes" or "No"))
            return null;
        var yes = function == ResultFunction.And ? offered == "Yes" && ours == "Yes" : offered == "Yes" || ours == "Yes";
        return yes ? "Yes" : "No";
    }

    private static string? Limit(KeyDefinition key, string offered, IscsiServerOptions options)
    {
        if (!TryParseNumber(offered, key.Minimum, key.Maximum, out var value))
            return null;
        var ours = long.Parse(key.Ours(options), CultureInfo.InvariantCulture);
        var result = key.Function switch
        {
            ResultFunction.Minimum => Math.Min(value, ours),
            ResultFunction.Maximum => Math.Max(value, ours),
            _ => value,
        };
        return result.ToString(CultureInfo.InvariantCulture);
    }
}
