namespace Futago.Failover;

/// <summary>Result, and what the witness has of the pair after it.</summary>
/// <param name="Holder">Empty: nobody.</param>
/// <param name="RemainingMs">Of the lease, by the witness's clock; 0 when nobody has one.</param>
public sealed record WitnessReply(WitnessResult Result, ulong Term, Guid Holder, bool Alone, int RemainingMs);
