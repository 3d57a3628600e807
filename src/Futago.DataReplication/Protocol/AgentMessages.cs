namespace Futago.DataReplication.Protocol;

/// <summary>What the agent says first. docs/protocol/data-replication-agent.md.</summary>
/// <param name="Nonce">32 random bytes, Base64.</param>
internal sealed record AgentHello(int Version, string Nonce)
{
    public const int CurrentVersion = 1;

    /// <summary>What Finish gets: the system may have gigabytes left to write when rsync is through.</summary>
    public static readonly TimeSpan FinishTimeout = TimeSpan.FromMinutes(30);
}

internal enum AgentOperation
{
    /// <summary>Lists the shares that the user may use.</summary>
    Browse,
    /// <summary>The connection becomes the rsync protocol of one share.</summary>
    Copy,
    /// <summary>
    /// A run was good: the agent makes what it wrote durable, and when the task keeps snapshots, takes one of the share's volume and drops older
    /// ones of the same task.
    /// </summary>
    Finish,
}

/// <param name="Nonce">32 random bytes, Base64.</param>
/// <param name="Proof">See <see cref="AgentProof"/>.</param>
/// <param name="Share">For Copy and Finish.</param>
/// <param name="Owner">For Finish with a snapshot: identifier of the task, at most 64 characters.</param>
/// <param name="Keep">For Finish: how many snapshots of this task stay, 1–1000; 0: none is taken.</param>
internal sealed record AgentRequest(
    int Version,
    AgentOperation Operation,
    string User,
    string Nonce,
    string Proof,
    string? Share = null,
    string? Owner = null,
    int Keep = 0);

/// <param name="Failure">Null when the request is granted.</param>
/// <param name="Proof">The agent's own proof; only to a user who has given one.</param>
/// <param name="Snapshot">For Finish: name of the snapshot that was taken.</param>
/// <param name="Settles">Whether Finish makes durable what was written. Agents of before leave it out: to those, rsync has to sync each file.</param>
internal sealed record AgentReply(
    AgentFailure? Failure,
    string? Detail = null,
    string? Proof = null,
    DateTimeOffset? Time = null,
    string? RsyncVersion = null,
    IReadOnlyList<OfferedShare>? Shares = null,
    string? Snapshot = null,
    bool? Settles = null);

/// <summary>Why an agent did not do what it was asked. Append only: the names are on the wire.</summary>
public enum AgentFailure
{
    /// <summary>No answer: address, port, agent off, or the network.</summary>
    Unreachable,
    /// <summary>The certificate is not the one that was pinned.</summary>
    CertificateChanged,
    /// <summary>User, password or address; the agent does not say which.</summary>
    Denied,
    ShareUnknown,
    /// <summary>The share is there but cannot be written now.</summary>
    ShareUnavailable,
    /// <summary>The other side does not speak this protocol, or another version.</summary>
    Protocol,
    /// <summary>More connections than the agent takes.</summary>
    Busy,
    /// <summary>The request is malformed, or failed at the agent.</summary>
    Failed,
    /// <summary>What a run wrote could not be made durable.</summary>
    NotDurable,
}

/// <summary>A share that a user may replicate to.</summary>
/// <param name="SizeBytes">Of its file system; 0 while it is not available.</param>
/// <param name="Problem">Why it cannot be written now, as an English sentence, or null.</param>
/// <param name="Code">Of that sentence, see <see cref="Agent.AgentCodes"/>; agents of before leave it out.</param>
public sealed record OfferedShare(string Name, long SizeBytes, long FreeBytes, string? Problem, string? Code = null);
