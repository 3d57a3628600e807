using Futago.Failover;

namespace Futago.Engine.Failover;

/// <summary>The decision at one moment. Never changes.</summary>
internal sealed record FailoverView(
    bool Running,
    bool Maintenance,
    NodeState State,
    PassiveReason Reason,
    ulong Term,
    MirrorStatus Mirror,
    Heartbeat? Peer,
    bool PeerVisible,
    DateTimeOffset? HeardAt,
    IReadOnlyList<bool> PathsUp,
    ushort PingsSeen,
    bool WitnessReachable,
    FailoverResult? SwitchRefusal,
    bool FlapSuspended);
