using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Failover;
using Futago.Engine.Contracts.Network;
using Futago.Engine.Contracts.Replication;

namespace Futago.Management.Failover;

/// <summary>What paired consoles say to each other about the failover; docs/protocol/pairing.md.</summary>
public static class PeerFailoverProtocol
{
    /// <summary>In every message that asks for something. A node refuses versions that it does not know.</summary>
    public const int Version = 1;
}

/// <summary>Asks a node how things are there.</summary>
/// <param name="Replications">At most 256.</param>
/// <param name="Probe">Virtual IPs on NICs of the node that is asked: has anybody the address?</param>
/// <param name="Ping">At most 32 addresses.</param>
/// <param name="Witness">Asked with the failover's id and key, so only of a node that has it.</param>
public sealed record FailoverQuery(int Version, IReadOnlyList<Guid> Replications, IReadOnlyList<ProbeAddressRequest> Probe, IReadOnlyList<string> Ping, WitnessConfiguration? Witness);

/// <summary>How things are on a node, for what is decided about both.</summary>
/// <param name="Seal">What it has of the failover; null when it has none.</param>
/// <param name="EngineProblem">Why its engine does not answer; what comes from there is empty then.</param>
public sealed record FailoverLook(
    int Version,
    string Node,
    string Product,
    FailoverSeal? Seal,
    IReadOnlyList<NicInfo> Nics,
    IReadOnlyList<ReplicationLook> Replications,
    IReadOnlyList<TargetLook> Targets,
    IReadOnlyList<ProbeLook> Probes,
    IReadOnlyList<PingResult> Pings,
    WitnessLook? Witness,
    bool? Running,
    Problem? EngineProblem);

/// <summary>Tells whether two nodes have the same, without saying what.</summary>
/// <param name="Settings">HMAC with the failover's key over what must be the same on both nodes.</param>
/// <param name="Targets">The same over the definitions of the targets, with their CHAP secrets.</param>
public sealed record FailoverSeal(Guid Id, string Settings, string Targets);

/// <param name="GroupFreeBytes">Free space of the volume's group.</param>
public sealed record ReplicationLook(
    Guid Id, string Task, string? Volume, bool Agreed, bool Started, ReplicationRole Role, long? SizeBytes,
    ReplicationConnection? Connection, DataState? Data, DataState? PeerData, string? Group, long? GroupBytes, long? GroupFreeBytes);

/// <summary>A target that has at least one LUN on one of the volumes.</summary>
public sealed record TargetLook(string Name, bool Started, IReadOnlyList<LunLook> Luns);

/// <param name="Replicated">On one of the volumes that were asked about.</param>
public sealed record LunLook(int Number, string ScsiId, bool Replicated, bool ReadOnly, bool WriteBack);

/// <param name="Problem">Why it could not be found out.</param>
public sealed record ProbeLook(string Nic, string Address, ProbeAddressResult? Result, Problem? Problem);

/// <param name="PublicKey">Base64; null with a problem.</param>
public sealed record WitnessLook(string? PublicKey, Problem? Problem);

/// <summary>Asks for the other side of the failover: made when there is none, replaced when it is there.</summary>
/// <param name="Settings">As the node that is asked is to have them.</param>
/// <param name="Key">Base64 of 32 bytes.</param>
/// <param name="Targets">Made there when they are missing.</param>
/// <param name="ReplaceTargets">Those that are there and differ become like these.</param>
public sealed record FailoverProposal(int Version, FailoverSettings Settings, string Key, IReadOnlyList<TargetDefinition> Targets, bool ReplaceTargets)
{
    /// <summary>Never the key.</summary>
    public override string ToString() => $"FailoverProposal {{ Settings = {Settings}, Targets = {Targets.Count} }}";
}

/// <summary>A target as both nodes have it: all but the volumes, which each node has its own of.</summary>
public sealed record TargetDefinition(
    string Name,
    string? Alias,
    bool Started,
    string? ChapUser,
    string? ChapSecret,
    string? MutualUser,
    string? MutualSecret,
    IReadOnlyList<LunDefinition> Luns,
    IReadOnlyList<AccessDefinition> AccessRules)
{
    /// <summary>Never the secrets.</summary>
    public override string ToString() => $"TargetDefinition {{ Name = {Name}, Luns = {Luns.Count} }}";
}

/// <param name="Replication">Whose volume it is; empty for one that is in none of the failover.</param>
public sealed record LunDefinition(int Number, Guid Replication, string ScsiId, int BlockSize, bool ReadOnly, bool WriteBack, bool Removable);

public sealed record AccessDefinition(string? Address, string? Initiator);

/// <summary>Commands that the active node carries out, passed on by the passive one.</summary>
public enum ForwardedCommand
{
    Switch,
    FailBack,
    Sync,
}

public sealed record FailoverCommandRequest(int Version, ForwardedCommand Command);

/// <summary>Asks for the definitions of the targets on these replications.</summary>
public sealed record TargetQuery(int Version, IReadOnlyList<Guid> Replications);
