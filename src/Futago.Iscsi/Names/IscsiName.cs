using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Futago.Iscsi.Names;

/// <summary>
/// iSCSI names, RFC 7143 section 4.2.7: <c>iqn.</c> + date + reversed domain, <c>eui.</c> + 16 hexadecimal digits, or
/// <c>naa.</c> + 16 or 32 hexadecimal digits. Kept in the normal form of RFC 3722 (lower case, NFKC), so that equal names are
/// equal strings.
/// </summary>
public static class IscsiName
{
    /// <summary>RFC 7143 section 4.2.7.1: a name is at most 223 bytes of UTF-8.</summary>
    public const int MaximumBytes = 223;

    /// <summary>Validates a name strictly and normalises it. Use it for every name that we give out (targets).</summary>
    /// <returns>False when the text is no iSCSI name; <paramref name="name"/> is null then.</returns>
    public static bool TryParse(string? text, [NotNullWhen(true)] out string? name)
    {
        name = null;
        if (!TryNormalize(text, out var normalized) || !normalized.All(IsAllowed))
            return false;
        var valid = normalized[..4] switch
        {
            "iqn." => IsQualifiedName(normalized.AsSpan(4)),
            "eui." => IsHex(normalized.AsSpan(4), 16),
            "naa." => IsHex(normalized.AsSpan(4), 16) || IsHex(normalized.AsSpan(4), 32),
            _ => false,
        };
        if (valid)
            name = normalized;
        return valid;
    }

    /// <summary>
    /// Takes the name of an initiator as it announces itself: the type prefix, length and printability are checked, the rest is
    /// let through, because hosts with underscores in their names exist and their administrators cannot change them.
    /// </summary>
    public static bool TryParseInitiator(string? text, [NotNullWhen(true)] out string? name)
    {
        name = null;
        if (!TryNormalize(text, out var normalized) || normalized.Length < 5)
            return false;
        if (normalized[..4] is not ("iqn." or "eui." or "naa."))
            return false;
        if (normalized.Any(c => char.IsControl(c) || char.IsWhiteSpace(c) || c is ',' or '='))
            return false;
        name = normalized;
        return true;
    }

    private static bool TryNormalize(string? text, out string normalized)
    {
        normalized = "";
        if (text is null || text.Length is < 5 or > MaximumBytes)
            return false;
        try
        {
            normalized = text.Normalize(NormalizationForm.FormKC).ToLowerInvariant();
        }
        catch (ArgumentException)
        {
            return false; // unpaired surrogates
        }
        return normalized.Length >= 5 && Encoding.UTF8.GetByteCount(normalized) <= MaximumBytes;
    }

    /// <summary>RFC 3722 section 6 forbids ASCII other than letters, digits, dash, dot and colon; beyond ASCII letters and digits remain.</summary>
    private static bool IsAllowed(char c) => c switch
    {
        >= 'a' and <= 'z' or >= '0' and <= '9' or '-' or '.' or ':' => true,
        < '\x80' => false,
        _ => char.IsSurrogate(c) || char.IsLetterOrDigit(c) || char.GetUnicodeCategory(c)
            is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark,
    };

    /// <summary><c>yyyy-mm.reversed.domain[:anything]</c>, RFC 7143 section 4.2.7.4.</summary>
    private static bool IsQualifiedName(ReadOnlySpan<char> text)
    {
        if (text.Length < 9 || text[4] != '-' || text[7] != '.')
            return false;
        if (!int.TryParse(text[..4], NumberStyles.None, CultureInfo.InvariantCulture, out _)
            || !int.TryParse(text[5..7], NumberStyles.None, CultureInfo.InvariantCulture, out var month)
            || month is < 1 or > 12)
        {
            return false;
        }
        var colon = text.IndexOf(':');
        var authority = colon < 0 ? text[8..] : text[8..colon];
        foreach (var range in authority.Split('.'))
        {
            var label = authority[range];
            if (label.IsEmpty || label[0] == '-' || label[^1] == '-')
                return false;
        }
        return colon != text.Length - 1;
    }

    private static bool IsHex(ReadOnlySpan<char> text, int length)
    {
        if (text.Length != length)
            return false;
        foreach (var c in text)
        {
            if (!char.IsAsciiHexDigit(c))
                return false;
        }
        return true;
    }
}
