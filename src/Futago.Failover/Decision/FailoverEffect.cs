namespace Futago.Failover;

/// <summary>Something to do; the only output of <see cref="FailoverCore"/>, to be started in this order.</summary>
internal abstract record FailoverEffect;

internal sealed record SendHeartbeat(int Path, Heartbeat Heartbeat) : FailoverEffect;

/// <summary>Answered with <see cref="PingAnswered"/>, if at all.</summary>
internal sealed record SendPing(int PingNode, long SentMs) : FailoverEffect;

/// <summary>Answered with <see cref="WitnessAnswered"/>, exactly once; one at a time.</summary>
internal sealed record AskWitness(long Id, WitnessRequest Request) : FailoverEffect;

/// <summary>Makes the record durable; answered with <see cref="Stored"/>, exactly once; one at a time.</summary>
internal sealed record Store(long Id, FailoverRecord Record) : FailoverEffect;

/// <summary>Answered with <see cref="StepDone"/>, exactly once. Steps are carried out one after the other, in the order of their effects.</summary>
internal sealed record RunStep(long Id, FailoverStep Step, ulong Term, bool Alone) : FailoverEffect;

/// <summary>
/// To the guard: until this instant of the clock the node may serve. 0: not any more, which the guard carries out at once, whether
/// or not the engine does.
/// </summary>
internal sealed record Permit(long UntilMs) : FailoverEffect;

/// <summary>Answered with <see cref="VirtualIpProbed"/>, if at all.</summary>
internal sealed record ProbeVirtualIp : FailoverEffect;

/// <summary>It cannot be shown that this node stopped serving: the engine ends itself, and the guard clears up.</summary>
internal sealed record EndEngine(FailoverStep Step) : FailoverEffect;

/// <summary>The mirror is to bring the peer in sync, if it waits for a person.</summary>
internal sealed record StartResync : FailoverEffect;

internal sealed record CommandDone(long Id, FailoverResult Result) : FailoverEffect;

/// <summary>For events and logs.</summary>
internal sealed record Notice(NoticeKind Kind, ulong Term = 0, int Number = 0) : FailoverEffect;
