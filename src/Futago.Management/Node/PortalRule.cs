using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Iscsi;

namespace Futago.Management.Node;

/// <summary>Checks the addresses that the iSCSI service is to listen on, before the engine tries to bind them.</summary>
public static class PortalRule
{
    private const int CountMax = 16;

    /// <summary>The list in canonical spelling; a problem <c>portal.invalid</c> names the entry at fault.</summary>
    public static IReadOnlyList<PortalConfiguration> Check(IReadOnlyList<PortalConfiguration> portals)
    {
        if (portals.Count is 0 or > CountMax)
            throw Invalid($"The iSCSI service needs 1 to {CountMax} portals.");
        var checkedPortals = portals.Select(CheckOne).ToList();
        foreach (var portal in checkedPortals)
        {
            var rivals = checkedPortals.Where(p => p.Port == portal.Port).ToList();
            if (rivals.Count(p => p == portal) > 1)
                throw Invalid($"The portal {Format(portal)} is listed twice.", portal);
            // A wildcard holds the port on every address of its family, so that binding a single one of them fails.
            var wildcard = rivals.Find(p => p != portal && IsWildcard(p) && SameFamily(p, portal));
            if (wildcard is not null)
                throw Invalid($"The portal {Format(wildcard)} listens on all addresses already, so {Format(portal)} has to go, or to use another port.", portal);
        }
        return checkedPortals;
    }

    /// <summary>Reads <c>10.77.0.1:3260</c>, <c>[::]:3260</c> or an address alone, which means port 3260.</summary>
    public static PortalConfiguration Parse(string text)
    {
        if (StrictAddress.TryParse(text, out _))
            return CheckOne(new PortalConfiguration(text, 3260));
        var colon = text.LastIndexOf(':');
        if (colon < 1 || !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port))
            throw Invalid($"“{text}” is not an address with a port, such as 0.0.0.0:3260 or [::]:3260.");
        return CheckOne(new PortalConfiguration(text[..colon].Trim('[', ']'), port));
    }

    public static string Format(PortalConfiguration portal) =>
        portal.Address.Contains(':', StringComparison.Ordinal)
            ? string.Create(CultureInfo.InvariantCulture, $"[{portal.Address}]:{portal.Port}")
            : string.Create(CultureInfo.InvariantCulture, $"{portal.Address}:{portal.Port}");

    private static PortalConfiguration CheckOne(PortalConfiguration portal)
    {
        if (!StrictAddress.TryParse(portal.Address?.Trim(), out var address))
            throw Invalid($"“{portal.Address}” is not an IP address. Use one of this node's addresses, 0.0.0.0 or :: for all.", portal);
        if (portal.Port is < 1 or > 65535)
            throw Invalid($"The port {portal.Port} is outside 1–65535; iSCSI uses 3260.", portal);
        if (address.Equals(IPAddress.Broadcast) || address.IsIPv6Multicast || address is { AddressFamily: AddressFamily.InterNetwork } && address.GetAddressBytes()[0] is >= 224 and <= 239)
            throw Invalid($"{portal.Address} is a multicast or broadcast address, which nothing can listen on.", portal);
        return new PortalConfiguration(address.ToString(), portal.Port);
    }

    private static bool IsWildcard(PortalConfiguration portal) => portal.Address is "0.0.0.0" or "::";

    private static bool SameFamily(PortalConfiguration a, PortalConfiguration b) =>
        a.Address.Contains(':', StringComparison.Ordinal) == b.Address.Contains(':', StringComparison.Ordinal);

    private static ProblemException Invalid(string detail, PortalConfiguration? portal = null) => portal is null
        ? ProblemException.Invalid(ProblemCodes.PortalInvalid, detail, "portals")
        : ProblemException.Invalid(ProblemCodes.PortalInvalid, detail, "portals", ("portal", $"{portal.Address}:{portal.Port}"));
}
