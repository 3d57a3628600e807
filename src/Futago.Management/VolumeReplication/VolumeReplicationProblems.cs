using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Volumes;

namespace Futago.Management.VolumeReplication;

/// <summary>The refusals that more than one place says.</summary>
internal static class VolumeReplicationProblems
{
    public static ProblemException NotFound(string name) =>
        ProblemException.NotFound(ProblemCodes.VolumeReplicationNotFound, $"There is no volume replication task {name}.", ("task", name));

    public static ProblemException VolumeNotFound(string path, string field) => new(
        new Problem(ProblemCodes.VolumeNotFound, $"There is no volume {path}.", field, new Dictionary<string, string> { ["volume"] = path }), 404);

    public static ProblemException TypeUnsupported(string volume, VolumeType type, string field) => ProblemException.Invalid(ProblemCodes.VolumeReplicationKind,
        $"The volume {volume} is a {type.ToString().ToUpperInvariant()} volume. Volume replication works with iSCSI and NAS volumes.", field, ("volume", volume));

    public static ProblemException TypeDiffers(string source, string destination, string field) => ProblemException.Conflict(ProblemCodes.VolumeReplicationTypeDiffers,
        $"Source and destination must be of the same type, and {source} and {destination} are not: one is an iSCSI volume, the other a NAS volume.", field,
        ("source", source), ("destination", destination));

    public static ProblemException InUse(string volume, string users, string field) => ProblemException.Conflict(ProblemCodes.VolumeReplicationInUse,
        $"The shares of {volume} are in use by {users}. The file system is unmounted for a moment when the replication begins, which would break off what they do: let them disconnect first.",
        field, ("volume", volume), ("users", users));

    public static ProblemException SizeMismatch(string source, long sourceBytes, string destination, long destinationBytes) => ProblemException.Conflict(
        ProblemCodes.VolumeReplicationSizeDiffers,
        $"Source and destination must have the same size: {source} has {Exact(sourceBytes)}, {destination} has {Exact(destinationBytes)}. Choose another destination, or expand the smaller one.",
        "destination", ("source", source), ("sourceSize", Exact(sourceBytes)), ("destination", destination), ("destinationSize", Exact(destinationBytes)));

    public static ProblemException DestinationInUse(string volume, string users, string field) => ProblemException.Conflict(ProblemCodes.VolumeReplicationDestinationInUse,
        $"The volume {volume} is in use ({users}). A destination can be used for nothing else; end that use first.", field, ("volume", volume), ("users", users));

    public static ProblemException OverwriteNeeded(string volume) => ProblemException.Conflict(ProblemCodes.VolumeReplicationOverwriteNeeded,
        $"Everything on the destination {volume} will be overwritten. Confirm that by typing {volume}.", "overwrite", ("volume", volume));

    public static ProblemException DestinationExists(string volume) => ProblemException.Conflict(ProblemCodes.VolumeReplicationDestinationExists,
        $"The peer has a volume {volume} already. Choose another name for the one to create, or use the volume that is there.", "destination", ("volume", volume));

    public static ProblemException NameTaken(string name, string field = "name") =>
        ProblemException.Conflict(ProblemCodes.NameTaken, $"There is a volume replication task {name} already. Choose another name.", field, ("name", name));

    public static ProblemException Unfinished(string task) => ProblemException.Conflict(ProblemCodes.VolumeReplicationUnfinished,
        $"Creating the task {task} was cut off, and it is not certain that the peer has its side. Create it again with the same values to go on, or delete it.", null, ("task", task));

    public static ProblemException NotConnected(string task) => ProblemException.Conflict(ProblemCodes.VolumeReplicationNotConnected,
        $"The two sides of {task} are not connected. Start the task, or mend the replication link first.", null, ("task", task));

    public static ProblemException NotSynced(string task) => ProblemException.Conflict(ProblemCodes.VolumeReplicationNotSynced,
        $"The two sides of {task} do not have the same data now. Roles are switched when both are up to date and connected; wait for the resync to end.", null, ("task", task));

    public static ProblemException NotSource(string task) => ProblemException.Conflict(ProblemCodes.VolumeReplicationNotSource,
        $"This node is not the source of {task} now. Do this on the node that is.", null, ("task", task));

    public static ProblemException NoSource(string task, string? peer) => ProblemException.Conflict(ProblemCodes.VolumeReplicationNoSource,
        $"Neither node is the source of {task}. Say which one becomes source: this node or {peer}.", null, ("task", task), ("peer", peer ?? ""));

    public static ProblemException OtherVersion(string peer) => ProblemException.Conflict(ProblemCodes.PairOtherVersion,
        $"{peer} has a version of the product that cannot do this with this node. Update the older one.", null, ("theirs", peer), ("own", ""));

    public static ProblemException RolePending(string task, string detail) => ProblemException.Conflict(ProblemCodes.VolumeReplicationRolePending,
        $"The volume of {task} has not changed its role: {detail}", null, ("task", task), ("reason", detail));

    public static ProblemException PeerUnreachable(string peer, string detail) => new(new Problem(ProblemCodes.PairUnreachable, detail, null,
        new Dictionary<string, string> { ["address"] = peer }), 503);

    private static string Exact(long bytes)
    {
        var text = ByteSize.Format(bytes);
        return ByteSize.TryParse(text, out var read) && read == bytes ? text : $"{text} ({bytes} bytes)";
    }
}
