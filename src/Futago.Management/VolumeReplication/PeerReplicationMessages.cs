using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Replication;
using Futago.Engine.Contracts.Volumes;

namespace Futago.Management.VolumeReplication;

/// <summary>What paired consoles say to each other about volume replication; docs/protocol/pairing.md.</summary>
public static class PeerReplicationProtocol
{
    /// <summary>In every message that asks for a change. A node refuses versions that it does not know.</summary>
    public const int Version = 1;
}

/// <summary>Asks for the other half of a task: the peer's volume as destination of the asking node's.</summary>
/// <param name="Task">Name of the task on the asking node.</param>
/// <param name="Volume">Path of the asking node's volume, the source.</param>
/// <param name="Destination">Path on the node that is asked.</param>
/// <param name="Create">The destination is to be made, of the size and kind of the source.</param>
/// <param name="Overwrite">For one that exists: its path, typed again by a person.</param>
public sealed record PeerReplicationProposal(
    int Version,
    string Task,
    Guid VolumeId,
    string Volume,
    long SizeBytes,
    VolumeType Type,
    bool Thin,
    IoType IoType,
    string Destination,
    bool Create,
    string? Overwrite,
    long? ResyncLimitBytesPerSecond);

/// <summary>The other half is there.</summary>
public sealed record PeerReplicationAgreement(string Task, Guid VolumeId, string Volume);

/// <summary>Null leaves a property as it is.</summary>
/// <param name="ResyncLimitBytesPerSecond">0 for no limit.</param>
public sealed record PeerReplicationChange(int Version, bool? Started = null, long? ResyncLimitBytesPerSecond = null);

/// <summary>Asks the peer to give up or to take the role of source.</summary>
/// <param name="Wait">Answered when its engine has done so, and refused when it has not; else as soon as it is configured.</param>
public sealed record PeerRoleRequest(int Version, ReplicationRole Role, bool Wait = true);

/// <param name="Task">The name of the task on the asking node, typed by a person.</param>
public sealed record PeerDiscardRequest(int Version, string Task);

/// <summary>What the peer has to offer as destination.</summary>
public sealed record PeerDestinations(int Version, IReadOnlyList<PeerDestinationVolume> Volumes, IReadOnlyList<PeerDestinationGroup> Groups);

/// <param name="Problem">Why it cannot be a destination now.</param>
/// <param name="Mode">None also from a peer that knows no modes.</param>
public sealed record PeerDestinationVolume(
    string Path, long SizeBytes, bool Thin, Problem? Problem, VolumeReplicationMode Mode = VolumeReplicationMode.None);

public sealed record PeerDestinationGroup(string Name, long FreeBytes, IReadOnlyList<string> VolumeNames);
