using System.Buffers;
using System.Text;
using Futago.Engine.Contracts;

namespace Futago.Management.Targets;

/// <summary>iSCSI names, RFC 7143 section 4.2.7: the types <c>iqn.</c>, <c>eui.</c> and <c>naa.</c>, compared in lower case.</summary>
public static class IscsiName
{
    /// <summary>RFC 7143 section 4.2.7.1: at most 223 bytes.</summary>
    public const int LengthMax = 223;

    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-.:");
    private static readonly SearchValues<char> LabelCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    /// <summary>The name in lower case; a problem <c>target.name-invalid</c> with the reason otherwise.</summary>
    public static string CheckTarget(string name)
    {
        var normalised = name.Trim().ToLowerInvariant();
        if (Fault(normalised) is { } fault)
            throw ProblemException.Invalid(ProblemCodes.TargetNameInvalid,
                $"The target name is not valid: {fault} Use a name such as iqn.2026-01.com.example:disk0.", "name",
                ("name", Shorten(normalised)), ("reason", fault));
        return normalised;
    }

    /// <summary>The name in lower case; a problem <c>access.rule-invalid</c> with the reason otherwise.</summary>
    public static string CheckInitiator(string name)
    {
        // Initiators in the field carry underscores from host names, although RFC 3722 section 6 does not allow them: a rule
        // that cannot name such an initiator would not keep it out, only make the administrator allow its whole address.
        var normalised = name.Trim().ToLowerInvariant();
        if (Fault(normalised.Replace('_', '-')) is { } fault)
            throw ProblemException.Invalid(ProblemCodes.AccessRuleInvalid,
                $"The initiator name is not valid: {fault} Copy the name from the initiator (Linux: /etc/iscsi/initiatorname.iscsi).", "initiator",
                ("name", Shorten(normalised)), ("reason", fault));
        return normalised;
    }

    /// <summary>Why <paramref name="name"/>, in lower case, is no iSCSI name; null when it is one.</summary>
    public static string? Fault(string name)
    {
        if (name.Length == 0)
            return "It is empty.";
        if (Encoding.UTF8.GetByteCount(name) > LengthMax)
            return $"It is longer than {LengthMax} bytes.";
        // RFC 7143 section 4.2.7.2: after the stringprep profile (RFC 3722) only letters, digits, dash, dot and colon remain of
        // ASCII. Names in other scripts are legal too, but no two initiators agree on how to normalise and type them.
        var bad = name.AsSpan().IndexOfAnyExcept(NameCharacters);
        if (bad >= 0)
            return $"It contains {Describe(name[bad])}; only letters, digits, “-”, “.” and “:” are allowed.";
        return name.Split('.', 2)[0] switch
        {
            "iqn" => QualifiedNameFault(name),
            // Section 4.2.7.5: eui. and 16 hexadecimal digits.
            "eui" => name.StartsWith("eui.", StringComparison.Ordinal) && IsHex(name[4..], 16) ? null : "After “eui.” exactly 16 hexadecimal digits are needed.",
            // Section 4.2.7.6: naa. and 16 or 32 hexadecimal digits.
            "naa" => name.StartsWith("naa.", StringComparison.Ordinal) && (IsHex(name[4..], 16) || IsHex(name[4..], 32)) ? null : "After “naa.” 16 or 32 hexadecimal digits are needed.",
            _ => "It does not begin with “iqn.”, “eui.” or “naa.”.",
        };
    }

    // Section 4.2.7.4: iqn.yyyy-mm.<reversed domain name>[:<string of the owner's choice>].
    private static string? QualifiedNameFault(string name)
    {
        const int dateStart = 4;
        const int dateEnd = dateStart + 7;
        if (name.Length <= dateEnd || name[dateStart + 4] != '-' || name[dateEnd] != '.'
            || name.AsSpan(dateStart, 4).ContainsAnyExceptInRange('0', '9') || name.AsSpan(dateStart + 5, 2).ContainsAnyExceptInRange('0', '9'))
            return "After “iqn.” comes a date as yyyy-mm and a dot.";
        if (name.AsSpan(dateStart + 5, 2) is not ("01" or "02" or "03" or "04" or "05" or "06" or "07" or "08" or "09" or "10" or "11" or "12"))
            return $"{name.Substring(dateStart + 5, 2)} is not a month.";
        var rest = name[(dateEnd + 1)..];
        var colon = rest.IndexOf(':', StringComparison.Ordinal);
        var authority = colon < 0 ? rest : rest[..colon];
        if (authority.Split('.').Any(label => !IsLabel(label)))
            return "After the date comes a reversed domain name such as com.example.";
        return colon == rest.Length - 1 ? "Nothing follows the colon." : null;
    }

    private static bool IsLabel(string label) =>
        label.Length is >= 1 and <= 63 && !label.AsSpan().ContainsAnyExcept(LabelCharacters) && label[0] != '-' && label[^1] != '-';

    private static bool IsHex(string text, int length) => text.Length == length && !text.AsSpan().ContainsAnyExcept(HexDigits);

    private static string Describe(char character) => character switch
    {
        ' ' => "a space",
        < ' ' or '\u007f' => "a control character",
        _ => $"“{character}”",
    };

    private static string Shorten(string name) => name.Length <= 64 ? name : name[..64] + "…";
}
