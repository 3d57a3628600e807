using Futago.Engine.Contracts;

namespace Futago.Console.Client.Pairing;

public enum PeerState
{
    /// <summary>Not asked yet: the console has just started, or the pair is new.</summary>
    Unknown,
    Reachable,
    Unreachable,
    /// <summary>It answers, but is not paired with this node any more.</summary>
    PairUnknown,
}

/// <summary>How the peer is, as its console last said.</summary>
/// <param name="Since">Since when the state is what it is.</param>
/// <param name="Problem">Why it is not reachable; null while it is.</param>
/// <param name="Version">Version of the product on the peer; null before its first answer.</param>
/// <param name="EngineRunning">Whether its console reaches its engine; null before the first answer.</param>
/// <param name="ClockDifferenceMilliseconds">How far its clock is ahead of this node's; null before the first answer.</param>
/// <param name="ClockUncertaintyMilliseconds">Half the round trip of the measurement: the difference may be off by that much.</param>
/// <param name="FailoverProblem">What it has differently of the failover; null when it has the same, and while nothing is known.</param>
/// <param name="ClockOff">The difference is above <see cref="ClockLimitMilliseconds"/> for certain.</param>
public sealed record PeerStatus(
    PeerState State,
    DateTimeOffset Since,
    Problem? Problem = null,
    string? Version = null,
    bool? EngineRunning = null,
    double? ClockDifferenceMilliseconds = null,
    double? ClockUncertaintyMilliseconds = null,
    bool ClockOff = false,
    Problem? FailoverProblem = null)
{
    /// <summary>Above this the difference is warned about: times in events and schedules of the two nodes do not fit together any more.</summary>
    public const double ClockLimitMilliseconds = 1000;
}
