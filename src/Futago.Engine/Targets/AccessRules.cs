using System.Diagnostics.CodeAnalysis;
using System.Net;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Iscsi;
using Futago.Iscsi;
using Futago.Iscsi.Names;

namespace Futago.Engine.Targets;

/// <summary>From access rules as people write them to those that the iSCSI engine matches.</summary>
internal static class AccessRules
{
    private const string Everybody = "ALL";

    public static void Check(AccessRuleConfiguration rule, string field)
    {
        if (rule.Address is null == rule.Initiator is null)
            throw ProblemException.Invalid(ProblemCodes.AccessRuleInvalid, "An access rule has either an address or an initiator name.", field);
        if (rule.Address is not null && Networks(rule.Address).Count == 0)
            throw ProblemException.Invalid(
                ProblemCodes.AccessRuleInvalid, $"“{rule.Address}” is not an IP address, a subnet such as 10.77.0.0/24 (with no bits beyond its prefix), or ALL.", field,
                ("rule", rule.Address));
        if (rule.Initiator is not null && !IscsiName.TryParseInitiator(rule.Initiator, out _))
            throw ProblemException.Invalid(
                ProblemCodes.AccessRuleInvalid, $"“{rule.Initiator}” is not an initiator name (iqn., eui. or naa.).", field, ("rule", rule.Initiator));
    }

    public static IReadOnlyList<AccessRule> Build(IReadOnlyList<AccessRuleConfiguration> rules) =>
    [
        .. rules.SelectMany(r => r.Address is not null
            ? Networks(r.Address).Select(n => new AccessRule(n, null))
            : IscsiName.TryParseInitiator(r.Initiator, out var name) ? [new AccessRule(null, name)] : []),
    ];

    private static IReadOnlyList<IPNetwork> Networks(string address)
    {
        if (string.Equals(address, Everybody, StringComparison.OrdinalIgnoreCase))
            return [new IPNetwork(IPAddress.Any, 0), new IPNetwork(IPAddress.IPv6Any, 0)];
        var slash = address.IndexOf('/', StringComparison.Ordinal);
        if (!TryParseAddress(slash < 0 ? address : address[..slash], out var single))
            return [];
        if (slash < 0)
            return [new IPNetwork(single, single.GetAddressBytes().Length * 8)];
        // Bits beyond the prefix (10.77.0.5/24) would be dropped silently, and might be a typing error.
        return IPNetwork.TryParse(address, out var network) && network.BaseAddress.Equals(single) ? [network] : [];
    }

    /// <summary>Only all four numbers: IPAddress.TryParse by itself would take "1" for 0.0.0.1.</summary>
    private static bool TryParseAddress(string text, [NotNullWhen(true)] out IPAddress? address) =>
        IPAddress.TryParse(text, out address) && (text.Contains(':', StringComparison.Ordinal) || text.Count(c => c == '.') == 3);
}
