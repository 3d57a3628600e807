using System.Net;
using System.Net.Sockets;
using Futago.Engine.Contracts.Failover;
using Futago.Engine.Contracts.Iscsi;
using Futago.Failover;

namespace Futago.Engine.Failover;

/// <summary>A failover's configuration as its parts want it.</summary>
internal static class FailoverSettings
{
    public static FailoverOptions ToOptions(FailoverConfiguration c, Guid nodeId, ulong bootId) => new()
    {
        Policy = c.Policy switch
        {
            Contracts.Failover.FailoverPolicy.Witness => Futago.Failover.FailoverPolicy.Witness,
            Contracts.Failover.FailoverPolicy.PingOnly => Futago.Failover.FailoverPolicy.PingOnly,
            _ => Futago.Failover.FailoverPolicy.Manual,
        },
        IsPrimary = c.IsPrimary,
        NodeId = nodeId,
        BootId = bootId,
        Paths = c.Paths.Count,
        PingNodes = c.PingNodes.Count,
        HeartbeatMs = c.Timing.HeartbeatMs,
        LeaseMs = c.Timing.LeaseMs,
        DeadMs = c.Timing.DeadMs,
        TakeoverMs = c.Timing.TakeoverMs,
        InitDeadMs = c.Timing.InitDeadMs,
        StopWithoutPing = c.Timing.StopWithoutPing,
    };

    /// <summary>Where initiators reach the virtual IPs: the ports of the portals that cover them.</summary>
    public static IReadOnlyList<IPEndPoint> Portals(EngineConfiguration engine) =>
    [
        .. engine.Failover!.VirtualIps.Select(v => IPAddress.Parse(v.Address))
            .SelectMany(v => engine.Portals.Where(p => Covers(IPAddress.Parse(p.Address), v)).Select(p => new IPEndPoint(v, p.Port))).Distinct(),
    ];

    public static GuardOrder ToOrder(EngineConfiguration engine, FailoverOptions options) => new(
        [.. engine.Failover!.VirtualIps.Select(v => new GuardedAddress(IPAddress.Parse(v.Address).ToString(), v.PrefixLength, v.Nic, v.Broadcast))],
        [.. Portals(engine).Select(p => p.Port).Distinct()],
        options.KillMs);

    /// <summary>A portal on all addresses is one on a virtual IP too.</summary>
    public static bool Covers(IPAddress portal, IPAddress address) =>
        portal.Equals(address) || portal.Equals(address.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any);
}
