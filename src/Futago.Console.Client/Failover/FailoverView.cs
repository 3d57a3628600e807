using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Failover;
using Futago.Engine.Contracts.Network;

namespace Futago.Console.Client.Failover;

/// <summary>The failover of this node's pair: what is configured, and how it is.</summary>
/// <param name="Peer">Name of the peer; null while this node is not paired.</param>
/// <param name="Definition">Null while there is no failover.</param>
/// <param name="Status">Null while there is none, while it is not complete, and while the engine is not reachable.</param>
/// <param name="Problem">What a person has to mend about the definition; null when there is nothing.</param>
public sealed record FailoverView(string Node, string? Peer, FailoverDefinition? Definition, FailoverStatus? Status, Problem? Problem);

/// <param name="Id">The same on both nodes and at the witness.</param>
/// <param name="IsPrimary">The configured role of this node.</param>
/// <param name="PolicyChosen">False: it follows from what there is, witness or ping nodes.</param>
/// <param name="Paths">Ways for heartbeats that follow from virtual IPs and auxiliary connections.</param>
/// <param name="Complete">It has all that the engine needs.</param>
/// <param name="Unfinished">It is not certain that the peer has the same: the last change was cut off.</param>
public sealed record FailoverDefinition(
    Guid Id,
    bool IsPrimary,
    FailoverPolicy Policy,
    bool PolicyChosen,
    IReadOnlyList<FailoverVirtualIp> VirtualIps,
    IReadOnlyList<FailoverAuxiliary> Auxiliaries,
    IReadOnlyList<FailoverPath> Paths,
    IReadOnlyList<string> PingNodes,
    FailoverWitness? Witness,
    IReadOnlyList<FailoverTask> Tasks,
    IReadOnlyList<FailoverTarget> Targets,
    DateTimeOffset CreatedAt,
    bool Complete,
    bool Unfinished);

public sealed record FailoverVirtualIp(string Address, int PrefixLength, string? Broadcast, string Nic, string PeerNic);

public sealed record FailoverAuxiliary(string Nic, string PeerNic);

/// <param name="Auxiliary">False for the network of a virtual IP.</param>
public sealed record FailoverPath(string Nic, string PeerNic, string LocalAddress, string PeerAddress, bool Auxiliary);

/// <param name="Fingerprint">SHA-256 of the key that is believed, in hexadecimal digits.</param>
public sealed record FailoverWitness(string Address, int Port, string Fingerprint);

/// <summary>A volume replication that switches with the failover.</summary>
/// <param name="Name">Of the task here; null when there is no such task any more.</param>
public sealed record FailoverTask(Guid Id, string? Name, string? Volume, string? PeerVolume);

/// <summary>A target that moves, because its LUNs are on volumes that are replicated.</summary>
public sealed record FailoverTarget(Guid Id, string Name, bool Started, IReadOnlyList<int> Luns);

/// <summary>What a failover can be made of.</summary>
/// <param name="PeerNics">Empty while the peer cannot be asked; <paramref name="PeerProblem"/> then says why.</param>
/// <param name="Groups">Volume groups of this node that are online.</param>
/// <param name="PeerGroups">The same of the peer; empty while it cannot be asked.</param>
/// <param name="NextVolume">Name that no volume of either node has.</param>
/// <param name="NextTarget">Name that a new target would get.</param>
public sealed record FailoverOffer(
    string Node,
    string? Peer,
    IReadOnlyList<NicInfo> Nics,
    IReadOnlyList<NicInfo> PeerNics,
    IReadOnlyList<FailoverOfferTask> Tasks,
    IReadOnlyList<FailoverOfferGroup> Groups,
    IReadOnlyList<FailoverOfferGroup> PeerGroups,
    string NextVolume,
    string NextTarget,
    Problem? PeerProblem);

public sealed record FailoverOfferGroup(string Name, long FreeBytes);

/// <param name="SourceHere">This node is the source.</param>
/// <param name="Targets">Names of the targets here that have the volume as LUN.</param>
public sealed record FailoverOfferTask(string Name, string? Volume, string PeerVolume, bool SourceHere, IReadOnlyList<string> Targets);
