using Futago.Engine.Contracts.Replication;

namespace Futago.Console.Client.VolumeReplication;

/// <param name="Source">Path of the volume here.</param>
/// <param name="Destination">Path of the volume on the peer.</param>
/// <param name="CreateDestination">Make the destination now, with the size and kind of the source; there must not be one of that name.</param>
/// <param name="Overwrite">
/// For a destination that exists: its path, typed again. All that is on it will be overwritten.
/// </param>
/// <param name="ResyncLimitBytesPerSecond">At least 65,536; null: as fast as application I/O leaves room for.</param>
public sealed record CreateVolumeReplication(
    string Name,
    string Source,
    string Destination,
    bool CreateDestination = false,
    string? Overwrite = null,
    long? ResyncLimitBytesPerSecond = null);

/// <summary>Null leaves a property as it is.</summary>
/// <param name="ResyncLimitBytesPerSecond">At least 65,536, or 0 for no limit.</param>
/// <param name="VerifySchedule">When this node compares both sides, such as <c>Sun 02:00</c>; blank for never.</param>
public sealed record UpdateVolumeReplication(long? ResyncLimitBytesPerSecond = null, string? VerifySchedule = null);

/// <summary>One of the two nodes, seen from this one.</summary>
public enum PairSide
{
    Here,
    Peer,
}

/// <param name="Source">Which node becomes source; null: the one that is not, which is refused when neither is.</param>
public sealed record SwitchVolumeReplication(PairSide? Source = null);

/// <param name="Confirm">The task's name, typed again.</param>
/// <param name="HereOnly">The peer keeps its task; for when it is away for good.</param>
public sealed record DeleteVolumeReplication(string Confirm, bool HereOnly = false);

/// <param name="Side">Whose data is given up.</param>
/// <param name="Confirm">The task's name, typed again.</param>
public sealed record DiscardSide(PairSide Side, string Confirm);

/// <summary>What a volume here can be replicated to.</summary>
/// <param name="Volumes">Volumes of the peer of the same size and type.</param>
/// <param name="Groups">Volume groups of the peer that are online.</param>
public sealed record DestinationOffer(string Peer, IReadOnlyList<DestinationVolume> Volumes, IReadOnlyList<DestinationGroup> Groups);

/// <param name="Problem">Why it cannot be a destination now; null when it can.</param>
/// <param name="Mode">The mode that its node has set for it.</param>
public sealed record DestinationVolume(
    string Path, long SizeBytes, bool Thin, Engine.Contracts.Problem? Problem, VolumeReplicationMode Mode = VolumeReplicationMode.None);

/// <param name="NextVolume">Path of the volume that would be made there unless another name is chosen.</param>
/// <param name="Problem">Why the volume cannot be created there; null when it can.</param>
public sealed record DestinationGroup(string Name, long FreeBytes, string NextVolume, Engine.Contracts.Problem? Problem);
