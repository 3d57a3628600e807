namespace Futago.Failover;

/// <summary>Something that happened; the only input of <see cref="FailoverCore"/>.</summary>
internal abstract record FailoverEvent;

/// <summary>Time passes. To come at least every 100 ms.</summary>
internal sealed record Tick : FailoverEvent
{
    public static Tick Instance { get; } = new();
}

/// <summary>A datagram of the peer whose authentication was checked.</summary>
internal sealed record HeartbeatArrived(int Path, Heartbeat Heartbeat) : FailoverEvent;

/// <param name="SentMs">When the request was sent, as <see cref="SendPing"/> said.</param>
internal sealed record PingAnswered(int PingNode, long SentMs) : FailoverEvent;

/// <param name="Reply">Null: no answer came in time, and the connection it could still come through is closed.</param>
internal sealed record WitnessAnswered(long Id, WitnessReply? Reply) : FailoverEvent;

internal sealed record MirrorChanged(MirrorStatus Status) : FailoverEvent;

/// <param name="Ok">False: what is on the medium is not known.</param>
internal sealed record Stored(long Id, bool Ok) : FailoverEvent;

internal sealed record StepDone(long Id, bool Ok) : FailoverEvent;

/// <summary>The guard has blocked the port and removed the virtual IP because a permit lapsed.</summary>
internal sealed record GuardCleared : FailoverEvent;

/// <param name="Alive">A service, not only an address, answered on the virtual IP.</param>
internal sealed record VirtualIpProbed(bool Alive) : FailoverEvent;

/// <summary>A person wants something; answered with <see cref="CommandDone"/> under the same id, exactly once.</summary>
internal abstract record FailoverCommand(long Id) : FailoverEvent;

/// <summary>Starts or stops the failover manager, on both nodes.</summary>
internal sealed record SetRunning(long Id, bool Running) : FailoverCommand(Id);

/// <summary>While on, nothing switches by itself, on both nodes.</summary>
internal sealed record SetMaintenance(long Id, bool On) : FailoverCommand(Id);

/// <summary>Planned switch to the peer, from the active node.</summary>
internal sealed record SwitchOver(long Id) : FailoverCommand(Id);

/// <summary>Planned switch, from the active node, when that is the configured secondary.</summary>
internal sealed record FailBack(long Id) : FailoverCommand(Id);

/// <summary>Brings the peer's volumes in sync; done when they are.</summary>
internal sealed record SyncVolumes(long Id) : FailoverCommand(Id);

/// <summary>
/// An operator's word: the peer does not serve, and what this node has is to be served. Without <paramref name="Force"/> only data
/// that this node knows to be up to date.
/// </summary>
internal sealed record ServeAnyway(long Id, bool Force) : FailoverCommand(Id);
