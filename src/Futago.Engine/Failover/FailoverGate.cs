using System.Net;
using Futago.Failover;
using Futago.Iscsi;

namespace Futago.Engine.Failover;

/// <summary>
/// The gate of the targets that move. While the failover manager is stopped it is open like that of any other target; while it runs it
/// is open on the virtual IPs only, and only until the permit that was given last lapses. Closed until somebody says otherwise.
/// </summary>
internal sealed class FailoverGate : ITargetGate
{
    private const long Unlimited = long.MaxValue;

    private long _untilMs;
    private volatile IReadOnlyList<IPEndPoint> _portals = [];

    public bool MayAnswer
    {
        get
        {
            var untilMs = Volatile.Read(ref _untilMs);
            return untilMs == Unlimited || (untilMs != 0 && BootClock.Instance.NowMs < untilMs);
        }
    }

    public IReadOnlyList<IPEndPoint>? Portals => Volatile.Read(ref _untilMs) == Unlimited ? null : _portals;

    public bool IsOfferedAt(IPAddress local) =>
        Volatile.Read(ref _untilMs) == Unlimited || (MayAnswer && _portals.Any(p => p.Address.Equals(local)));

    /// <summary>Where initiators reach the virtual IPs.</summary>
    public void SetPortals(IReadOnlyList<IPEndPoint> portals) => _portals = portals;

    /// <summary>The failover manager is stopped.</summary>
    public void OpenAlways() => Volatile.Write(ref _untilMs, Unlimited);

    /// <param name="untilMs">Of CLOCK_BOOTTIME; 0: closed.</param>
    public void OpenUntil(long untilMs) => Volatile.Write(ref _untilMs, untilMs);
}
