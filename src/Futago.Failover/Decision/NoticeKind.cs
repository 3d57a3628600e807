namespace Futago.Failover;

/// <summary>What the event log tells.</summary>
internal enum NoticeKind : byte
{
    StateChanged,
    PeerSeen,
    PeerSilent,
    PathUp,
    PathDown,
    PingNodeUp,
    PingNodeDown,
    WitnessReached,
    WitnessLost,
    LeaseLapsed,
    /// <summary>The peer serves in a higher term.</summary>
    Superseded,
    TakeoverStarted,
    TakeoverRefused,
    StepFailed,
    Isolated,
    PingLost,
    Yielded,
    SwitchStarted,
    SwitchFailed,
    /// <summary>Too many automatic switches: they are suspended for a while.</summary>
    Flapping,
    RecordNotStored,
    OperatorServes,
    DiskLost,
}
