using System.Net;
using System.Net.Sockets;
using Futago.Console.Client.Node;
using Futago.Management.Node;

namespace Futago.Management.Failover;

/// <summary>Keeps the other pages from pulling away what the failover stands on.</summary>
public static class FailoverGuard
{
    /// <summary>A volume replication that takes part is not deleted.</summary>
    public static void CheckDeletable(NodeConfiguration configuration, Guid replication, string task)
    {
        if (TakesPart(configuration, replication))
            throw FailoverProblems.TaskInUse(task);
    }

    /// <summary>While the failover manager runs, nobody else gives roles, and the two sides stay together.</summary>
    public static void CheckFree(NodeConfiguration configuration, ILiveStatus live, Guid replication, string task)
    {
        if (TakesPart(configuration, replication) && live is { Connected: true, Failover.Running: true })
            throw FailoverProblems.DecidesRoles(task);
    }

    /// <summary>
    /// What an engine would refuse together with its whole configuration: a target that would be torn apart by a switch, and a
    /// virtual IP that nothing listens on.
    /// </summary>
    public static void CheckWhole(NodeConfiguration configuration)
    {
        if (configuration.Failover?.Settings is { } settings)
            CheckWhole(configuration, settings);
    }

    internal static void CheckWhole(NodeConfiguration configuration, FailoverSettings settings)
    {
        var volumes = TargetDefinitions.VolumesOf(configuration, settings.Replications);
        foreach (var target in TargetDefinitions.TargetsOn(configuration, settings.Replications))
        {
            if (target.Luns.Find(l => !volumes.ContainsKey(l.VolumeId)) is { } lun)
                throw FailoverProblems.TargetMixed(target.Name, lun.Number, configuration.NodeName);
        }
        foreach (var ip in settings.VirtualIps.Where(ip => !configuration.Portals.Exists(p => Covers(p.Address, ip.Address))))
            throw FailoverProblems.NoPortal(ip.Address, configuration.NodeName);
    }

    private static bool Covers(string portal, string address)
    {
        var (listens, wanted) = (IPAddress.Parse(portal), IPAddress.Parse(address));
        return listens.Equals(wanted) || listens.Equals(IPAddress.IPv6Any) || (listens.Equals(IPAddress.Any) && wanted.AddressFamily == AddressFamily.InterNetwork);
    }

    private static bool TakesPart(NodeConfiguration configuration, Guid replication) => configuration.Failover?.Settings.Replications.Contains(replication) == true;
}
