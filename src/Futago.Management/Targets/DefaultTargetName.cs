using System.Globalization;
using Futago.Management.Node;

namespace Futago.Management.Targets;

/// <summary>The name of a target that nobody has named: date, domain and node, then the next free number.</summary>
public static class DefaultTargetName
{
    private const string FallbackDomain = "local.futago";

    public static string Next(NodeConfiguration configuration, HostIdentity host, TimeProvider time)
    {
        var month = time.GetLocalNow().ToString("yyyy-MM", CultureInfo.InvariantCulture);
        // The node's name and not the machine's: several nodes can share a machine, and their targets must not be confused.
        var node = configuration.NodeName.ToLowerInvariant();
        var prefix = $"iqn.{month}.{ReversedDomain(host.DomainName)}:{node}.target";
        if (IscsiName.Fault(prefix) is not null)
            prefix = $"iqn.{month}.{FallbackDomain}:{node}.target";
        var taken = configuration.Targets.Select(t => t.Name).ToHashSet();
        for (var number = 0; ; number++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"{prefix}{number}");
            if (!taken.Contains(name))
                return name;
        }
    }

    private static string ReversedDomain(string domain) =>
        domain.Length == 0 ? FallbackDomain : string.Join('.', domain.Split('.').Reverse());
}
