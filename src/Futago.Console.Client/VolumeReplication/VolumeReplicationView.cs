using Futago.Console.Client.Tasks;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Replication;

namespace Futago.Console.Client.VolumeReplication;

/// <summary>A volume replication task as this node knows it.</summary>
/// <param name="Id">The same on both nodes.</param>
/// <param name="Reverse">The peer made it, as the other end of one of its tasks.</param>
/// <param name="Role">What this node's volume should be; what it is now is in <paramref name="Status"/>.</param>
/// <param name="StartedAt">When it was started last; null while it is stopped.</param>
/// <param name="Agreed">False while it is not certain that the peer has its side: creating was cut off.</param>
/// <param name="Volume">Path of the volume here; null when there is no such volume any more.</param>
/// <param name="PeerVolume">Path of the volume on the peer, as of the time the task was made.</param>
/// <param name="PeerTask">Name of the task on the peer.</param>
/// <param name="Peer">Name of the peer; null when this node is not paired.</param>
/// <param name="Status">Null while the engine is not reachable or does not know the task.</param>
/// <param name="TaskProblem">What is wrong with the task itself, whatever the engine says.</param>
public sealed record VolumeReplicationView(
    Guid Id,
    string Name,
    bool Reverse,
    ReplicationRole Role,
    bool Started,
    DateTimeOffset? StartedAt,
    bool Agreed,
    string? Volume,
    Guid? VolumeId,
    string PeerVolume,
    string PeerTask,
    string? Peer,
    long SizeBytes,
    long? ResyncLimitBytesPerSecond,
    DateTimeOffset CreatedAt,
    ReplicationStatus? Status,
    Problem? TaskProblem)
{
    /// <summary>When this node compares both sides, and how that went last; null without a schedule.</summary>
    public TaskView? VerifySchedule { get; init; }

    /// <summary>What a person has to know or decide, the most important first; null when all is well.</summary>
    public Problem? Problem => TaskProblem ?? Status switch
    {
        null => null,
        { SplitBrain: not null, Problem: null } => new Problem(
            ProblemCodes.VolumeReplicationSplitBrain, "Both nodes have data that the other lacks. Choose the side that survives."),
        // Stopped on purpose is no problem; the state says so already.
        { Problem: { Code: not ProblemCodes.VolumeReplicationStopped } problem } => problem,
        { RoleProblem: { Code: not ProblemCodes.VolumeReplicationStopped } problem } => problem,
        { Role: ReplicationRole.Destination, PeerRole: ReplicationRole.Destination } when Role == ReplicationRole.Destination => new Problem(
            ProblemCodes.VolumeReplicationNoSource, $"Neither node is the source of {Name}. Say which one becomes source: this node or {Peer}.", null,
            new Dictionary<string, string> { ["task"] = Name, ["peer"] = Peer ?? "" }),
        _ => null,
    };

    /// <summary>Both sides have the same data and every write goes to both.</summary>
    public bool Synced => Status is { Connection: ReplicationConnection.Connected, Data: DataState.UpToDate, PeerData: DataState.UpToDate, Resync: null or { State: ResyncState.None } };
}

/// <summary>The task after a change that this node has made.</summary>
/// <param name="PeerProblem">Why the peer could not be told; null when both nodes have the change.</param>
public sealed record VolumeReplicationResult(VolumeReplicationView Task, Problem? PeerProblem);

/// <summary>What a volume of this node is in volume replication.</summary>
/// <param name="Task">Name of the task; null without one.</param>
public sealed record VolumeMode(Guid VolumeId, string Volume, VolumeReplicationMode Mode, string? Task);
