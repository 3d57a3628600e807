using Futago.Engine.Contracts;

namespace Futago.Engine.Replication;

/// <summary>Why a volume replication is not as it should be, as sentences.</summary>
internal static class ReplicationProblems
{
    public static Problem Of(string code, string task, string what) =>
        new(code, $"The volume replication {task} {what}.", null, new Dictionary<string, string> { ["task"] = task });

    public static Problem Snapshot(string task, string volume) => new(
        ProblemCodes.VolumeReplicationKind, $"{volume} is a snapshot; {task} can replicate volumes only.", null,
        new Dictionary<string, string> { ["task"] = task, ["volume"] = volume });

    public static Problem NotMounted(string task, string reason) =>
        WithReason(ProblemCodes.VolumeReplicationNotMounted, task, "cannot mount the file system of its volume", reason);

    public static Problem FileSystemInUse(string task, string volume, string users) => new(
        ProblemCodes.VolumeReplicationInUse, $"The file system of {volume} is still in use by {users}, so {task} keeps this node as source. End that use and switch again.", null,
        new Dictionary<string, string> { ["task"] = task, ["volume"] = volume, ["users"] = users });

    public static Problem ShareConnected(string task, string volume, string users) => new(
        ProblemCodes.VolumeReplicationInUse,
        $"The file system of {volume} is in use by {users}. It is unmounted for a moment when {task} begins, and waits until they have disconnected.", null,
        new Dictionary<string, string> { ["task"] = task, ["volume"] = volume, ["users"] = users });

    public static Problem NasFailover(string task, string volume) => new(
        ProblemCodes.FailoverNas, $"{volume}, the volume of {task}, is a NAS volume. Shares do not move with a failover yet: leave it out, and switch its roles by hand.", null,
        new Dictionary<string, string> { ["task"] = task, ["volume"] = volume });

    public static Problem NotRunning(string task, string reason) => WithReason(ProblemCodes.VolumeReplicationNotRunning, task, "cannot open its volume", reason);

    public static Problem MetadataDamaged(string task, string reason) => WithReason(
        ProblemCodes.VolumeReplicationMetadataDamaged, task, "cannot use its metadata (clear it to take the peer's data, or make this node source by force to keep what is here)", reason);

    public static Problem MetadataForeign(string task) =>
        Of(ProblemCodes.VolumeReplicationMetadataForeign, task, "finds metadata of another replication or node beside its volume. Clear it to let the peer's data be copied over what is there");

    public static Problem ClearOnlyCopy(string volume, long changedBytes) => new(
        ProblemCodes.VolumeReplicationClearOnlyCopy,
        $"Volume {volume} is the only side with the newest data: the peer of its last replication lacks up to {ByteSize.Format(changedBytes)} that were written here. "
        + "Only the metadata say so. Make sure that nobody takes the other side for the newer one, and then clear it anyway.", null,
        new Dictionary<string, string> { ["volume"] = volume, ["bytes"] = ByteSize.Format(changedBytes) });

    public static Problem ClearMixture(string volume) => new(
        ProblemCodes.VolumeReplicationClearMixture,
        $"The data of volume {volume} is a mixture of old and new: a resync was cut off, and only the metadata say so. Make it the destination of a task, which copies everything "
        + "over it, or delete it. Clear it anyway only to save what can be saved.", null,
        new Dictionary<string, string> { ["volume"] = volume });

    public static Problem ClearDamaged(string volume) => new(
        ProblemCodes.VolumeReplicationClearUnreadable,
        $"The replication metadata of volume {volume} is damaged, so nobody knows whether its data is the newest, or whole. Clear it anyway if the data is known to be good.", null,
        new Dictionary<string, string> { ["volume"] = volume });

