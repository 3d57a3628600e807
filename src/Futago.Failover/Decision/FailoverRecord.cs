namespace Futago.Failover;

/// <summary>What a node must not forget. It is durable before anybody is told anything that depends on it.</summary>
/// <param name="Promised">The term that this node serves in, or has promised to follow.</param>
/// <param name="Attempted">The highest term that it ever tried for; used for no second try.</param>
/// <param name="DataTerm">The newest term of which this node had all data.</param>
/// <param name="Alone">In <paramref name="DataTerm"/> it has, or may have, acknowledged writes that the peer lacks.</param>
/// <param name="YieldedTo">Not 0: the active node of this term goes on alone, and this node is not to take over until it is in sync.</param>
public sealed record FailoverRecord(ulong Promised, ulong Attempted, ulong DataTerm, bool Alone, ulong YieldedTo, PairMode Mode)
{
    public static FailoverRecord New { get; } = new(0, 0, 0, false, 0, PairMode.Stopped);

    public ulong Highest => Math.Max(Promised, Attempted);

    /// <summary>A node with a lower rank lacks something that a node with a higher one has acknowledged.</summary>
    internal (ulong DataTerm, bool Alone) Rank => (DataTerm, Alone);
}
