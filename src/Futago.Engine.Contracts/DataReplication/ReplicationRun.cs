namespace Futago.Engine.Contracts.DataReplication;

/// <summary>One run of a data replication task, as the console asks for it. The engine keeps its result until it is forgotten.</summary>
/// <param name="SourceFolder">Below the root of the source volume; empty for all of it.</param>
/// <param name="KeepSnapshots">Snapshots of this task that stay at the destination, 0–1000; 0: none is taken.</param>
/// <param name="FilesBefore">Files and directories of the source volume at the last good run; null before the first.</param>
/// <param name="ShrinkLimitPercent">0–100. With fewer than this share of <paramref name="FilesBefore"/> nothing is deleted.</param>
public sealed record ReplicationRunRequest(
    Guid RunId,
    Guid TaskId,
    string TaskName,
    Guid SourceVolumeId,
    string SourceFolder,
    ReplicationDestination Destination,
    ReplicationOptions Options,
    int KeepSnapshots,
    long? FilesBefore,
    int ShrinkLimitPercent);

/// <summary>Either a folder of a NAS volume of this node, or a share of an agent.</summary>
/// <param name="VolumeId">Local: the volume; <paramref name="Folder"/> below its root must exist.</param>
/// <param name="PlainPort">Agent: data goes without TLS to this port. Null: all over TLS.</param>
public sealed record ReplicationDestination(Guid? VolumeId, string? Folder, AgentReference? Agent, string? Share, int? PlainPort);

/// <summary>A data replication agent, and who asks it.</summary>
/// <param name="Fingerprint">SHA-256 of the certificate that it must show, lower-case hexadecimal; null: whichever proves to know the password.</param>
public sealed record AgentReference(string Address, int Port, string? Fingerprint, string User, string Password)
{
    /// <summary>Never the password: records print their members, and logs print records.</summary>
    public override string ToString() => $"AgentReference {{ Address = {Address}, Port = {Port}, User = {User} }}";
}

/// <summary>What a task may choose of rsync.</summary>
/// <param name="Delete">Files that the source no longer has are deleted at the destination.</param>
/// <param name="DeleteLimit">Deletions per run at most; null: no limit.</param>
/// <param name="BandwidthLimitBytesPerSecond">At least 1 KiB; null: none.</param>
/// <param name="Include">rsync patterns that are copied although one of <paramref name="Exclude"/> matches.</param>
/// <param name="Attributes">ACLs and extended attributes.</param>
public sealed record ReplicationOptions(
    bool Delete = false,
    int? DeleteLimit = 1000,
    long? BandwidthLimitBytesPerSecond = null,
    bool Compress = false,
    IReadOnlyList<string>? Include = null,
    IReadOnlyList<string>? Exclude = null,
    bool Attributes = true,
    bool HardLinks = true);

public enum ReplicationPhase { Preparing, Copying, Waiting, Finishing, Ended }

/// <param name="Percent">Null until all files are known.</param>
/// <param name="Attempt">1 for the first.</param>
/// <param name="Reason">Why the last attempt failed, while the next one is waited for; null otherwise, and from older engines.</param>
/// <param name="Detail">The same as a sentence.</param>
public sealed record ReplicationProgress(
    ReplicationPhase Phase, long Bytes, int? Percent, long BytesPerSecond, long? SecondsLeft, long FilesTransferred, long? FilesLeft, int Attempt,
    ReplicationReason? Reason = null, string? Detail = null);

public enum ReplicationOutcome
{
    Ok,
    /// <summary>Everything that could be copied was; something needs a look.</summary>
    Warning,
    Failed,
    /// <summary>By a person.</summary>
    Stopped,
    /// <summary>Engine or console ended during the run.</summary>
    Interrupted,
}

/// <summary>Why a run ended as it did. Append only: stored by name, translated by the console.</summary>
public enum ReplicationReason
{
    None,
    FilesVanished,
    DeleteLimit,
    SourceShrunk,
    Partial,
    DestinationSnapshotFailed,
    Network,
    DestinationFull,
    DestinationReadOnly,
    Denied,
    DestinationBusy,
    ShareUnknown,
    ShareUnavailable,
    CertificateChanged,
    AgentUnreachable,
    SourceUnavailable,
    SourceFolderMissing,
    SnapshotFailed,
    Configuration,
    InputOutput,
    Stopped,
    EngineEnded,
    Internal,
}

/// <summary>A run that is going on, or has ended and is not forgotten yet.</summary>
/// <param name="Outcome">Null while it is going on.</param>
public sealed record ReplicationRunStatus(Guid RunId, Guid TaskId, string TaskName, DateTimeOffset StartedAt, ReplicationProgress Progress, ReplicationOutcome? Outcome);

/// <param name="Speedup">Size of everything by bytes on the wire.</param>
public sealed record ReplicationStatistics(
    long Files,
    long FilesCreated,
    long FilesDeleted,
    long FilesTransferred,
    long TotalBytes,
    long TransferredBytes,
    long LiteralBytes,
    long MatchedBytes,
    long SentBytes,
    long ReceivedBytes,
    double Speedup);

/// <param name="Detail">One English sentence: the reason and the remedy.</param>
/// <param name="ExitCode">Of the last rsync; null when there was none.</param>
/// <param name="RecoveryPoint">The moment whose data the destination holds now; null when the run did not get that far.</param>
/// <param name="SourceFiles">For <see cref="ReplicationRunRequest.FilesBefore"/> of the next run.</param>
/// <param name="DestinationSnapshot">Name of the snapshot that was taken there, or null.</param>
/// <param name="Errors">The first lines of what rsync complained about.</param>
/// <param name="Output">All that rsync printed; the middle of a long one is left out.</param>
public sealed record ReplicationRunResult(
    ReplicationOutcome Outcome,
    ReplicationReason Reason,
    string Detail,
    DateTimeOffset FinishedAt,
    int? ExitCode,
    int Attempts,
    DateTimeOffset? RecoveryPoint,
    long? SourceFiles,
    ReplicationStatistics? Statistics,
    string? DestinationSnapshot,
    IReadOnlyList<string> Errors,
    string Output);

/// <param name="Result">Null while it is going on.</param>
public sealed record ReplicationRunDetails(ReplicationRunStatus Status, ReplicationRunResult? Result);
