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

    private static bool TakesPart(NodeConfiguration configuration, Guid replication) => configuration.Failover?.Settings.Replications.Contains(replication) == true;
}
