namespace Futago.Engine.Contracts.Replication;

public enum ReplicationRole
{
    /// <summary>Initiators use the volume here; what they write goes to both nodes.</summary>
    Source,
    /// <summary>Receives; locked against every other use.</summary>
    Destination,
}

/// <summary>One volume replication as this node should take part in it. Both nodes have one with the same <see cref="Id"/>.</summary>
/// <param name="Id">Names the replication on both nodes; the volumes' own ids differ.</param>
/// <param name="TaskName">For events: <c>replication1</c>, on the peer <c>replication1_reverse</c>.</param>
/// <param name="VolumeId">The volume of this node.</param>
/// <param name="Role">What this node should be. Becoming source waits until it is safe (see <see cref="ReplicationStatus.RoleProblem"/>).</param>
/// <param name="Started">False: no connection with the peer; a source goes on alone and remembers what changes.</param>
/// <param name="ResyncLimitBytesPerSecond">At least 65,536; null: as fast as application I/O leaves room for.</param>
public sealed record ReplicationConfiguration(
    Guid Id,
    string TaskName,
    Guid VolumeId,
    ReplicationRole Role,
    bool Started,
    long? ResyncLimitBytesPerSecond);
