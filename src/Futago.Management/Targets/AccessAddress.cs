using System.Globalization;
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

        var prefixMax = address.GetAddressBytes().Length * 8;
        if (!int.TryParse(trimmed.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var prefix) || prefix > prefixMax)
            throw Invalid(trimmed, $"has no prefix length from 0 to {prefixMax} after the slash");
        return prefix == prefixMax ? address.ToString() : Subnet.Name(address, prefix);
    }

    private static ProblemException Invalid(string text, string fault)
    {
        var shown = text.Length <= 64 ? text : text[..64] + "…";
        return ProblemException.Invalid(ProblemCodes.AccessRuleInvalid, $"“{shown}” {fault}.", "address", ("address", shown));
    }
}
