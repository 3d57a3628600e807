using Futago.Engine.Contracts;

namespace Futago.Management.Failover;

/// <summary>The refusals of the failover's set-up.</summary>
internal static class FailoverProblems
{
    public static ProblemException None() => ProblemException.NotFound(ProblemCodes.FailoverNotConfigured, "There is no failover. Create one first.");

    public static ProblemException Exists() => ProblemException.Conflict(ProblemCodes.FailoverExists, "There is a failover already. Change it instead.");

    public static ProblemException ExistsAtPeer(string peer) => ProblemException.Conflict(ProblemCodes.FailoverExistsAtPeer,
        $"{peer} has a failover that this node does not know. Delete it there first.", null, ("peer", peer));

    public static ProblemException Running() => ProblemException.Conflict(ProblemCodes.FailoverRunning, "The failover manager is running. Stop it first.");

    public static ProblemException AddressInvalid(string text, string field, string how) => ProblemException.Invalid(ProblemCodes.FailoverAddressInvalid,
        $"“{Printable(text)}” is not an address that can be used here: {how}.", field, ("address", Printable(text)));

    public static ProblemException TooMany(string field, int maximum) => ProblemException.Invalid(ProblemCodes.FailoverTooMany,
        $"There can be at most {maximum} of these.", field, ("maximum", $"{maximum}"));

    public static ProblemException Twice(string text, string field) => ProblemException.Invalid(ProblemCodes.FailoverTwice,
        $"{Printable(text)} is there twice.", field, ("name", Printable(text)));

    public static ProblemException TaskUnknown(string name) => ProblemException.Invalid(ProblemCodes.FailoverTaskUnknown,
        $"There is no volume replication task {Printable(name)} that both nodes have.", "tasks", ("task", Printable(name)));

    public static ProblemException Nas(string task, string volume) => ProblemException.Conflict(ProblemCodes.FailoverNas,
        $"{volume}, the volume of the volume replication task {task}, is a NAS volume. Shares do not move with a failover yet: leave the task out, and switch its roles by hand.",
        "tasks", ("task", task), ("volume", volume));

    public static ProblemException SourcesMixed() => ProblemException.Conflict(ProblemCodes.FailoverSourcesMixed,
        "The tasks have their sources on different nodes. Switch roles so that one node is the source of all.", "tasks");

    public static ProblemException NicUnknown(string nic, string node, string field) => ProblemException.Invalid(ProblemCodes.FailoverNicUnknown,
        $"{node} has no NIC {Printable(nic)}.", field, ("nic", Printable(nic)), ("node", node));

    public static ProblemException NicOutsideNetwork(string nic, string node, string network, string field) => ProblemException.Conflict(ProblemCodes.FailoverNicOutsideNetwork,
        $"The NIC {nic} of {node} has no address of its own in {network}. Give it one, or choose another NIC.", field, ("nic", nic), ("node", node), ("network", network));

    public static ProblemException NoCommonNetwork(string nic, string node, string peerNic, string peer, string field) => ProblemException.Conflict(ProblemCodes.FailoverNoCommonNetwork,
        $"{nic} of {node} and {peerNic} of {peer} have no addresses in the same network.", field, ("nic", nic), ("node", node), ("peerNic", peerNic), ("peer", peer));

    public static ProblemException VirtualIpIsOwn(string address, string node, string field) => ProblemException.Conflict(ProblemCodes.FailoverVirtualIpOwn,
        $"{address} is an address of {node} itself. A virtual IP moves between the nodes: take one that nobody has.", field, ("address", address), ("node", node));

    public static ProblemException PingNodeIsNode(string address, string node) => ProblemException.Conflict(ProblemCodes.FailoverPingNodeIsNode,
        $"{address} belongs to {node}. A ping node is another machine that answers as long as the network works, such as a router.", "pingNodes", ("address", address), ("node", node));

    public static ProblemException TargetMixed(string target, int lun, string node) => ProblemException.Conflict(ProblemCodes.FailoverTargetMixed,
        $"LUN {lun} of {target} on {node} is not on a volume of the failover, and other LUNs of it are. Put it in a target of its own, or replicate its volume too.", "tasks",
        ("target", target), ("lun", $"{lun}"), ("node", node));

    public static ProblemException TargetInFailover(string target, int lun, string node) => ProblemException.Conflict(ProblemCodes.FailoverTargetMixed,
        $"{target} is a target of the failover already, with LUN {lun}. Give the new volume a target of its own, or take part with its volume replication task first and add the LUN then.", "newVolumes",
        ("target", target), ("lun", $"{lun}"), ("node", node));

    public static ProblemException NoPortal(string address, string node) => ProblemException.Conflict(ProblemCodes.FailoverNoPortal,
        $"No portal of {node} listens on {address}. Add one, or one on all addresses.", "virtualIps", ("address", address), ("node", node));

    public static ProblemException PolicyNeeds(bool witness) => ProblemException.Invalid(ProblemCodes.FailoverPolicyImpossible,
        witness ? "This policy needs a witness." : "This policy needs a ping node.", "policy");

    public static ProblemException Unfinished() => ProblemException.Conflict(ProblemCodes.FailoverUnfinished,
        "The last change was cut off, and it is not certain that the peer has it. Make it again, or copy this node's definition to the peer.");

    public static ProblemException Differs(string peer) => ProblemException.Conflict(ProblemCodes.FailoverSettingsDiffer,
        $"{peer} has other settings of the failover than this node. Change it here again, or copy this node's definition to the peer.", null, ("peer", peer));

    public static ProblemException TargetsDiffer(string peer) => ProblemException.Conflict(ProblemCodes.FailoverTargetsDiffer,
        $"The targets of the failover are defined differently on {peer}. Copy those of the node that is right to the other one.", null, ("peer", peer));

    public static ProblemException PeerRefusesTarget(string target, string peer, string reason) => ProblemException.Conflict(ProblemCodes.FailoverTargetRefused,
        $"{peer} cannot have the target {target}: {reason}", null, ("target", target), ("peer", peer), ("reason", reason));

    public static ProblemException TaskInUse(string task) => ProblemException.Conflict(ProblemCodes.FailoverTaskInUse,
        $"The task {task} belongs to the failover. Take it out of the failover first.", null, ("task", task));

    public static ProblemException DecidesRoles(string task) => ProblemException.Conflict(ProblemCodes.FailoverDecidesRoles,
        $"The failover manager decides the roles of {task}. Use manual failover, or stop the failover manager first.", null, ("task", task));

    public static ProblemException Incomplete() => ProblemException.Conflict(ProblemCodes.FailoverIncomplete,
        "The failover needs at least one volume replication task and one virtual IP.");

    public static ProblemException SetUpRunning() => ProblemException.Conflict(ProblemCodes.FailoverSetUpRunning,
        "Volumes for the failover are being made just now. Wait until that has ended.");

    public static ProblemException KeyLost() => ProblemException.Conflict(ProblemCodes.FailoverKeyLost,
        "The key of the failover cannot be decrypted on this node. Delete the failover on both nodes and create it again.");

    private static string Printable(string text) => new([.. text.Take(64).Select(c => char.IsControl(c) ? '?' : c)]);
}
