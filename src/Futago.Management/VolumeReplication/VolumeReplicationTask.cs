using Futago.Engine.Contracts.Replication;

namespace Futago.Management.VolumeReplication;

/// <summary>
/// This node's half of a volume replication. What has been written where is beside the data and never here: restoring a database
/// must not rewind it (invariant I13).
/// </summary>
public sealed class VolumeReplicationTask
{
    /// <summary>The same on both nodes.</summary>
    public required Guid Id { get; init; }

    public required string Name { get; init; }

    /// <summary>The peer asked for it; see <see cref="PeerTask"/>.</summary>
    public required bool Reverse { get; init; }

    /// <summary>The volume here; null while a destination that the peer asked for is being created.</summary>
    public Guid? VolumeId { get; set; }

    /// <summary>Path of the volume here when the task was made.</summary>
    public required string Volume { get; init; }

    /// <summary>Size of both volumes when the task was made, in bytes.</summary>
    public required long SizeBytes { get; init; }

    /// <summary>The volume on the peer; null until the peer has said so.</summary>
    public Guid? PeerVolumeId { get; set; }

    public required string PeerVolume { get; init; }

    /// <summary>Name of the other half.</summary>
    public required string PeerTask { get; init; }

    /// <summary>What the volume here should be.</summary>
    public required ReplicationRole Role { get; set; }

    public bool Started { get; set; }

    public DateTimeOffset? StartedAt { get; set; }

    /// <summary>Null: no limit.</summary>
    public long? ResyncLimitBytesPerSecond { get; set; }

    /// <summary>Both nodes have their half. Until then the engine is not told.</summary>
    public bool Agreed { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }
}
