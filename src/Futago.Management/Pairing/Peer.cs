namespace Futago.Management.Pairing;

/// <summary>The other node of the pair, as agreed when the two were paired. There is at most one.</summary>
public sealed class Peer
{
    public const int SingleId = 1;

    public int Id { get; init; } = SingleId;

    /// <summary>The same on both nodes.</summary>
    public required Guid PairId { get; set; }

    public required Guid NodeId { get; set; }

    public required string Name { get; set; }

    /// <summary>IP address of its console.</summary>
    public required string Address { get; set; }

    public required int ConsolePort { get; set; }

    /// <summary>Its own address for the replication link; null when that is <see cref="Address"/>.</summary>
    public string? ReplicationAddress { get; set; }

    public required int LinkPort { get; set; }

    /// <summary>SHA-256 of its console's peer certificate: 64 lower-case hexadecimal digits.</summary>
    public required string ConsoleFingerprint { get; set; }

    /// <summary>SHA-256 of the certificate of its replication link.</summary>
    public required string LinkFingerprint { get; set; }

    public required DateTimeOffset PairedAt { get; set; }

    /// <summary>Who asked for it, on this node.</summary>
    public required string PairedBy { get; set; }
}
