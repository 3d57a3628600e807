namespace Futago.Engine.Contracts.Iscsi;

public enum TargetState
{
    Stopped,
    Running,
    /// <summary>Started, but something is missing: a LUN is offline or no portal listens. <see cref="TargetStatus.Problems"/> says what.</summary>
    Degraded,
}

/// <summary>One target as it is now: what <c>tgtadm --op show --mode target</c> prints, and more.</summary>
public sealed record TargetStatus(
    Guid Id,
    string Name,
    string? Alias,
    TargetState State,
    IReadOnlyList<ObjectProblem> Problems,
    IReadOnlyList<LunStatus> Luns,
    IReadOnlyList<SessionInfo> Sessions);

/// <param name="Type"><c>disk</c>, <c>cd-rom</c> or <c>controller</c> (LUN 0 when no volume is on it).</param>
/// <param name="BackingStoreType"><c>block I/O</c>, <c>file I/O</c>, <c>ISO image</c> or <c>none</c>.</param>
/// <param name="BackingStorePath">Volume path such as <c>vg00/lv0000</c>, with a file in it <c>vg00/nas0:/iso/debian.iso</c>; null for the controller.</param>
public sealed record LunStatus(
    int Lun,
    string Type,
    string ScsiId,
    string Serial,
    long SizeBytes,
    int BlockSize,
    bool Online,
    bool Removable,
    bool ReadOnly,
    bool WriteBack,
    string BackingStoreType,
    string? BackingStorePath,
    Problem? Problem);

/// <summary>An I_T nexus: one session of one initiator with one target (or a discovery session, without a target).</summary>
/// <param name="Id">Unique while the engine runs; names the session in the API.</param>
/// <param name="Isid">Initiator session identifier as 12 hexadecimal digits, RFC 7143 section 11.12.5.</param>
/// <param name="Parameters">Negotiated keys, RFC 7143 section 13, by their names on the wire.</param>
public sealed record SessionInfo(
    long Id,
    string? TargetName,
    string InitiatorName,
    string? InitiatorAlias,
    string Isid,
    int Tsih,
    DateTimeOffset StartedAt,
    string? ChapUser,
    IReadOnlyList<ConnectionInfo> Connections,
    IReadOnlyDictionary<string, string> Parameters,
    long Commands,
    long BytesRead,
    long BytesWritten);

public sealed record ConnectionInfo(int Cid, string RemoteAddress, string LocalAddress);

public enum RefusalReason
{
    UnknownTarget,
    TargetStopped,
    NoAccessRule,
    ChapRequired,
    WrongChap,
    NotSupported,
    TooManySessions,
}

/// <summary>A login that was turned away. Repeats of the same kind are counted, not listed again.</summary>
/// <param name="Address">Where the attempt came from, without the port.</param>
public sealed record RefusedLogin(
    long Id,
    DateTimeOffset LastAt,
    int Count,
    string Address,
    string InitiatorName,
    string? TargetName,
    RefusalReason Reason);
