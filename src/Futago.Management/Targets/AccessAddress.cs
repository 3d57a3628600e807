using System.Globalization;
using System.Net;
using Futago.Engine.Contracts;
using Futago.Management.Node;

namespace Futago.Management.Targets;

/// <summary>Addresses in access rules: an IP address, a subnet in CIDR form, or ALL.</summary>
public static class AccessAddress
{
    public const string All = "ALL";

    /// <summary>
    /// The canonical spelling: <c>10.77.0.0/24</c> for <c>10.77.0.5/24</c>, the plain address for a subnet of one. A problem
    /// <c>access.rule-invalid</c> otherwise.
    /// </summary>
    public static string Check(string text)
    {
        var trimmed = text.Trim();
        if (trimmed.Equals(All, StringComparison.OrdinalIgnoreCase))
            return All;
        var slash = trimmed.IndexOf('/', StringComparison.Ordinal);
        if (!StrictAddress.TryParse(slash < 0 ? trimmed : trimmed[..slash], out var address))
            throw Invalid(trimmed, "is not an IP address, a subnet such as 10.77.0.0/24, or ALL");
        if (slash < 0)
            return address.ToString();

        var bytes = address.GetAddressBytes();
        var prefixMax = bytes.Length * 8;
        if (!int.TryParse(trimmed.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var prefix) || prefix > prefixMax)
            throw Invalid(trimmed, $"has no prefix length from 0 to {prefixMax} after the slash");
        ClearHostBits(bytes, prefix);
        var network = new IPAddress(bytes).ToString();
        return prefix == prefixMax ? network : string.Create(CultureInfo.InvariantCulture, $"{network}/{prefix}");
    }

    private static void ClearHostBits(byte[] bytes, int prefix)
    {
        for (var i = 0; i < bytes.Length; i++)
        {
            var bits = Math.Clamp(prefix - i * 8, 0, 8);
            bytes[i] &= (byte)(0xFF << (8 - bits));
        }
    }

    private static ProblemException Invalid(string text, string fault)
    {
        var shown = text.Length <= 64 ? text : text[..64] + "…";
        return ProblemException.Invalid(ProblemCodes.AccessRuleInvalid, $"“{shown}” {fault}.", "address", ("address", shown));
    }
}
