namespace Futago.Failover;

/// <summary>
/// What a node says of itself, twice a second on every path; docs/protocol/heartbeat.md has the bytes. It carries state, not
/// changes: a lost one is made good by the next.
/// </summary>
internal sealed record Heartbeat
{
    public required ulong BootId { get; init; }

    /// <summary>1, 2, 3 … over all paths since the start.</summary>
    public required ulong Sequence { get; init; }

    /// <summary>Of the peer: the start, and the newest sequence number heard of it. 0: none.</summary>
    public ulong EchoBootId { get; init; }

    public ulong EchoSequence { get; init; }

    /// <summary>Time between hearing <see cref="EchoSequence"/> and sending this, in ms; for the round trip.</summary>
    public ushort EchoHeldMs { get; init; }

    public byte Path { get; init; }

    /// <summary>1, 2, 3 … on this path; for the loss.</summary>
    public uint PathSequence { get; init; }

    public NodeState State { get; init; }

    /// <summary>Served in, or followed; durable.</summary>
    public ulong Term { get; init; }

    /// <summary>Highest that was ever tried for; a new one is above it.</summary>
    public ulong Highest { get; init; }

    public ulong DataTerm { get; init; }

    public bool Alone { get; init; }

    public bool Yielded { get; init; }

    public DataState Data { get; init; }

    public bool InSync { get; init; }

    /// <summary>Enough ping nodes answer for this node not to be cut off.</summary>
    public bool PingOk { get; init; }

    /// <summary>One bit for each ping node that answers.</summary>
    public ushort PingsSeen { get; init; }

    public bool IsPrimary { get; init; }

    public PairMode Mode { get; init; } = PairMode.Stopped;

    public AskKind Ask { get; init; }

    public ulong AskTerm { get; init; }

    /// <summary>Of this start; another id is another question.</summary>
    public uint AskId { get; init; }

    public uint AnswerId { get; init; }

    public AskAnswer Answer { get; init; }
}
