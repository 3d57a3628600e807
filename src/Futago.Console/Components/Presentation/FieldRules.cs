using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Futago.Console.Resources;
using Futago.Engine.Contracts;

namespace Futago.Console.Components.Presentation;

/// <summary>
/// What a dialog can say about a field before it asks: the same limits that the use cases enforce. Each rule returns the
/// sentence to show beside the field, or null.
/// </summary>
public static partial class FieldRules
{
    /// <summary>Names of volume groups and volumes: 1–32 of a-z A-Z 0-9 _ -, letter first. Empty takes the default name.</summary>
    public static string? ObjectName(string? name) =>
        string.IsNullOrEmpty(name) || ObjectNamePattern().IsMatch(name) ? null : FieldsText.ObjectName;

    /// <summary>A path such as <c>vg00/lv0000</c>: two object names.</summary>
    public static string? VolumePath(string? path) =>
        path?.Trim().Split('/') is [var group, var name] && ObjectNamePattern().IsMatch(group) && ObjectNamePattern().IsMatch(name) ? null : FieldsText.VolumePath;

    /// <summary>RFC 7143 §4.2.7.5 and following: iqn with date and reversed domain, eui with 16 or naa with 16 or 32 digits.</summary>
    public static string? IscsiName(string? name)
    {
        if (string.IsNullOrWhiteSpace(name))
            return FieldsText.Required;
        // RFC 7143 §4.2.7.1: at most 223 bytes.
        var fits = name.Length <= 223 && (IqnPattern().IsMatch(name) || EuiPattern().IsMatch(name) || NaaPattern().IsMatch(name));
        return fits ? null : FieldsText.IscsiName;
    }

    public static string? Required(string? text) => string.IsNullOrWhiteSpace(text) ? FieldsText.Required : null;

    public static string? LunNumber(string? text, out int? lun)
    {
        lun = null;
        if (string.IsNullOrWhiteSpace(text))
            return null;
        if (!int.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var value) || value > 255)
            return FieldsText.LunNumber;
        lun = value;
        return null;
    }

    public static string? ScsiId(string? text) =>
        string.IsNullOrEmpty(text) || ScsiIdPattern().IsMatch(text) ? null : FieldsText.ScsiId;

    /// <param name="bytes">Null when what was typed is no size.</param>
    /// <param name="free">The most that fits, in bytes; null when only the engine knows.</param>
    public static string? Size(long? bytes, long minimum, long? free) =>
        bytes is not { } size ? FieldsText.SizeInvalid
        : size < minimum ? Sentence.Of(FieldsText.SizeTooSmall, ByteSize.Format(minimum))
        : size > free ? Sentence.Of(FieldsText.SizeTooLarge, ByteSize.Format(free.Value))
        : null;

    /// <summary>IP address, subnet in CIDR form, or ALL.</summary>
    public static string? AccessAddress(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return FieldsText.Required;
        var value = text.Trim();
        if (value.Equals("ALL", StringComparison.OrdinalIgnoreCase))
            return null;
        var slash = value.IndexOf('/', StringComparison.Ordinal);
        if (!IsAddress(slash < 0 ? value : value[..slash], out var address))
            return FieldsText.AccessAddress;
        if (slash < 0)
            return null;
        var bits = address.GetAddressBytes().Length * 8;
        return int.TryParse(value.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var prefix) && prefix <= bits
            ? null
            : FieldsText.AccessAddress;
    }

    public static string? PortalAddress(string? text) =>
        !string.IsNullOrWhiteSpace(text) && IsAddress(text.Trim(), out _) ? null : FieldsText.PortalAddress;

    public static string? Port(string? text, out int port) =>
        int.TryParse(text?.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is >= 1 and <= 65535
            ? null
            : FieldsText.Port;

    public static string? ChapUser(string? text) =>
        string.IsNullOrWhiteSpace(text) ? FieldsText.Required
        : text.Length <= 223 && text.All(c => c is > ' ' and < '\x7f') ? null
        : FieldsText.ChapUser;

    /// <summary>12–16 printable ASCII characters: what every initiator, Windows' too, accepts.</summary>
    public static string? ChapSecret(string? text) =>
        text is { Length: >= 12 and <= 16 } && text.All(c => c is >= ' ' and < '\x7f') ? null : FieldsText.ChapSecret;

    public static string? Password(string? text) => text is { Length: >= 10 } ? null : FieldsText.Password;

    public static string? UserName(string? text) =>
        text is not null && UserNamePattern().IsMatch(text) ? null : FieldsText.UserName;

    public static string? NodeName(string? text) =>
        text is not null && NodeNamePattern().IsMatch(text) ? null : FieldsText.NodeName;

    /// <summary>Least speed that a resync is limited to, in bytes per second, as the node checks it.</summary>
    public const long ResyncLimitMin = 64 * ByteSize.KiB;

    /// <summary>A speed such as <c>100 MiB/s</c>, with or without the <c>/s</c>; empty is no limit, given as 0.</summary>
    public static string? SpeedLimit(string? text, out long bytesPerSecond, long minimum = ByteSize.MiB)
    {
        bytesPerSecond = 0;
        if (string.IsNullOrWhiteSpace(text))
            return null;
        var number = text.Trim();
        if (number.EndsWith("/s", StringComparison.OrdinalIgnoreCase))
            number = number[..^2];
        return ByteSize.TryParse(number, out bytesPerSecond) && bytesPerSecond >= minimum ? null : Sentence.Of(FieldsText.SpeedLimit, RateText.Format(minimum));
    }

    // IPAddress.TryParse takes "1" for 0.0.0.1; nobody types that and means it.
    private static bool IsAddress(string text, out IPAddress address) =>
        IPAddress.TryParse(text, out address!) && (text.Contains(':', StringComparison.Ordinal) || text.Count(c => c == '.') == 3);

    [GeneratedRegex("^[a-zA-Z][a-zA-Z0-9_-]{0,31}$")]
    private static partial Regex ObjectNamePattern();

    [GeneratedRegex(@"^iqn\.\d{4}-(0[1-9]|1[0-2])\.[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[^\s:][^\s]*)?$", RegexOptions.IgnoreCase)]
    private static partial Regex IqnPattern();

    [GeneratedRegex("^eui\\.[0-9a-f]{16}$", RegexOptions.IgnoreCase)]
    private static partial Regex EuiPattern();

    [GeneratedRegex("^naa\\.(?:[0-9a-f]{16}|[0-9a-f]{32})$", RegexOptions.IgnoreCase)]
    private static partial Regex NaaPattern();

    [GeneratedRegex("^(?:[0-9a-fA-F]{16}|[0-9a-fA-F]{32})$")]
    private static partial Regex ScsiIdPattern();

    [GeneratedRegex("^[a-zA-Z0-9][a-zA-Z0-9._@-]{0,63}$")]
    private static partial Regex UserNamePattern();

    [GeneratedRegex("^[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?$")]
    private static partial Regex NodeNamePattern();
}
