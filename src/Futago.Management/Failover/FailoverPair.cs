namespace Futago.Management.Failover;

/// <summary>
/// The failover of the pair as this node has it; there is at most one. Whether the failover manager runs is not here: the engines
/// keep that, so that consoles and databases can be down.
/// </summary>
public sealed class FailoverPair
{
    public const int SingleId = 1;

    public int Id { get; init; } = SingleId;

    /// <summary>The same on both nodes and at the witness.</summary>
    public required Guid FailoverId { get; set; }

    /// <summary>Base64 of the 32 bytes that authenticate heartbeats and the witness, encrypted by <see cref="Access.ISecretProtector"/>.</summary>
    public required string ProtectedKey { get; set; }

    public required FailoverSettings Settings { get; set; }

    /// <summary>When both nodes had it for the first time; null until then, and the engine is not told.</summary>
    public DateTimeOffset? AgreedAt { get; set; }

    /// <summary>It is not certain that the peer has the same settings: a change was cut off.</summary>
    public bool Unfinished { get; set; }

    public required DateTimeOffset CreatedAt { get; set; }
}
