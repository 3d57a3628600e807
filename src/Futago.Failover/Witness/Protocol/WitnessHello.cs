namespace Futago.Failover;

/// <param name="PublicKey">Of the pair: x and y of a point on P-256, 64 bytes.</param>
internal sealed record WitnessHello(Guid Pair, Guid Node, byte[] Nonce, byte[] PublicKey);
