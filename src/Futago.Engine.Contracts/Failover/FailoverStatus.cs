using Futago.Engine.Contracts.Replication;

namespace Futago.Engine.Contracts.Failover;

/// <summary>What a node of a pair does now.</summary>
public enum FailoverState
{
    /// <summary>The failover manager is stopped.</summary>
    Off,
    Passive,
    TakingOver,
    /// <summary>Serves; every write is on both nodes before it is acknowledged.</summary>
    ActiveMirrored,
    /// <summary>Serves reads; writes wait for the peer, or for leave to go on alone.</summary>
    Frozen,
    /// <summary>Serves without the peer.</summary>
    ActiveAlone,
    HandingOver,
    Stopping,
}

/// <param name="Maintenance">Nothing switches by itself.</param>
/// <param name="PassiveProblem">Why this node does not serve, code <c>failover.passive-…</c>; null when it does.</param>
/// <param name="Term">Grows with every change of the active node.</param>
/// <param name="SwitchProblem">Why a planned switch is not possible now; null when it is.</param>
/// <param name="FlapSuspended">Too many automatic switches: they are suspended for a while.</param>
/// <param name="Command">What a person asked for last, while it runs and when it is done; null when nothing was since the start.</param>
/// <param name="History">The last switches that this node took part in, newest first, at most 50; kept over restarts.</param>
public sealed record FailoverStatus(
    Guid Id,
    bool Running,
    bool Maintenance,
    bool IsPrimary,
    FailoverPolicy Policy,
    FailoverState State,
    Problem? PassiveProblem,
    Problem? SwitchProblem,
    ulong Term,
    bool FlapSuspended,
    DataState Data,
    FailoverPeerStatus? Peer,
    IReadOnlyList<HeartbeatPathStatus> Paths,
    IReadOnlyList<PingNodeStatus> PingNodes,
    WitnessStatus? Witness,
    IReadOnlyList<VirtualIpStatus> VirtualIps,
    FailoverCommandStatus? Command,
    IReadOnlyList<FailoverSwitch> History);

/// <summary>The peer as its last heartbeat said.</summary>
/// <param name="Visible">A heartbeat came lately, on any path.</param>
public sealed record FailoverPeerStatus(bool Visible, DateTimeOffset? HeardAt, FailoverState State, ulong Term, DataState Data, bool IsPrimary);

/// <param name="RoundTripMicroseconds">Null while nothing comes back.</param>
/// <param name="LossPercent">Of the last 120 heartbeats of the peer on this path; null before the first.</param>
public sealed record HeartbeatPathStatus(
    string Nic, string LocalAddress, string PeerAddress, bool Up, double? RoundTripMicroseconds, double? LossPercent, Problem? Problem);

/// <param name="SeenByPeer">As the peer says; null while it is silent.</param>
public sealed record PingNodeStatus(string Address, bool SeenHere, bool? SeenByPeer, double? RoundTripMicroseconds);

/// <param name="Problem">Why it cannot be used.</param>
public sealed record WitnessStatus(string Address, int Port, bool Reachable, Problem? Problem);

/// <param name="Held">The address is on the NIC now.</param>
/// <param name="Problem">Somebody else in its network has it too, as far as this node sees while it holds it.</param>
public sealed record VirtualIpStatus(string Address, int PrefixLength, string Nic, bool Held, Problem? Problem);

public enum FailoverCommandKind { Start, Stop, Switch, FailBack, Sync, Maintenance, ServeAnyway }

/// <param name="Problem">Why it was refused or failed; null while it runs and when it is done.</param>
/// <param name="FinishedAt">Null while it runs.</param>
public sealed record FailoverCommandStatus(FailoverCommandKind Kind, DateTimeOffset StartedAt, DateTimeOffset? FinishedAt, Problem? Problem);

public enum FailoverSwitchKind
{
    /// <summary>This node took over from a peer that was silent or gave way.</summary>
    Takeover,
    /// <summary>A planned switch to the peer.</summary>
    HandOver,
    /// <summary>This node stopped serving because it lost its leave to.</summary>
    Isolation,
    /// <summary>This node went on without its peer.</summary>
    Alone,
}

/// <summary>A switch, with what it cost.</summary>
/// <param name="SilenceMilliseconds">How long the peer had not been heard before the takeover began; null when it was.</param>
/// <param name="Steps">In the order in which they ran.</param>
/// <param name="Problem">Why it failed; null when it did not.</param>
public sealed record FailoverSwitch(
    FailoverSwitchKind Kind,
    bool Automatic,
    ulong Term,
    DateTimeOffset StartedAt,
    DateTimeOffset? FinishedAt,
    long? SilenceMilliseconds,
    IReadOnlyList<FailoverStepTime> Steps,
    Problem? Problem);

/// <param name="Step">Such as <c>Promote</c>, <c>AddVirtualIp</c>, <c>OpenPort</c>.</param>
public sealed record FailoverStepTime(string Step, double Milliseconds);
