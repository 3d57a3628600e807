namespace Futago.Failover;

/// <param name="Node">Who asks.</param>
/// <param name="ExpectedTerm">The term that the asker believes the witness has (compare and swap).</param>
/// <param name="Term">Wanted: not below <paramref name="ExpectedTerm"/>, above it when another node held the lease.</param>
/// <param name="Alone">Whoever holds this lease has what the other node lacks.</param>
/// <param name="Serves">The asker has authority from elsewhere and serves: the only one who may register an unknown pair.</param>
/// <param name="LeaseMs">How long nobody else gets a lease, 1–60000.</param>
public sealed record WitnessRequest(Guid Node, WitnessOperation Operation, ulong ExpectedTerm, ulong Term, bool Alone, bool Serves, int LeaseMs)
{
    public const int LeaseMaximumMs = 60_000;
}
