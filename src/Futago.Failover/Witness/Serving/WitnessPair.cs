namespace Futago.Failover;

/// <summary>A pair as the witness knows it.</summary>
/// <param name="PublicKey">64 bytes; whoever came first with this pair's name.</param>
internal sealed record WitnessPair(byte[] PublicKey, WitnessRecord Record);
