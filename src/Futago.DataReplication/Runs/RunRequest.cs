using Futago.DataReplication.Client;
using Futago.DataReplication.Rsync;

namespace Futago.DataReplication.Runs;

/// <summary>One run of a data replication task.</summary>
/// <param name="SourceFolder">Below the root of the source volume; empty for all of it.</param>
/// <param name="KeepSnapshots">Snapshots of this task that stay at the destination; 0: none is taken.</param>
/// <param name="FilesBefore">Files and directories in the source volume at the last good run; null before the first.</param>
/// <param name="ShrinkLimitPercent">When the source has fewer than this share of <paramref name="FilesBefore"/>, nothing is deleted. 0: never mind.</param>
public sealed record RunRequest(
    Guid RunId,
    Guid TaskId,
    string TaskName,
    Guid SourceVolume,
    string SourceFolder,
    RunDestination Destination,
    RsyncOptions Options,
    int KeepSnapshots,
    long? FilesBefore,
    int ShrinkLimitPercent);

/// <summary>Where a run writes to: a folder of a NAS volume of this node, or a share of an agent.</summary>
public abstract record RunDestination;

/// <param name="Folder">Below the root of the volume; must exist.</param>
public sealed record LocalDestination(Guid Volume, string Folder) : RunDestination;

/// <param name="PlainPort">Set: data goes without TLS to this port; browsing and finishing stay on TLS. Null: all on TLS.</param>
public sealed record AgentDestination(AgentAddress Agent, string Share, int? PlainPort) : RunDestination;
