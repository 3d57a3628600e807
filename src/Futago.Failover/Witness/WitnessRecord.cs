namespace Futago.Failover;

/// <summary>What the witness keeps of a pair. When the lease ends is not in it: after a restart every lease counts as just given.</summary>
public sealed record WitnessRecord(ulong Term, Guid Holder, bool Alone, int LeaseMs);