    public static Problem ClearUnreadable(string volume, string reason) => new(
        ProblemCodes.VolumeReplicationClearUnreadable,
        $"The replication metadata of volume {volume} cannot be read, so nobody knows whether its data is the newest, or whole: {reason.TrimEnd('.')}. Clear it anyway if the data is known to be good.", null,
        new Dictionary<string, string> { ["volume"] = volume, ["reason"] = reason.TrimEnd('.') });

    public static Problem NotPaired(string task) => Of(ProblemCodes.VolumeReplicationNotPaired, task, "has no peer: the node is not paired");

    /// <param name="reasonCode">See <see cref="PhraseCodes"/>; null for what the system said.</param>
    public static Problem PeerUnreachable(string task, string reason, string? reasonCode = null)
    {
        var problem = WithReason(ProblemCodes.VolumeReplicationPeerUnreachable, task, "has no connection with the peer", reason);
        return reasonCode is null ? problem : problem with { Args = new Dictionary<string, string>(problem.Args!) { ["reasonCode"] = reasonCode } };
    }

    /// <summary>Why a node is not in the role that it should have.</summary>
    public static Problem Role(string code, string task) => Of(code, task, code switch
    {
        ProblemCodes.VolumeReplicationReconnecting => "looks for the peer first: this node was connected when it ended. In a few seconds it goes on alone",
        ProblemCodes.VolumeReplicationBehind => "cannot have this node as source: its data is not up to date",
        ProblemCodes.VolumeReplicationBehindPeer =>
            "cannot have this node as source: its medium had failed while the peer's served, so the peer has writes that are missing here. "
            + "Connect the peer to copy them back, or make this node source by force and give them up",
        ProblemCodes.VolumeReplicationPeerIsSource => "has the peer as source. Make that one destination first",
        ProblemCodes.VolumeReplicationPeerNotAsked => "cannot have this node as source: the peer may be, and cannot be asked",
        ProblemCodes.VolumeReplicationDiskFailed => "cannot have this node as source: its medium has failed",
        ProblemCodes.VolumeReplicationDemoting => "ends its requests before this node becomes destination",
        _ => "compares the two sides; the role changes when that is done",
    });

    /// <summary>Why the last handshake came to nothing.</summary>
    /// <param name="refusal">Name of the core's refusal.</param>
    public static Problem? Refusal(string refusal, string task) => refusal switch
    {
        "WrongPeer" => Of(ProblemCodes.VolumeReplicationWrongPeer, task, "meets another replication's volume on the peer"),
        "NobodyHasData" => Of(ProblemCodes.VolumeReplicationNobodyHasData, task, "has no data on either node to begin with. Make one node source"),
        "SizeMismatch" => Of(ProblemCodes.VolumeReplicationSizeMismatch, task, "has a volume on one node that is smaller than what was agreed on. Expand it"),
        "SplitBrain" => Of(ProblemCodes.VolumeReplicationSplitBrain, task, "has data on both nodes that the other one lacks. Choose which side is given up; it stays as a snapshot"),
        "BothPrimary" => Of(ProblemCodes.VolumeReplicationBothSource, task, "has both nodes as source. Make one of them destination"),
        "PrimaryIsBehind" => Of(ProblemCodes.VolumeReplicationSourceIsBehind, task, "has a source whose data is older than the destination's. Make it destination"),
        "Unrelated" => Of(ProblemCodes.VolumeReplicationUnrelated, task, "has two sides without a common origin. Clear the metadata of the one that may be overwritten"),
        "BothInconsistent" => Of(ProblemCodes.VolumeReplicationBothInconsistent, task, "has no whole side: both stopped in the middle of a resync"),
        "NoDisk" => Of(ProblemCodes.VolumeReplicationNoDisk, task, "has a failed medium, and the peer's cannot stand in"),
        _ => null,
    };

    private static Problem WithReason(string code, string task, string what, string reason) => new(
        code, $"The volume replication {task} {what}: {reason.TrimEnd('.')}.", null, new Dictionary<string, string> { ["task"] = task, ["reason"] = reason.TrimEnd('.') });
}
